package dev.bulla.registry;

import dev.bulla.digest.Digest;
import dev.bulla.digest.DigestingOutputStream;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.TransportException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v2/<name>/blobs/<digest>} of large content (distribution-spec 1.1, end-2): written
 * out while it arrives, and continued where it broke off (RFC 9110 §14, {@code Range} and {@code
 * If-Range}). The digest is that of everything written, over all pieces.
 */
final class DownloadBlob {

  /** A series of attempts that brought this much is followed by another one. */
  private static final long PROGRESS = 1 << 20;

  private final Repository repository;
  private final Digest digest;
  private final long size;
  private final DigestingOutputStream out;
  private @Nullable String etag;
  private @Nullable IOException local;

  DownloadBlob(Repository repository, Digest digest, long size, OutputStream out) {
    this.repository = repository;
    this.digest = digest;
    this.size = size;
    this.out = new DigestingOutputStream(out, digest.algorithm());
  }

  void run(RegistryCaller caller, CallBudget budget) throws BullaException {
    while (true) {
      long before = out.count();
      try {
        Answer answer =
            caller.repeating(
                repository, Call.Repeat.ALWAYS, budget, () -> caller.askOnce(next(), budget));
        if (answer.status() == 416 && out.count() > 0) {
          throw RegistryErrors.bad(
              answer, "the content ended after " + out.count() + " of " + size + " bytes");
        }
        if (answer.status() != 200 && answer.status() != 206) {
          throw RegistryErrors.of(answer);
        }
        Digest found = out.finish();
        if (!found.equals(digest)) {
          throw RegistryErrors.bad(answer, "content has digest " + found + ", expected " + digest);
        }
        return;
      } catch (RegistryException e) {
        if (local != null) {
          throw new ConfigurationException(
              "writing content of "
                  + repository.at(digest)
                  + " failed: "
                  + Quoted.plain(String.valueOf(local.getMessage())),
              local);
        }
        if (out.count() - before < PROGRESS || !mayContinue(e)) {
          throw e;
        }
      }
    }
  }

  private static boolean mayContinue(RegistryException failure) {
    return switch (failure.kind()) {
      case UNREACHABLE, BAD_RESPONSE, TIMEOUT -> failure.getCause() instanceof TransportException;
      default -> false;
    };
  }

  private Call next() {
    Call call =
        Call.of(repository, "GET", "blobs/" + digest, Scope.pull(repository.path()))
            .with("Accept", "*/*")
            .reading(size)
            .withPatience(Call.toTransfer(size))
            .into(this::take);
    if (out.count() == 0) {
      return call;
    }
    call = call.with("Range", "bytes=" + out.count() + "-");
    return etag == null ? call : call.with("If-Range", etag);
  }

  private void take(int status, Headers headers, InputStream body)
      throws IOException, RegistryException {
    if (status == 206) {
      String range = headers.first("Content-Range").orElse("");
      if (!range.startsWith("bytes " + out.count() + "-")) {
        throw new RegistryException(
            Kind.BAD_RESPONSE,
            repository.at(digest)
                + ": asked for the bytes from "
                + out.count()
                + " on, got "
                + Quoted.text(range));
      }
    } else if (status == 200) {
      // the whole again: what is there already is passed over; the digest says whether it was the
      // same
      skip(body, out.count());
      etag = strong(headers.first("ETag"));
    } else {
      throw new RegistryException(
          Kind.BAD_RESPONSE, repository.at(digest) + ": unexpected status " + status);
    }
    copy(body);
    if (out.count() < size) {
      throw new TransportException(
          TransportException.Kind.CUT,
          "the content ended after " + out.count() + " of " + size + " bytes",
          null);
    }
  }

  private static @Nullable String strong(Optional<String> tag) {
    return tag.isPresent() && tag.get().startsWith("\"") ? tag.get() : null;
  }

  private static void skip(InputStream body, long bytes) throws IOException {
    byte[] buffer = new byte[16 << 10];
    long left = bytes;
    while (left > 0) {
      int n = body.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new TransportException(
            TransportException.Kind.CUT, "the content ended before its end", null);
      }
      left -= n;
    }
  }

  private void copy(InputStream body) throws IOException, RegistryException {
    byte[] buffer = new byte[64 << 10];
    for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
      if (out.count() + n > size) {
        throw new RegistryException(
            Kind.TOO_LARGE,
            repository.at(digest) + " is larger than the " + size + " bytes that it should have");
      }
      try {
        out.write(buffer, 0, n);
      } catch (IOException e) {
        local = e;
        throw e;
      }
    }
  }
}
