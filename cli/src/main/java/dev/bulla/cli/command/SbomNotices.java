package dev.bulla.cli.command;

/** What cosign says whenever an SBOM is kept beside an image as it is. */
final class SbomNotices {

  static final String DEPRECATED =
      "SBOM attachments are deprecated and support will be removed in a Cosign release soon"
          + " after 2024-02-22 (see https://github.com/sigstore/cosign/issues/2755). Instead,"
          + " please use SBOM attestations.";

  static final String UNSIGNED_DOWNLOAD =
      "Downloading SBOMs this way does not ensure its authenticity. If you want to ensure a"
          + " tamper-proof SBOM, download it using 'cosign download attestation <image uri>'.";

  private SbomNotices() {}
}
