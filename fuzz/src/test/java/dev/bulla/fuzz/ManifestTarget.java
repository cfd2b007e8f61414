package dev.bulla.fuzz;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import java.util.List;

/** {@link Manifest#parse} and {@link ImageIndex#parse}: what is written reads back the same. */
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
      return false;
    }
    Bytes written = index.toJson();
    ImageIndex again = ImageIndex.parse(written);
    Check.equal(index, again, "what is written reads back");
    Check.equal(written, again.toJson(), "and is written the same again");
    descriptors(index.manifests());
    return true;
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
