package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import dev.bulla.oci.MediaType;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.registry.ContentStore.ContentTooLarge;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code /v2/<name>/manifests/<reference>}: pull, push, delete (end-3, end-7, end-9). */
final class ManifestEndpoint {

  private static final Set<String> KNOWN_TYPES =
      Set.of(
          MediaType.OCI_MANIFEST.value(),
          MediaType.OCI_INDEX.value(),
          MediaType.DOCKER_MANIFEST.value(),
          MediaType.DOCKER_MANIFEST_LIST.value());

  private static final Pattern MEDIA_TYPE = Pattern.compile("[!-~]{1,255}");

  private final Catalog catalog;
  private final EmbeddedRegistry.Options options;
  private final Quirks quirks;

  ManifestEndpoint(Catalog catalog, EmbeddedRegistry.Options options, Quirks quirks) {
    this.catalog = catalog;
    this.options = options;
    this.quirks = quirks;
  }

  WireResponse answer(WireRequest request, String repository, String reference)
      throws ApiException, ContentTooLarge, IOException {
    return switch (request.method()) {
      case "GET", "HEAD" -> pull(request, repository, reference);
      case "PUT" -> push(request, repository, reference);
      case "DELETE" -> delete(repository, reference);
      default -> throw ApiException.unsupported().withHeader("Allow", "GET, HEAD, PUT, DELETE");
    };
  }

  private static boolean isDigest(String reference) {
    return reference.indexOf(':') >= 0;
  }

  private WireResponse pull(WireRequest request, String repository, String reference)
      throws ApiException, IOException {
    Optional<Digest> wanted =
        isDigest(reference) ? Optional.of(RegistryApi.digest(reference)) : Optional.empty();
    if (wanted.isEmpty() && !Names.isTag(reference)) {
      throw ApiException.manifestUnknown(repository, reference);
    }
    RepositoryView view =
        catalog.visible(repository).orElseThrow(() -> unknown(repository, reference));
    Digest digest =
        wanted.or(() -> view.tag(reference)).orElseThrow(() -> unknown(repository, reference));
    Catalog.Entry entry = view.manifest(digest).orElseThrow(() -> unknown(repository, reference));
    OptionalLong size = catalog.contents().size(digest);
    if (size.isEmpty()) {
      throw unknown(repository, reference);
    }
    requireAccepted(request, entry.mediaType(), repository, reference);
    WireResponse response =
        WireResponse.of(200)
            .with("Content-Type", entry.mediaType())
            .with("Docker-Content-Digest", digest.toString())
            .with("ETag", RegistryApi.etag(digest));
    if (request.headers().has("If-None-Match")
        && RegistryApi.names(request.headers().all("If-None-Match"), Optional.of(digest))) {
      return response.withStatus(304);
    }
    return response.withBody(catalog.contents().body(digest, 0, size.getAsLong()));
  }

  private static ApiException unknown(String repository, String reference) {
    return ApiException.manifestUnknown(repository, reference);
  }

  /** What strict registries do with clients that do not say they understand a type. */
  private void requireAccepted(
      WireRequest request, String mediaType, String repository, String reference)
      throws ApiException {
    if (!options.strictAccept) {
      return;
    }
    String accepted = String.join(",", request.headers().all("Accept"));
    for (String value : accepted.split(",", -1)) {
      String one = value.strip();
      int parameters = one.indexOf(';');
      String type = parameters < 0 ? one : one.substring(0, parameters).strip();
      if (type.equals(mediaType) || type.equals("*/*") || type.equals("application/*")) {
        return;
      }
    }
    throw ApiException.manifestUnknown(repository, reference);
  }

  private WireResponse push(WireRequest request, String repository, String reference)
      throws ApiException, ContentTooLarge, IOException {
    boolean byDigest = isDigest(reference);
    Optional<Digest> stated =
        byDigest ? Optional.of(RegistryApi.digest(reference)) : Optional.empty();
    List<String> tags = byDigest ? request.queryAll("tag") : List.of(reference);
    for (String tag : tags) {
      if (!Names.isTag(tag)) {
        throw ApiException.of(400, "TAG_INVALID", "manifest tag did not match URI").withDetail(tag);
      }
    }
    Bytes body = readManifest(request);
    Digest digest =
        stated.map(d -> Digest.of(d.algorithm(), body)).orElseGet(() -> Digest.sha256(body));
    if (stated.isPresent() && !stated.get().equals(digest)) {
      throw ApiException.digestInvalid("the content is " + digest);
    }
    ManifestDocument document = document(request, body);
    requireParts(repository, document);

    Optional<Digest> subject = document.subject();
    boolean forgotten = subject.isPresent() && quirks.forgetsReferrer();
    Catalog.Push push =
        new Catalog.Push(
            repository,
            digest,
            new Catalog.Entry(
                document.mediaType(), body.size(), forgotten ? null : subject.orElse(null)),
            body,
            tags);
    catalog.push(push, state -> check(request, state, push));

    WireResponse response =
        WireResponse.of(201)
            .with("Location", "/v2/" + repository + "/manifests/" + digest)
            .with("Docker-Content-Digest", digest.toString())
            .with("ETag", RegistryApi.etag(digest));
    if (subject.isPresent() && quirks.noReferrers == null && !quirks.noSubjectHeader) {
      response = response.with("OCI-Subject", subject.get().toString());
    }
    if (byDigest && !tags.isEmpty()) {
      response = response.with("OCI-Tag", String.join(", ", tags));
    }
    return response;
  }

