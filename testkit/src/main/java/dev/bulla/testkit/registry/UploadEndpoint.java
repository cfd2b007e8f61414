package dev.bulla.testkit.registry;

import dev.bulla.digest.Digest;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.registry.ContentStore.ContentTooLarge;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code /v2/<name>/blobs/uploads/}: every way to push a blob (end-4a to end-6, end-11, end-13,
 * end-14).
 */
final class UploadEndpoint {

  /** Sessions that may be open; beyond that the oldest is forgotten. */
  private static final int MAX_SESSIONS = 1000;

  private static final Pattern CHUNK = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

  private final Catalog catalog;
  private final EmbeddedRegistry.Options options;
  private final Quirks quirks;
  private final Map<String, Session> sessions = new LinkedHashMap<>();
  private final ReentrantLock sessionsLock = new ReentrantLock();

  /** A blob that is arriving. */
  private record Session(
      String id, String repository, ContentStore.Upload upload, ReentrantLock busy) {}

  UploadEndpoint(Catalog catalog, EmbeddedRegistry.Options options, Quirks quirks) {
    this.catalog = catalog;
    this.options = options;
    this.quirks = quirks;
  }

  /** POST: the whole blob at once, one from another repository, or a session. */
  WireResponse begin(WireRequest request, String repository)
      throws ApiException, ContentTooLarge, IOException {
    RegistryApi.requireMethod(request, "POST");
    Optional<String> mount = request.query("mount");
    if (mount.isPresent() && !quirks.noMount) {
      Digest digest = RegistryApi.digest(mount.get());
      Optional<String> from = request.query("from");
      if (from.isPresent()) {
        RegistryApi.repository(from.get());
      }
      if (from.isPresent() && catalog.mount(from.get(), repository, digest)) {
        return created(repository, digest);
      }
    }
    Optional<String> digest = request.query("digest");
    if (digest.isPresent() && mount.isEmpty() && !quirks.noSinglePost) {
      return whole(request, repository, RegistryApi.digest(digest.get()));
    }
    Session session =
        new Session(
            UUID.randomUUID().toString(), repository, catalog.contents().begin(), newLock());
    remember(session);
    WireResponse response = progress(request, session, 202);
    return options.minChunkBytes > 0
        ? response.with("OCI-Chunk-Min-Length", Long.toString(options.minChunkBytes))
        : response;
  }

  private static ReentrantLock newLock() {
    return new ReentrantLock();
  }

  private void remember(Session session) {
    sessionsLock.lock();
    try {
      if (sessions.size() >= MAX_SESSIONS) {
        forgetOldest();
      }
      sessions.put(session.id(), session);
    } finally {
      sessionsLock.unlock();
    }
  }

  /** The oldest session that nobody is writing to. */
  private void forgetOldest() {
    Iterator<Session> oldest = sessions.values().iterator();
    while (oldest.hasNext()) {
      Session session = oldest.next();
      if (session.busy().tryLock()) {
        try {
          session.upload().discard();
          oldest.remove();
          return;
        } finally {
          session.busy().unlock();
        }
      }
    }
  }

  private Session session(String repository, String id) throws ApiException {
    sessionsLock.lock();
    try {
      Session session = sessions.get(id);
      if (session == null || !session.repository().equals(repository)) {
        throw ApiException.uploadUnknown();
      }
      return session;
    } finally {
      sessionsLock.unlock();
    }
  }

  private void forget(Session session) {
    sessionsLock.lock();
    try {
      sessions.remove(session.id());
    } finally {
      sessionsLock.unlock();
    }
  }

  private WireResponse whole(WireRequest request, String repository, Digest stated)
      throws ApiException, ContentTooLarge, IOException {
    requireSize(request);
    ContentStore.Upload upload = catalog.contents().begin();
    boolean kept = false;
    try {
      upload.append(request.body(), options.maxBlobBytes);
      requireDigest(upload, stated);
      catalog.commit(repository, upload, stated);
      kept = true;
      return created(repository, stated);
    } finally {
      if (!kept) {
        upload.discard();
      }
    }
  }

  /** What announces itself as too large is not even read. */
  private void requireSize(WireRequest request) throws ContentTooLarge {
    if (request.contentLength().orElse(0) > options.maxBlobBytes) {
      throw new ContentTooLarge(options.maxBlobBytes);
    }
  }

