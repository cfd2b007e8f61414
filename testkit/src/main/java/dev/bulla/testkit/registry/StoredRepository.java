package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import dev.bulla.testkit.registry.ContentStore.ContentTooLarge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * A repository seen from behind the registry's API: no checks, no faults, nothing logged. For
 * filling it before a test, looking into it afterwards, and doing what only a hostile or broken
 * registry does.
 */
public final class StoredRepository {

  private final Catalog catalog;
  private final String name;

  StoredRepository(Catalog catalog, String name) {
    if (!Names.isRepository(name)) {
      throw new IllegalArgumentException("not a repository name");
    }
    this.catalog = catalog;
    this.name = name;
  }

  /** A manifest as stored. */
  public record StoredManifest(Digest digest, String mediaType, Bytes content) {}

  public String name() {
    return name;
  }

  /** Keeps a blob and returns its SHA-256 digest. */
  public Digest putBlob(Bytes content) {
    Digest digest = Digest.sha256(content);
    putBlob(digest, content);
    return digest;
  }

  /** Keeps a blob under any digest, right or wrong. */
  public void putBlob(Digest digest, Bytes content) {
    attempt(() -> catalog.putBlob(name, digest, content));
  }

  /** Keeps a manifest, whatever it refers to, and points tags to it; returns its SHA-256 digest. */
  public Digest putManifest(String mediaType, Bytes content, String... tags) {
    Digest digest = Digest.sha256(content);
    putManifest(digest, mediaType, content, tags);
    return digest;
  }

  /** Keeps a manifest under any digest, right or wrong. */
  public void putManifest(Digest digest, String mediaType, Bytes content, String... tags) {
    Digest subject = ManifestDocument.lenient(mediaType, content).subject().orElse(null);
    Catalog.Push push =
        new Catalog.Push(
            name,
            digest,
            new Catalog.Entry(mediaType, content.size(), subject),
            content,
            List.of(tags));
    attempt(() -> catalog.push(push, state -> {}));
  }

  /** Points a tag to a digest, whether or not there is such a manifest. */
  public void tag(String tag, Digest digest) {
    if (!Names.isTag(tag)) {
      throw new IllegalArgumentException("not a tag");
    }
    attempt(() -> catalog.setTag(name, tag, digest));
  }

  /** Removes a tag; returns whether it was there. */
  public boolean untag(String tag) {
    return answer(() -> catalog.deleteTag(name, tag));
  }

  /** Removes a manifest and the tags that point to it; returns whether it was there. */
  public boolean deleteManifest(Digest digest) {
    return answer(() -> catalog.deleteManifest(name, digest));
  }

  /** Removes a blob; returns whether it was there. */
  public boolean deleteBlob(Digest digest) {
    return answer(() -> catalog.deleteBlob(name, digest));
  }

  /**
   * Replaces the bytes behind a digest and leaves the digest as it is; holds for every repository
   * that shares the content.
   */
  public void corrupt(Digest digest, Bytes content) {
    attempt(() -> catalog.overwrite(digest, content));
  }

  /** Flips one bit of the bytes behind a digest, and leaves the digest as it is. */
  public void flipBit(Digest digest, int byteIndex) {
    byte[] bytes =
        answer(() -> catalog.contents().read(digest, Limits.MAX_ATTACHMENT)).toByteArray();
    bytes[byteIndex] ^= 1;
    corrupt(digest, Bytes.owning(bytes));
  }

  /** The bytes of a blob. */
  public Optional<Bytes> blob(Digest digest) {
    return state().filter(s -> s.hasBlob(digest)).map(s -> content(digest));
  }

  /** The manifest a tag or a digest names. */
  public Optional<StoredManifest> manifest(String tagOrDigest) {
    Optional<Digest> digest =
        tagOrDigest.indexOf(':') < 0
            ? state().flatMap(s -> s.tag(tagOrDigest))
            : Optional.of(parse(tagOrDigest));
    return digest.flatMap(this::manifest);
  }

  private static Digest parse(String digest) {
    try {
      return Digest.parse(digest);
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException(e.message(), e);
    }
  }

  public Optional<StoredManifest> manifest(Digest digest) {
    return state()
        .flatMap(s -> s.manifest(digest))
        .map(e -> new StoredManifest(digest, e.mediaType(), content(digest)));
  }

  private Bytes content(Digest digest) {
    return answer(() -> catalog.contents().read(digest, Limits.MAX_ATTACHMENT));
  }

  /** Every tag, sorted. */
  public List<String> tags() {
    return state().map(RepositoryState::tags).orElse(List.of());
  }

  /** Every manifest, sorted by digest. */
  public List<Digest> manifests() {
    return state().map(RepositoryState::manifests).orElse(List.of());
  }

  /** Every blob, sorted by digest. */
  public List<Digest> blobs() {
    return state().map(RepositoryState::blobs).orElse(List.of());
  }

  /** The manifests whose subject is the given digest. */
  public List<Digest> referrers(Digest subject) {
    return state().map(s -> s.referrers(subject)).orElse(List.of());
  }

  private Optional<RepositoryState> state() {
    return catalog.repository(name);
  }

  /** Work of the catalog. */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws IOException, ApiException, ContentTooLarge;
  }

  /** Work without a result. */
  @FunctionalInterface
  private interface Change {
    void run() throws IOException, ApiException, ContentTooLarge;
  }

  private static void attempt(Change change) {
    answer(() -> {
      change.run();
      return true;
    });
  }

  private static <T> T answer(Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ApiException | ContentTooLarge e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "StoredRepository[" + name + "]";
  }
}
