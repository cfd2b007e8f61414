package dev.bulla;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.MalformedInputException;
import dev.bulla.intoto.Statement;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Says what a referrer is for, from what it holds. Annotations are not believed; in doubt a bundle
 * counts as either, since leaving out a signature is worse than taking along an attestation.
 */
final class ReferrerKind {

  private static final String COSIGN = "application/vnd.dev.cosign.artifact.";
  private static final Set<EvidenceKind> EITHER =
      EnumSet.of(EvidenceKind.SIGNATURES, EvidenceKind.ATTESTATIONS);

  private ReferrerKind() {}

  /** The layer whose content decides, if the manifest alone does not. */
  static Optional<Descriptor> bundle(Manifest manifest) {
    return manifest.layers().size() == 1 && manifest.layers().get(0).mediaType().isSigstoreBundle()
        ? Optional.of(manifest.layers().get(0))
        : Optional.empty();
  }

  /** The kind of a referrer that holds no bundle. */
  static EvidenceKind of(Manifest manifest) {
    String type = manifest.artifactType().orElse(manifest.config().mediaType().value());
    String layer = manifest.layers().isEmpty() ? "" : manifest.layers().get(0).mediaType().value();
    if (type.startsWith(COSIGN + "sig.")) {
      return EvidenceKind.SIGNATURES;
    }
    if (type.startsWith(COSIGN + "att.") || type.startsWith("application/vnd.in-toto")) {
      return EvidenceKind.ATTESTATIONS;
    }
    return type.startsWith(COSIGN + "sbom.") || isSbom(type) || isSbom(layer)
        ? EvidenceKind.SBOMS
        : EvidenceKind.OTHER_REFERRERS;
  }

  private static boolean isSbom(String mediaType) {
    String lower = mediaType.toLowerCase(Locale.ROOT);
    return lower.contains("spdx") || lower.contains("cyclonedx") || lower.contains("syft");
  }

  /** What a bundle may be. */
  static Set<EvidenceKind> ofBundle(Bytes content) {
    try {
      Bundle bundle = BundleJson.parse(content);
      if (bundle.content() instanceof Bundle.MessageSignature) {
        return EnumSet.of(EvidenceKind.SIGNATURES);
      }
      Envelope envelope = ((Bundle.DsseContent) bundle.content()).envelope();
      if (!envelope.payloadType().equals(Envelope.IN_TOTO)) {
        return EITHER;
      }
      boolean signature =
          Statement.parse(envelope.payload()).predicateType().equals(Statement.COSIGN_SIGN);
      return EnumSet.of(signature ? EvidenceKind.SIGNATURES : EvidenceKind.ATTESTATIONS);
    } catch (MalformedInputException e) {
      return EITHER;
    }
  }
}