  private static void requireDigest(ContentStore.Upload upload, Digest stated)
      throws ApiException, IOException {
    Digest actual = upload.digest(stated.algorithm());
    if (!actual.equals(stated)) {
      throw ApiException.digestInvalid("the content is " + actual);
    }
  }

  private static WireResponse created(String repository, Digest digest) {
    return WireResponse.of(201)
        .with("Location", "/v2/" + repository + "/blobs/" + digest)
        .with("Docker-Content-Digest", digest.toString());
  }

  /** What follows in a session. */
  WireResponse continued(WireRequest request, String repository, String id)
      throws ApiException, ContentTooLarge, IOException {
    Session session = session(repository, id);
    session.busy().lock();
    try {
      // it may have ended while this request waited its turn
      session = session(repository, id);
      return switch (request.method()) {
        case "GET", "HEAD" -> progress(request, session, 204);
        case "PATCH" -> chunk(request, session);
        case "PUT" -> last(request, session);
        case "DELETE" -> cancel(session);
        default ->
            throw ApiException.unsupported().withHeader("Allow", "GET, HEAD, PATCH, PUT, DELETE");
      };
    } finally {
      session.busy().unlock();
    }
  }

  private WireResponse progress(WireRequest request, Session session, int status) {
    String path = "/v2/" + session.repository() + "/blobs/uploads/" + session.id();
    String location = path;
    if (options.dockerLocations) {
      String host = request.headers().first("Host").orElse("");
      location =
          (request.tls() ? "https://" : "http://")
              + host
              + path
              + "?_state="
              + RegistryApi.encode("offset=" + session.upload().size());
    }
    return WireResponse.of(status)
        .with("Location", location)
        .with("Range", "0-" + Math.max(0, session.upload().size() - 1))
        .with("Docker-Upload-UUID", session.id());
  }

  private WireResponse chunk(WireRequest request, Session session)
      throws ApiException, ContentTooLarge, IOException {
    append(request, session);
    return progress(request, session, 202);
  }

  private void append(WireRequest request, Session session)
      throws ApiException, ContentTooLarge, IOException {
    requireSize(request);
    long before = session.upload().size();
    Optional<String> header = request.headers().first("Content-Range");
    if (header.isEmpty()) {
      session.upload().append(request.body(), options.maxBlobBytes);
      return;
    }
    Matcher range = CHUNK.matcher(header.get());
    if (!range.matches()) {
      throw ApiException.uploadInvalid("malformed Content-Range");
    }
    long first = Long.parseLong(range.group(1));
    long length = Long.parseLong(range.group(2)) - first + 1;
    if (first != before) {
      throw outOfOrder(request, session);
    }
    if (length < 0 || request.contentLength().orElse(length) != length) {
      throw ApiException.of(400, "SIZE_INVALID", "provided length did not match content length");
    }
    session.upload().append(request.body(), options.maxBlobBytes);
    if (session.upload().size() - before != length) {
      throw ApiException.of(400, "SIZE_INVALID", "provided length did not match content length");
    }
  }

  private ApiException outOfOrder(WireRequest request, Session session) {
    ApiException refusal = ApiException.of(416, "RANGE_INVALID", "invalid content range");
    WireResponse progress = progress(request, session, 202);
    for (var field : progress.headers().fields()) {
      refusal = refusal.withHeader(field.name(), field.value());
    }
    return refusal;
  }

  private WireResponse last(WireRequest request, Session session)
      throws ApiException, ContentTooLarge, IOException {
    Optional<String> stated = request.query("digest");
    if (stated.isEmpty()) {
      throw ApiException.digestInvalid("no digest in the request");
    }
    Digest digest = RegistryApi.digest(stated.get());
    append(request, session);
    try {
      requireDigest(session.upload(), digest);
    } catch (ApiException e) {
      cancel(session);
      throw e;
    }
    catalog.commit(session.repository(), session.upload(), digest);
    forget(session);
    return created(session.repository(), digest);
  }

  private WireResponse cancel(Session session) {
    session.upload().discard();
    forget(session);
    return WireResponse.of(204);
  }
}
