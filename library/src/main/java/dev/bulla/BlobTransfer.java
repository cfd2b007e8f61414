package dev.bulla;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Repository;
import dev.bulla.registry.BlobContent;
import dev.bulla.registry.RegistryClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Brings blobs from one repository to another, each once. Within a registry nothing is sent; from
 * one registry to another a blob is fetched only when the target turns out not to have it. Large
 * ones go through a file, since an upload may have to start again.
 */
final class BlobTransfer {

  private static final long IN_MEMORY = 1 << 20;

  private final RegistryClient client;
  private final Repository from;
  private final Repository to;
  private final Progress progress;
  private final Map<Digest, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final Map<Digest, Boolean> done = new ConcurrentHashMap<>();

  BlobTransfer(RegistryClient client, Repository from, Repository to, Progress progress) {
    this.client = client;
    this.from = from;
    this.to = to;
    this.progress = progress;
  }

  void move(Descriptor blob) throws BullaException {
    if (from.equals(to)) {
      return;
    }
    ReentrantLock lock = locks.computeIfAbsent(blob.digest(), unused -> new ReentrantLock());
    lock.lock(); // images of one index share their layers
    try {
      if (done.containsKey(blob.digest())) {
        return;
      }
      progress.planned(blob.size());
      upload(blob);
      progress.moved(blob.size());
      done.put(blob.digest(), true);
    } finally {
      lock.unlock();
    }
  }

  private void upload(Descriptor blob) throws BullaException {
    try (Fetched fetched = new Fetched(blob)) {
      try {
        client.putBlob(
            to,
            new BlobContent(blob.digest(), blob.size(), fetched::open),
            from.registry().equals(to.registry()) ? Optional.of(from) : Optional.empty());
      } catch (RegistryException e) {
        fetched.throwFailure();
        throw e;
      }
    }
  }

  /** The blob, fetched when it is first asked for. */
  private final class Fetched implements AutoCloseable {

    private final Descriptor blob;
    private @Nullable Bytes bytes;
    private @Nullable Path file;
    private @Nullable BullaException failure;

    Fetched(Descriptor blob) {
      this.blob = blob;
    }

    InputStream open(long offset) throws IOException {
      try {
        if (blob.size() <= IN_MEMORY) {
          Bytes content = bytes;
          if (content == null) {
            content = client.getBlob(from, blob.digest(), blob.size());
            bytes = content;
          }
          return BlobContent.of(content).source().open(offset);
        }
        Path content = file;
        if (content == null) {
          content = spool();
          file = content;
        }
        return BlobContent.of(blob.digest(), blob.size(), content).source().open(offset);
      } catch (BullaException e) {
        failure = e;
        throw new IOException(e.message(), e);
      }
    }

    private Path spool() throws BullaException, IOException {
      Path path = Files.createTempFile("bulla-", ".blob");
      boolean whole = false;
      try (OutputStream out = Files.newOutputStream(path)) {
        client.getBlob(from, blob.digest(), blob.size(), out);
        whole = true;
      } finally {
        if (!whole) {
          Files.deleteIfExists(path);
        }
      }
      return path;
    }

    /** That the source failed, in its own words, instead of that the upload did. */
    void throwFailure() throws BullaException {
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public void close() throws ConfigurationException {
      if (file != null) {
        try {
          Files.deleteIfExists(file);
        } catch (IOException e) {
          throw new ConfigurationException("deleting a temporary file failed", e);
        }
      }
    }
  }
}