  private Bytes readManifest(WireRequest request) throws ApiException, IOException {
    long limit = options.maxManifestBytes;
    if (request.contentLength().orElse(0) > limit) {
      throw ApiException.tooLarge("MANIFEST_INVALID", limit);
    }
    try {
      return LimitedInput.readAll(request.body(), limit, "manifest");
    } catch (MalformedInputException e) {
      throw ApiException.tooLarge("MANIFEST_INVALID", limit);
    }
  }

  private ManifestDocument document(WireRequest request, Bytes body) throws ApiException {
    String header = request.headers().first("Content-Type").orElse("");
    int parameters = header.indexOf(';');
    String mediaType =
        (parameters < 0 ? header : header.substring(0, parameters))
            .strip()
            .toLowerCase(Locale.ROOT);
    if (KNOWN_TYPES.contains(mediaType)) {
      return ManifestDocument.parse(mediaType, body);
    }
    if (options.anyManifestType && MEDIA_TYPE.matcher(mediaType).matches()) {
      return ManifestDocument.opaque(mediaType);
    }
    throw ApiException.manifestInvalid("unsupported Content-Type");
  }

  private void requireParts(String repository, ManifestDocument document) throws ApiException {
    Optional<RepositoryState> state = catalog.repository(repository);
    for (ManifestDocument.Part blob : document.blobs()) {
      if (options.blobsRequired && blob.kept()) {
        if (state.filter(s -> s.hasBlob(blob.digest())).isEmpty()) {
          throw ApiException.manifestBlobUnknown(blob.digest().toString());
        }
        requireSize(blob);
      }
    }
    for (ManifestDocument.Part child : document.children()) {
      if (options.childrenRequired) {
        if (state.flatMap(s -> s.manifest(child.digest())).isEmpty()) {
          throw ApiException.manifestBlobUnknown(child.digest().toString());
        }
        requireSize(child);
      }
    }
  }

  private void requireSize(ManifestDocument.Part part) throws ApiException {
    if (catalog.contents().size(part.digest()).orElse(-1) != part.size()) {
      throw ApiException.manifestInvalid("wrong size of " + part.digest());
    }
  }

  /**
   * Under the catalog's lock: what the request makes its success depend on, and tags that may not
   * move.
   */
  private void check(WireRequest request, RepositoryState state, Catalog.Push push)
      throws ApiException {
    Optional<Digest> present =
        push.tags().isEmpty()
            ? state.manifest(push.digest()).map(e -> push.digest())
            : state.tag(push.tags().get(0));
    if (options.conditionalPut && !quirks.noConditions) {
      List<String> ifMatch = request.headers().all("If-Match");
      if (!ifMatch.isEmpty() && !RegistryApi.names(ifMatch, present)) {
        throw ApiException.preconditionFailed();
      }
      if (RegistryApi.names(request.headers().all("If-None-Match"), present)) {
        throw ApiException.preconditionFailed();
      }
    }
    Quirks.Immutability immutability = quirks.immutability;
    if (immutability != null) {
      for (String tag : push.tags()) {
        boolean moves = state.tag(tag).filter(d -> !d.equals(push.digest())).isPresent();
        if (moves && immutability.tags().matcher(tag).matches()) {
          throw ApiException.of(immutability.status(), immutability.code(), "the tag is immutable")
              .withDetail(tag);
        }
      }
    }
  }

  private WireResponse delete(String repository, String reference)
      throws ApiException, IOException {
    if (quirks.noDelete) {
      throw ApiException.unsupported();
    }
    if (isDigest(reference)) {
      if (!catalog.deleteManifest(repository, RegistryApi.digest(reference))) {
        throw unknown(repository, reference);
      }
      return WireResponse.of(202);
    }
    if (quirks.noTagDelete) {
      // what docker-registry 2.8 makes of it: the tag is taken for a malformed digest
      throw ApiException.digestInvalid(reference);
    }
    if (!Names.isTag(reference) || !catalog.deleteTag(repository, reference)) {
      throw unknown(repository, reference);
    }
    return WireResponse.of(202);
  }
}
