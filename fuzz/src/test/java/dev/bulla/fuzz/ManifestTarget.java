package dev.bulla.fuzz;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.ReferrersList;
import java.util.List;
import java.util.Optional;

/**
 * {@link Manifest#parse} and {@link ImageIndex#parse}: what is written reads back the same. {@link
 * ReferrersList#parse} reads what an index is, and more.
 */
final class ManifestTarget {

  private ManifestTarget() {}

  static boolean acceptsManifest(byte[] input) throws MalformedInputException {
    Manifest manifest;
    try {
      manifest = Manifest.parse(Bytes.of(input));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Bytes written = manifest.toJson();
    Manifest again = Manifest.parse(written);
    Check.equal(manifest, again, "what is written reads back");
    Check.equal(written, again.toJson(), "and is written the same again");
    descriptors(manifest.layers());
    return true;
  }

  static boolean acceptsIndex(byte[] input) throws MalformedInputException {
    ImageIndex index;
    try {
      index = ImageIndex.parse(Bytes.of(input));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      referrers(input);
      return false;
    }
    Optional<ReferrersList> list = referrers(input);
    if (list.isPresent()) {
      Check.equal(index.manifests(), list.get().entries(), "a list has the entries of the index");
      Check.that(list.get().unreadable().isEmpty(), "and all of them can be read");
    }
    Bytes written = index.toJson();
    ImageIndex again = ImageIndex.parse(written);
    Check.equal(index, again, "what is written reads back");
    Check.equal(written, again.toJson(), "and is written the same again");
    descriptors(index.manifests());
    return true;
  }

  /** The same bytes as a list of referrers, which has more patience with single entries. */
  private static Optional<ReferrersList> referrers(byte[] input) {
    try {
      ReferrersList list = ReferrersList.parse(Bytes.of(input));
      list.unreadable().forEach(Check::refusal);
      descriptors(list.entries());
      return Optional.of(list);
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return Optional.empty();
    }
  }

  private static void descriptors(List<Descriptor> descriptors) {
    for (Descriptor descriptor : descriptors) {
      Check.that(descriptor.size() >= 0, "no size is negative");
      Check.that(
          descriptor.mediaType().value().chars().allMatch(c -> c >= 0x20 && c < 0x7f),
          "a media type can stand in a header");
    }
  }
}
