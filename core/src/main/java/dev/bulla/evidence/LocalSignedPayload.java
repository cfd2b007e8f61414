package dev.bulla.evidence;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonParser;
import dev.bulla.limits.Limits;
import java.util.Optional;

/**
 * The file that {@code --bundle} meant before Sigstore bundles. Nothing in it is checked. Source:
 * sigstore/cosign, pkg/cosign/fetch.go.
 *
 * @param signature a signature, or a whole envelope as JSON
 * @param signer PEM of a certificate or of a public key
 * @param logEntry with the log's promise, without an inclusion proof
 */
public record LocalSignedPayload(
    Bytes signature, Optional<Bytes> signer, Optional<LogEntry> logEntry) {

  private static final String WHAT = "bundle";
  private static final JsonLimits JSON = JsonLimits.DEFAULT.withMaxValues(10_000);

  /** Whether a file is one of these rather than a Sigstore bundle; it may be neither. */
  public static boolean isOne(Bytes json) {
    try {
      return GoFields.of(JsonParser.parseObject(json, WHAT, JSON), WHAT).has("base64Signature");
    } catch (MalformedInputException e) {
      return false; // which reading it as a bundle will say
    }
  }

  /** Reads the file. */
  public static LocalSignedPayload parse(Bytes json) throws MalformedInputException {
    if (json.size() > Limits.MAX_BUNDLE) {
      throw new MalformedInputException(
          WHAT, "larger than the limit of " + Limits.MAX_BUNDLE + " bytes");
    }
    GoFields fields = GoFields.of(JsonParser.parseObject(json, WHAT, JSON), WHAT);
    Bytes signature =
        Base64Text.decode(
            fields.requiredString("base64Signature"), fields.where("base64Signature"));
    String cert = fields.string("cert").orElse("");
    Optional<GoFields> logged = fields.fields("rekorBundle");
    return new LocalSignedPayload(
        signature,
        cert.isEmpty() ? Optional.empty() : Optional.of(text(cert, fields.where("cert"))),
        logged.isPresent() ? Optional.of(LegacyLogBundle.of(logged.get())) : Optional.empty());
  }

  /** Writers disagree about whether the PEM is wrapped once more. */
  private static Bytes text(String cert, String where) throws MalformedInputException {
    return cert.startsWith("-----BEGIN ")
        ? Bytes.utf8(cert)
        : Base64Text.decodeIgnoringNewlines(cert, where);
  }
}
