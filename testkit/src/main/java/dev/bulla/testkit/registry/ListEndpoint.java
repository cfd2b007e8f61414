package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import dev.bulla.oci.MediaType;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.registry.ContentStore.ContentTooLarge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The lists of tags (end-8) and of referrers (end-12), page by page. */
final class ListEndpoint {

  /**
   * A list of referrers of more bytes is split, whatever the page size (distribution-spec 1.1,
   * "Listing Referrers").
   */
  private static final long MAX_PAGE_BYTES = 3L << 20;

  /** Entries kept so that their manifests need not be read again. */
  private static final long MAX_CACHED_BYTES = 16L << 20;

  private final Catalog catalog;
  private final EmbeddedRegistry.Options options;
  private final Quirks quirks;
  private final Map<Digest, Listed> entries = new ConcurrentHashMap<>();
  private final AtomicLong cachedBytes = new AtomicLong();
  private volatile long cachedGeneration;

  /** An entry of a list, and its size in it. */
  private record Listed(JsonObject entry, long bytes) {}

  ListEndpoint(Catalog catalog, EmbeddedRegistry.Options options, Quirks quirks) {
    this.catalog = catalog;
    this.options = options;
    this.quirks = quirks;
  }

  WireResponse tags(WireRequest request, String repository) throws ApiException {
    RegistryApi.requireMethod(request, "GET", "HEAD");
    RepositoryView view =
        catalog.visible(repository).orElseThrow(() -> ApiException.nameUnknown(repository));
    int size = pageSize(request, options.tagsPageSize);
    String last = request.query("last").orElse("");
    List<String> page = new ArrayList<>();
    boolean more = false;
    for (String tag : view.tags()) {
      if (tag.compareTo(last) <= 0) {
        continue;
      }
      if (page.size() == size) {
        more = true;
        break;
      }
      page.add(tag);
    }
    JsonObject body =
        JsonObject.builder().put("name", repository).put("tags", Json.strings(page)).build();
    WireResponse response =
        WireResponse.of(200)
            .with("Content-Type", "application/json")
            .withBody(WireBody.of(Json.write(body)));
    if (!more || page.isEmpty()) {
      return response;
    }
    String next =
        "/v2/"
            + repository
            + "/tags/list?n="
            + size
            + "&last="
            + RegistryApi.encode(page.get(page.size() - 1));
    return response.with("Link", "<" + next + ">; rel=\"next\"");
  }

  /** The page size asked for, within the one of this registry. */
  private static int pageSize(WireRequest request, int own) throws ApiException {
    Optional<String> asked = request.query("n");
    if (asked.isEmpty()) {
      return own;
    }
    if (!asked.get().matches("[0-9]{1,9}")) {
      throw ApiException.of(400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested")
          .withDetail(JsonObject.builder().put("n", asked.get()).build());
    }
    return Math.min(own, Integer.parseInt(asked.get()));
  }

  WireResponse referrers(WireRequest request, String repository, Digest subject)
      throws ApiException, ContentTooLarge, IOException {
    RegistryApi.requireMethod(request, "GET", "HEAD");
    // an unknown repository or subject has no referrers, which is not an error
    Optional<RepositoryView> view = catalog.visible(repository);
    Optional<String> filter = quirks.noFilter ? Optional.empty() : request.query("artifactType");
    String last = request.query("last").orElse("");
    List<JsonValue> page = new ArrayList<>();
    String lastShown = "";
    long bytes = 0;
    boolean more = false;
    for (Digest digest : view.isPresent() ? view.get().referrers(subject) : List.<Digest>of()) {
      if (digest.toString().compareTo(last) <= 0) {
        continue;
      }
      Optional<Catalog.Entry> manifest = view.get().manifest(digest);
      if (manifest.isEmpty()) {
        continue; // deleted while this list was made
      }
      Listed listed = listed(digest, manifest.get());
      if (filter.isPresent()
          && !Json.string(listed.entry(), "artifactType").orElse("").equals(filter.get())) {
        continue;
      }
      bytes += listed.bytes();
      if (page.size() == options.referrersPageSize || (bytes > MAX_PAGE_BYTES && !page.isEmpty())) {
        more = true;
        break;
      }
      page.add(listed.entry());
      lastShown = digest.toString();
    }
    WireResponse response =
        WireResponse.of(200)
            .with("Content-Type", MediaType.OCI_INDEX.value())
            .withBody(WireBody.of(index(page)));
    if (filter.isPresent()) {
      response = response.with("OCI-Filters-Applied", "artifactType");
    }
    if (!more) {
      return response;
    }
    String next =
        "/v2/"
            + repository
            + "/referrers/"
            + subject
            + "?last="
            + RegistryApi.encode(lastShown)
            + filter.map(f -> "&artifactType=" + RegistryApi.encode(f)).orElse("");
    return response.with("Link", "<" + next + ">; rel=\"next\"");
  }

  private static Bytes index(List<JsonValue> entries) {
    return Json.write(
        JsonObject.builder()
            .put("schemaVersion", 2)
            .put("mediaType", MediaType.OCI_INDEX.value())
            .put("manifests", JsonArray.of(entries))
            .build());
  }

  private Listed listed(Digest digest, Catalog.Entry manifest) throws IOException, ContentTooLarge {
    long generation = catalog.generation();
    if (generation != cachedGeneration) {
      // a test replaced content behind its digest
      cachedGeneration = generation;
      entries.clear();
      cachedBytes.set(0);
    }
    Listed cached = entries.get(digest);
    if (cached != null) {
      return cached;
    }
    Bytes body = catalog.contents().read(digest, options.maxManifestBytes);
    JsonObject entry =
        ManifestDocument.lenient(manifest.mediaType(), body).asReferrer(digest, manifest.size());
    Listed listed = new Listed(entry, Json.write(entry).size());
    if (cachedBytes.addAndGet(listed.bytes()) <= MAX_CACHED_BYTES) {
      entries.put(digest, listed);
    } else {
      cachedBytes.addAndGet(-listed.bytes());
    }
    return listed;
  }
}
