package dev.bulla.testkit.registry;

import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.registry.ContentStore.ContentTooLarge;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Finds the endpoint of a request, and turns what it refuses into an answer. */
final class RegistryApi {

  private final ManifestEndpoint manifests;
  private final BlobEndpoint blobs;
  private final UploadEndpoint uploads;
  private final ListEndpoint lists;
  private final Quirks quirks;

  RegistryApi(Catalog catalog, EmbeddedRegistry.Options options, Quirks quirks) {
    this.manifests = new ManifestEndpoint(catalog, options, quirks);
    this.blobs = new BlobEndpoint(catalog, quirks);
    this.uploads = new UploadEndpoint(catalog, options, quirks);
    this.lists = new ListEndpoint(catalog, options, quirks);
    this.quirks = quirks;
  }

  /** Answers a request whose sender may do what it asks. */
  WireResponse answer(Route route, WireRequest request) throws IOException {
    WireResponse response;
    try {
      int headStatus = quirks.headStatus;
      if (headStatus != 0 && request.method().equals("HEAD")) {
        response = WireResponse.of(headStatus);
      } else {
        response = dispatch(route, request);
      }
    } catch (ApiException e) {
      response = e.toResponse();
    } catch (ContentTooLarge e) {
      response = ApiException.tooLarge("SIZE_INVALID", e.limit()).toResponse();
    }
    if (quirks.forbiddenForMissing && response.status() == 404) {
      response = ApiException.denied().toResponse();
    }
    return response;
  }

  private WireResponse dispatch(Route route, WireRequest request)
      throws ApiException, ContentTooLarge, IOException {
    return switch (route) {
      case Route.Base base -> base(request);
      case Route.Tags r -> lists.tags(request, repository(r.repository()));
      case Route.Manifest r -> manifests.answer(request, repository(r.repository()), r.reference());
      case Route.Blob r -> blobs.answer(request, repository(r.repository()), digest(r.digest()));
      case Route.Uploads r -> uploads.begin(request, repository(r.repository()));
      case Route.Upload r -> uploads.continued(request, repository(r.repository()), r.id());
      case Route.Referrers r -> referrers(request, r);
      case Route.Unknown unknown -> notFound();
    };
  }

  private static WireResponse base(WireRequest request) throws ApiException {
    requireMethod(request, "GET", "HEAD");
    return WireResponse.of(200).withText("application/json", "{}");
  }

  private WireResponse referrers(WireRequest request, Route.Referrers route)
      throws ApiException, ContentTooLarge, IOException {
    Faults.NoReferrers refusal = quirks.noReferrers;
    if (refusal != null) {
      return refusal.answer();
    }
    return lists.referrers(request, repository(route.repository()), digest(route.digest()));
  }

  /** The answer of a server to a path it knows nothing about. */
  static WireResponse notFound() {
    return WireResponse.of(404).withText("text/plain; charset=utf-8", "404 page not found\n");
  }

  static String repository(String name) throws ApiException {
    if (!Names.isRepository(name)) {
      throw ApiException.nameInvalid(name);
    }
    return name;
  }

  static Digest digest(String text) throws ApiException {
    try {
      return Digest.parse(text);
    } catch (MalformedInputException e) {
      throw ApiException.digestInvalid(e.message());
    }
  }

  static void requireMethod(WireRequest request, String... allowed) throws ApiException {
    if (!List.of(allowed).contains(request.method())) {
      throw ApiException.unsupported().withHeader("Allow", String.join(", ", allowed));
    }
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** The strong entity tag of content. */
  static String etag(Digest digest) {
    return "\"" + digest + "\"";
  }

  /** Whether a condition header names the content, if there is any (RFC 9110 §13.1). */
  static boolean names(List<String> conditions, Optional<Digest> present) {
    if (present.isEmpty()) {
      return false;
    }
    for (String value : String.join(",", conditions).split(",", -1)) {
      String one = value.strip();
      if (one.equals("*") || one.equals(etag(present.get()))) {
        return true;
      }
    }
    return false;
  }
}
