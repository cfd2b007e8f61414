package dev.bulla.testkit.registry;

import dev.bulla.digest.Digest;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /v2/<name>/blobs/<digest>}: pull whole or in part, delete (end-2, end-10). */
final class BlobEndpoint {

  private static final Pattern ONE_RANGE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  private final Catalog catalog;
  private final Quirks quirks;

  BlobEndpoint(Catalog catalog, Quirks quirks) {
    this.catalog = catalog;
    this.quirks = quirks;
  }

  /** Bytes of a blob. */
  private record Span(long from, long length) {}

  WireResponse answer(WireRequest request, String repository, Digest digest)
      throws ApiException, IOException {
    return switch (request.method()) {
      case "GET", "HEAD" -> pull(request, repository, digest);
      case "DELETE" -> delete(repository, digest);
      default -> throw ApiException.unsupported().withHeader("Allow", "GET, HEAD, DELETE");
    };
  }

  private WireResponse pull(WireRequest request, String repository, Digest digest)
      throws ApiException, IOException {
    OptionalLong stored =
        catalog.repository(repository).filter(s -> s.hasBlob(digest)).isPresent()
            ? catalog.contents().size(digest)
            : OptionalLong.empty();
    long size = stored.orElseThrow(() -> ApiException.blobUnknown(digest.toString()));
    WireResponse response =
        WireResponse.of(200)
            .with("Content-Type", "application/octet-stream")
            .with("Docker-Content-Digest", digest.toString())
            .with("ETag", RegistryApi.etag(digest))
            .with("Accept-Ranges", "bytes");
    if (RegistryApi.names(request.headers().all("If-None-Match"), Optional.of(digest))) {
      return response.withStatus(304);
    }
    Optional<String> range = request.headers().first("Range");
    if (range.isEmpty() || !ONE_RANGE.matcher(range.get()).matches()) {
      // several ranges, or another unit: the whole is always a right answer
      return response.withBody(catalog.contents().body(digest, 0, size));
    }
    Optional<Span> span = span(range.get(), size);
    if (span.isEmpty()) {
      throw ApiException.of(416, "RANGE_INVALID", "invalid content range")
          .withHeader("Content-Range", "bytes */" + size);
    }
    long from = span.get().from();
    long length = span.get().length();
    return response
        .withStatus(206)
        .with("Content-Range", "bytes " + from + "-" + (from + length - 1) + "/" + size)
        .withBody(catalog.contents().body(digest, from, length));
  }

  private static Optional<Span> span(String range, long size) {
    Matcher matcher = ONE_RANGE.matcher(range);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    long from;
    long to;
    if (first.isEmpty()) {
      if (last.isEmpty()) {
        return Optional.empty();
      }
      from = Math.max(0, size - Long.parseLong(last));
      to = size - 1;
    } else {
      from = Long.parseLong(first);
      to = last.isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(last));
    }
    return from > to ? Optional.empty() : Optional.of(new Span(from, to - from + 1));
  }

  private WireResponse delete(String repository, Digest digest) throws ApiException, IOException {
    if (quirks.noDelete) {
      throw ApiException.unsupported();
    }
    if (!catalog.deleteBlob(repository, digest)) {
      throw ApiException.blobUnknown(digest.toString());
    }
    return WireResponse.of(202);
  }
}
