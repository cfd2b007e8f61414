package dev.bulla.fuzz;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Refusal;
import dev.bulla.error.VerificationException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.key.VerificationKey;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Repository;
import dev.bulla.verify.Policy;
import dev.bulla.verify.SignedImage;
import dev.bulla.verify.VerifiedSignature;
import dev.bulla.verify.Verifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@link Verifier} over evidence that somebody tampered with: it says yes only to what the holder
 * of the key once signed, whatever else the evidence says.
 */
final class VerifyTarget {

  private static final VerificationKey KEY = Resources.key("cosign.pub");
  private static final Bytes MANIFEST = Resources.bytes("signed-image-manifest.json");
  private static final DigestReference IMAGE =
      new Repository("registry.test", "app").at(Digest.sha256(MANIFEST));

  /** The payloads that were really signed; see the origin notes beside these files. */
  private static final Set<Bytes> SIGNED_PAYLOADS =
      Set.of(Resources.bytes("signed-payload.json"), Resources.bytes("signed-payload-prod.json"));

  private static final Bytes SIGNED_STATEMENT = Resources.bytes("signed-statement.json");

  private static final Origin ORIGIN = new Origin("fuzzing", 1);

  private VerifyTarget() {}

  /** The signature's text up to the first line feed, the payload behind it. */
  static boolean acceptsLegacy(byte[] input) {
    int end = 0;
    while (end < input.length && input[end] != '\n') {
      end++;
    }
    Bytes payload = end == input.length ? Bytes.EMPTY : Bytes.of(input, end + 1, input.length);
    Candidate candidate =
        new LegacySignature(
            ORIGIN, payload, Input.text(Bytes.of(input, 0, end).toByteArray()), Map.of());
    boolean signed = SIGNED_PAYLOADS.contains(payload);
    Optional<VerifiedSignature> accepted = verified(candidate);
    accepted.ifPresent(signature -> {
      Check.that(signed, "only what was signed");
      Check.equal(payload, signature.signedBytes(), "what is verified is handed on");
    });
    return accepted.isPresent();
  }

  static boolean acceptsBundle(byte[] input) {
    Bytes raw = Bytes.of(input);
    Bundle bundle;
    try {
      bundle = BundleJson.parse(raw);
    } catch (MalformedInputException e) {
      return false;
    }
    Optional<VerifiedSignature> accepted = verified(new BundleSignature(ORIGIN, bundle, raw));
    accepted.ifPresent(signature -> {
      Check.that(bundle.content() instanceof DsseContent, "only an envelope was signed");
      Check.equal(SIGNED_STATEMENT, signature.signedBytes(), "only what was signed");
    });
    return accepted.isPresent();
  }

  private static Optional<VerifiedSignature> verified(Candidate candidate) {
    Policy strict = Policy.requiringKey(KEY);
    Check.that(verified(candidate, strict).isEmpty(), "no log entry has been checked");
    Policy policy = strict.insecurelyIgnoringLog();
    Optional<VerifiedSignature> accepted = verified(candidate, policy);
    if (accepted.isPresent()) {
      Check.that(
          verified(candidate, policy.withAnnotations(Map.of("env", "never signed"))).isEmpty(),
          "an annotation that is not there is missed");
      Check.that(
          verified(candidate, policy.insecurelyIgnoringClaims()).isPresent(),
          "asking less refuses no more");
    }
    return accepted;
  }

  private static Optional<VerifiedSignature> verified(Candidate candidate, Policy policy) {
    SignedImage image = new SignedImage(IMAGE, Optional.of(MANIFEST), List.of(candidate));
    try {
      List<VerifiedSignature> signatures = Verifier.verify(image, policy).value().signatures();
      Check.equal(1, signatures.size(), "one candidate, one signature");
      return Optional.of(signatures.get(0));
    } catch (VerificationException e) {
      for (Refusal refusal : e.refusals()) {
        Check.message(refusal.detail());
      }
      Check.message(e.message().replace("\n", " "));
      Check.equal(1, e.refusals().size(), "the fate of every candidate is told");
      return Optional.empty();
    }
  }
}
