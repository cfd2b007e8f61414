package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.registry.FetchedManifest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The indexes behind referrers tags: one entry for each referrer, in the order of digests. */
final class ReferrerIndexes implements SharedKind {

  private final String place;

  /**
   * @param place the tag's full name, for messages
   */
  ReferrerIndexes(String place) {
    this.place = place;
  }

  private record Stored(ImageIndex index, int size) implements SharedObject {

    @Override
    public List<Descriptor> entries() {
      return index.manifests();
    }

    @Override
    public SharedObject plus(List<Descriptor> more) throws MalformedInputException {
      List<Descriptor> entries = new ArrayList<>(index.manifests());
      for (Descriptor entry : more) {
        entries.add(BundleManifest.listed(entry, size));
      }
      if (entries.size() > Limits.MAX_REFERRERS) {
        throw new MalformedInputException(
            "referrers tag", "more than " + Limits.MAX_REFERRERS + " referrers");
      }
      entries.sort(Comparator.comparing(Descriptor::digest));
      return new Stored(index.withManifests(entries), size);
    }

    @Override
    public SharedObject only(List<Descriptor> kept) {
      return new Stored(index.withManifests(kept), size);
    }

    @Override
    public MediaType mediaType() {
      return MediaType.OCI_INDEX;
    }

    @Override
    public Bytes manifest() {
      return index.toJson();
    }

    @Override
    public Bytes config() {
      return Bytes.EMPTY;
    }
  }

  @Override
  public SharedObject none() {
    return new Stored(new ImageIndex(List.of()), 0);
  }

  @Override
  public SharedObject read(FetchedManifest fetched) throws BullaException {
    if (!fetched.descriptor().mediaType().equals(MediaType.OCI_INDEX)) {
      throw new MalformedInputException(
          "referrers tag",
          place + " holds something that is no index of referrers; it was not written over");
    }
    return new Stored(ImageIndex.parse(fetched.body()), fetched.body().size());
  }

  @Override
  public Object identity(Descriptor entry) {
    return entry.digest();
  }

  @Override
  public String key(Descriptor entry) {
    return entry.digest().hex().substring(0, 16);
  }

  /** How a referrer is listed; the annotations are what the specification asks for. */
  static Descriptor entry(Manifest manifest, Bytes json) {
    Descriptor plain =
        new Descriptor(MediaType.OCI_MANIFEST, json.size(), Digest.sha256(json))
            .withAnnotations(manifest.annotations());
    Optional<String> type = manifest.artifactType();
    return type.isPresent() ? plain.withArtifactType(type.get()) : plain;
  }

  /** A list of nothing but one entry. */
  static ImageIndex journalOf(Descriptor entry, String now) {
    return new ImageIndex(
        Optional.of(MediaType.OCI_INDEX),
        List.of(entry),
        Map.of(SignatureObjects.CREATED, now),
        Optional.empty(),
        Optional.empty());
  }

  /** The journal of a referrer is the referrer itself, or a list of nothing else. */
  @Override
  public Optional<Journal> journal(FetchedManifest fetched) throws MalformedInputException {
    MediaType type = fetched.descriptor().mediaType();
    if (type.equals(MediaType.OCI_INDEX)) {
      ImageIndex index = ImageIndex.parse(fetched.body());
      return index.manifests().size() == 1
          ? Optional.of(new Journal(index.manifests().get(0), created(index.annotations()), true))
          : Optional.empty();
    }
    if (!type.equals(MediaType.OCI_MANIFEST)) {
      return Optional.empty();
    }
    Manifest manifest = Manifest.parse(fetched.body());
    return Optional.of(
        new Journal(entry(manifest, fetched.body()), created(manifest.annotations()), false));
  }

  private static String created(Map<String, String> annotations) {
    return annotations.getOrDefault(SignatureObjects.CREATED, "");
  }
}
