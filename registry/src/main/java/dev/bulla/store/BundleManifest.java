package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The manifest around one bundle, and the bundle inside that manifest's annotations.
 *
 * <p>Lists of referrers repeat the annotations of the manifests that they list (distribution-spec
 * 1.1, "Listing Referrers"), so a bundle that also travels in an annotation arrives with the list.
 * Such text is worth nothing by itself: whoever writes the list may put anything there. But our
 * manifest is fully determined by the bundle, the subject and the annotations; so it is built again
 * and its digest compared with the entry's. Where they agree, the text is what the entry's manifest
 * names, as surely as if both had been fetched; where they do not, it counts for nothing and both
 * are fetched.
 */
final class BundleManifest {

  /** The bundle's text. */
  static final String BUNDLE_ANNOTATION = "dev.bulla.bundle";

  /** Size and media type of the subject, which a reader that was given a digest does not know. */
  static final String SUBJECT_ANNOTATION = "dev.bulla.subject";

  /** Larger bundles do not travel in an annotation: lists are read whole. In bytes. */
  static final int MAX_ANNOTATION = 16 << 10;

  /** Indexes of referrers grow by bundles up to this size, in bytes. */
  static final int MAX_INDEX = 1 << 20;

  private static final Bytes EMPTY_CONFIG = Bytes.utf8("{}");

  private BundleManifest() {}

  /** The manifest that holds a bundle, member for member as cosign writes it. */
  static Manifest of(Descriptor subject, Bytes bundle, Map<String, String> annotations) {
    String type = MediaType.SIGSTORE_BUNDLE.value();
    return new Manifest(
        Optional.of(MediaType.OCI_MANIFEST),
        // the artifact type stands in the config descriptor too: cosign's clean recognises bundles
        // by it
        new Descriptor(MediaType.OCI_EMPTY, EMPTY_CONFIG.size(), Digest.sha256(EMPTY_CONFIG))
            .withArtifactType(type),
        List.of(new Descriptor(MediaType.SIGSTORE_BUNDLE, bundle.size(), Digest.sha256(bundle))),
        annotations,
        Optional.of(new Descriptor(subject.mediaType(), subject.size(), subject.digest())),
        Optional.of(type));
  }

  /** The annotations, with the bundle among them unless it is too large or no text. */
  static Map<String, String> carrying(
      Bytes bundle, Descriptor subject, Map<String, String> annotations) {
    if (bundle.size() > MAX_ANNOTATION) {
      return annotations;
    }
    Map<String, String> more = new TreeMap<>(annotations);
    try {
      more.put(BUNDLE_ANNOTATION, bundle.toUtf8String("bundle"));
    } catch (MalformedInputException e) {
      return annotations;
    }
    more.put(SUBJECT_ANNOTATION, subject.size() + " " + subject.mediaType().value());
    return more;
  }

  /**
   * The entry for an index of referrers that has a size already: without the bundle where the index
   * would become so large that registries refuse it.
   */
  static Descriptor listed(Descriptor entry, int indexSize) {
    if (indexSize + MAX_ANNOTATION <= MAX_INDEX) {
      return entry;
    }
    Map<String, String> fewer = new TreeMap<>(entry.annotations());
    fewer.remove(BUNDLE_ANNOTATION);
    return entry.withAnnotations(fewer);
  }

  /**
   * The bundle that an entry of a list is proven to lead to; empty when it has to be fetched.
   *
   * @param subject whose referrers are listed
   */
  static Optional<Bytes> provenBy(Descriptor entry, Digest subject) {
    String text = entry.annotations().get(BUNDLE_ANNOTATION);
    String about = entry.annotations().get(SUBJECT_ANNOTATION);
    if (text == null || about == null || text.length() > MAX_ANNOTATION || isLarge(entry)) {
      return Optional.empty();
    }
    int space = about.indexOf(' ');
    if (space < 1 || space > 18 || !isNumber(about.substring(0, space))) {
      return Optional.empty();
    }
    String mediaType = about.substring(space + 1);
    if (!MediaType.isValid(mediaType)) {
      return Optional.empty();
    }
    long size = Long.parseLong(about.substring(0, space));
    Bytes bundle = Bytes.utf8(text);
    Bytes manifest =
        of(new Descriptor(new MediaType(mediaType), size, subject), bundle, entry.annotations())
            .toJson();
    return entry.digest().matches(manifest) ? Optional.of(bundle) : Optional.empty();
  }

  /** Ours has little beside the bundle; what a hostile list adds is not built into anything. */
  private static boolean isLarge(Descriptor entry) {
    long total = 0;
    for (Map.Entry<String, String> annotation : entry.annotations().entrySet()) {
      total += annotation.getKey().length() + annotation.getValue().length();
    }
    return total > 2 * MAX_ANNOTATION;
  }

  private static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
