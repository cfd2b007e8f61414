package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.oci.Descriptor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The referrers of one image, from all the lists that name them; each once. */
final class ReferrerEntries {

  private final Digest subject;
  private final EvidenceAllowance allowance;
  private final Map<Digest, Descriptor> byDigest = new LinkedHashMap<>();
  private final Map<Digest, Bytes> proven = new LinkedHashMap<>();
  private final List<Unreadable> unreadable = new ArrayList<>();

  ReferrerEntries(Digest subject, EvidenceAllowance allowance) {
    this.subject = subject;
    this.allowance = allowance;
  }

  /**
   * Takes in one list.
   *
   * @param place the name of the list
   */
  void add(String place, List<Descriptor> entries, List<MalformedInputException> broken) {
    for (Descriptor entry : entries) {
      Descriptor known = byDigest.putIfAbsent(entry.digest(), entry);
      if (known != null && !mayHoldSignatures(known) && mayHoldSignatures(entry)) {
        byDigest.put(entry.digest(), entry);
      }
      if (!proven.containsKey(entry.digest())) {
        BundleManifest.provenBy(entry, subject)
            .filter(bundle -> allowance.take(bundle.size()))
            .ifPresent(bundle -> proven.put(entry.digest(), bundle));
      }
    }
    for (MalformedInputException problem : broken) {
      unreadable.add(new Unreadable(new Origin(place, 0), problem));
    }
  }

  /** All that could be read, in the order in which the lists named them. */
  List<Descriptor> all() {
    return List.copyOf(byDigest.values());
  }

  /** Bundles that came with the lists, proven to be what the entries lead to. */
  Map<Digest, Bytes> proven() {
    return proven;
  }

  /** What in the lists could not be read, since this was last asked. */
  List<Unreadable> takeUnreadable() {
    List<Unreadable> taken = List.copyOf(unreadable);
    unreadable.clear();
    return taken;
  }

  /**
   * Whether the list leaves it open that the entry holds signatures. Writers and registries put all
   * kinds of types there for bundles: that of the bundle, of an empty configuration, of an image's
   * configuration, or none. Only another artifact's own type, an SBOM's say, speaks against it.
   */
  static boolean mayHoldSignatures(Descriptor entry) {
    if (!entry.mediaType().isImageManifest()) {
      return false;
    }
    String type = entry.artifactType().orElse("");
    return type.isEmpty()
        || type.startsWith("application/vnd.dev.sigstore.")
        || type.startsWith("application/vnd.dev.cosign.")
        || type.startsWith("application/vnd.oci.")
        || type.startsWith("application/vnd.docker.");
  }
}
