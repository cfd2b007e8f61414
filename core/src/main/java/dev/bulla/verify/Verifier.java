package dev.bulla.verify;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bundle.Bundle.PublicKeyHint;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.Refusal;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.intoto.Statement;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.SignatureCheck;
import dev.bulla.key.VerificationKey;
import dev.bulla.payload.SimpleSigningPayload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Decides whether an image is signed as a policy requires.
 *
 * <p>Every candidate is looked at for itself: one that cannot be read takes nothing away from the
 * others, and one that counts is enough. When none counts, the worst reason decides what kind of
 * "no" it is, in the order undecided, malformed, refused, absent.
 *
 * <p>Stateless and thread-safe.
 */
public final class Verifier {

  private static final String DSSE_MISMATCH =
      "failed to verify signature: could not verify envelope: accepted signatures do not match"
          + " threshold, Found: 0, Expected 1";

  private Verifier() {}

  /**
   * Checks every candidate of an image.
   *
   * @throws VerificationException when no candidate satisfies the policy; with the fate of each
   */
  public static Verified<VerifiedImage> verify(SignedImage image, Policy policy)
      throws VerificationException {
    List<VerifiedSignature> accepted = new ArrayList<>();
    List<Refusal> refusals = new ArrayList<>();
    for (Candidate candidate : image.candidates()) {
      Verdict verdict = asAttestation(judgeByEachKey(candidate, image, policy), candidate, policy);
      if (verdict instanceof Verdict.Accepted yes) {
        accepted.add(yes.signature());
      } else {
        refusals.add(((Verdict.Refused) verdict).refusal());
      }
    }
    if (accepted.isEmpty()) {
      throw Denial.of(image, refusals);
    }
    return new Verified<>(
        new VerifiedImage(image.image(), accepted, refusals), policy.relaxations());
  }

  private sealed interface Verdict {
    record Accepted(VerifiedSignature signature) implements Verdict {}

    record Refused(Refusal refusal) implements Verdict {}
  }

  /** The verdict by the first key that has something else to say than that it did not sign. */
  private static Verdict judgeByEachKey(Candidate candidate, SignedImage image, Policy policy) {
    Verdict first = judge(candidate, image, policy, policy.keys().get(0));
    for (int i = 1; i < policy.keys().size() && isMismatch(first); i++) {
      Verdict other = judge(candidate, image, policy, policy.keys().get(i));
      if (!isMismatch(other)) {
        return other;
      }
    }
    return first;
  }

  private static boolean isMismatch(Verdict verdict) {
    return verdict instanceof Verdict.Refused no
        && no.refusal().reason() == ReasonCode.SIGNATURE_MISMATCH;
  }

  /** Nobody knows whether the second opinion would agree. */
  private static final class Unasked extends Exception {

    private static final long serialVersionUID = 1L;

    Unasked(BullaException cause) {
      super(cause.message(), cause);
    }
  }

  /** Whether the key made the signature, and everybody who has to agree does. */
  private static SignatureCheck check(
      Policy policy, VerificationKey key, Bytes message, Bytes signature) throws Unasked {
    SignatureCheck own = key.check(message, signature, policy.hash());
    if (own instanceof SignatureCheck.Matched matched && policy.secondOpinion().isPresent()) {
      try {
        if (!policy.secondOpinion().get().confirms(key, matched.algorithm(), message, signature)) {
          return new SignatureCheck.Mismatch("the service that keeps the key does not confirm it");
        }
      } catch (BullaException e) {
        throw new Unasked(e);
      }
    }
    return own;
  }

  private static Verdict judge(
      Candidate candidate, SignedImage image, Policy policy, VerificationKey key) {
    try {
      if (candidate instanceof LegacySignature legacy) {
        return judgeLegacy(legacy, image.image().digest(), policy, key);
      }
      if (candidate instanceof BundleSignature bundle) {
        return judgeBundle(bundle, image, policy, key);
      }
      Unreadable unreadable = (Unreadable) candidate;
      return refused(
          unreadable.origin(),
          unreadable.isMalformed() ? ReasonCode.MALFORMED : ReasonCode.UNDECIDED,
          unreadable.why().message());
    } catch (MalformedInputException e) {
      return refused(candidate.origin(), ReasonCode.MALFORMED, e.message());
    } catch (Unasked e) {
      return refused(candidate.origin(), ReasonCode.UNDECIDED, String.valueOf(e.getMessage()));
    }
  }

  private static Verdict judgeLegacy(
      LegacySignature candidate, Digest image, Policy policy, VerificationKey key)
      throws MalformedInputException, Unasked {
    Origin origin = candidate.origin();
    Bytes signature =
        Base64Text.decodeIgnoringNewlines(candidate.signatureText(), "signature annotation");
    SignatureCheck check = check(policy, key, candidate.payload(), signature);
    if (!(check instanceof SignatureCheck.Matched matched)) {
      return refused(origin, ReasonCode.SIGNATURE_MISMATCH, mismatchReason(check));
    }
    SignatureAlgorithm algorithm = matched.algorithm();
    Optional<SimpleSigningPayload> payload;
    if (policy.ignoresClaims()) {
      // the signature is over the bytes; what they say was not asked
      payload = readable(candidate.payload());
    } else {
      SimpleSigningPayload claims = SimpleSigningPayload.parse(candidate.payload());
      if (!claims.claims(image)) {
        return refused(
            origin,
            ReasonCode.WRONG_SUBJECT,
            "invalid or missing digest in claim: " + Quoted.plain(claims.digestClaim()));
      }
      if (!claims.hasAnnotations(policy.annotations())) {
        return refused(origin, ReasonCode.WRONG_ANNOTATION, "missing or incorrect annotation");
      }
      payload = Optional.of(claims);
    }
    Optional<Verdict> log = judgeLog(origin, candidate.logBundle().isPresent(), policy);
    return log.orElseGet(() ->
        new Verdict.Accepted(
            new VerifiedSignature.Legacy(origin, key, algorithm, candidate.payload(), payload)));
  }

  private static Optional<SimpleSigningPayload> readable(Bytes payload) {
    try {
      return Optional.of(SimpleSigningPayload.parse(payload));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private static Verdict judgeBundle(
      BundleSignature candidate, SignedImage image, Policy policy, VerificationKey key)
      throws MalformedInputException, Unasked {
    Origin origin = candidate.origin();
    Bundle bundle = candidate.bundle();
    if (bundle.version() != Bundle.Version.V0_3) {
      // image signatures began with 0.3; cosign takes older bundles for absent
      return refused(
          origin,
          ReasonCode.UNSUPPORTED,
          "bundles of images have version 0.3, found " + Quoted.text(bundle.mediaType()));
    }
    if (!(bundle.keyMaterial() instanceof PublicKeyHint)) {
      // the key of the policy stands; what a bundle says about its signer cannot replace it
      return refused(origin, ReasonCode.WRONG_SIGNER, "expected key signature, not certificate");
    }
    return bundle.content() instanceof DsseContent dsse
        ? judgeEnvelope(candidate, dsse.envelope(), image, policy, key)
        : judgeMessage(candidate, (MessageSignature) bundle.content(), image, policy, key);
  }

  /**
   * An attestation of another signer is refused for being one: it does not even claim to be a
   * signature of the image. That it is one is its own unchecked word, so this only ever changes why
   * something is refused.
   */
  private static Verdict asAttestation(Verdict verdict, Candidate candidate, Policy policy) {
    if (!(verdict instanceof Verdict.Refused refused)
        || policy.anyPredicate()
        || !(candidate instanceof BundleSignature bundle)
        || !(bundle.bundle().content() instanceof DsseContent dsse)
        || !dsse.envelope().payloadType().equals(Envelope.IN_TOTO)) {
      return verdict;
    }
    ReasonCode reason = refused.refusal().reason();
    if (reason != ReasonCode.SIGNATURE_MISMATCH
        && reason != ReasonCode.WRONG_SIGNER
        && reason != ReasonCode.UNSUPPORTED) {
      return verdict;
    }
    try {
      String type = Statement.parse(dsse.envelope().payload()).predicateType();
      return type.equals(Statement.COSIGN_SIGN)
          ? verdict
          : refused(candidate.origin(), ReasonCode.OTHER_PREDICATE, Quoted.plain(type));
    } catch (MalformedInputException e) {
      return verdict;
    }
  }

  private static Verdict judgeEnvelope(
      BundleSignature candidate,
      Envelope envelope,
      SignedImage image,
      Policy policy,
      VerificationKey key)
      throws MalformedInputException, Unasked {
    Origin origin = candidate.origin();
    if (envelope.signatures().size() != 1) {
      return refused(
          origin,
          ReasonCode.MALFORMED,
          "expected exactly one signature in the envelope, found " + envelope.signatures().size());
    }
    if (!envelope.payloadType().equals(Envelope.IN_TOTO)) {
      return refused(
          origin,
          ReasonCode.UNSUPPORTED,
          "unsupported payload type " + Quoted.text(envelope.payloadType()));
    }
    Envelope.Signature signature = envelope.signatures().get(0);
    if (!signature.keyid().isEmpty() && !signature.keyid().equals(SshFingerprint.of(key))) {
      return refused(origin, ReasonCode.SIGNATURE_MISMATCH, DSSE_MISMATCH);
    }
    SignatureCheck check = check(policy, key, envelope.signedBytes(), signature.sig());
    if (!(check instanceof SignatureCheck.Matched matched)) {
      return refused(origin, ReasonCode.SIGNATURE_MISMATCH, DSSE_MISMATCH);
    }
    SignatureAlgorithm algorithm = matched.algorithm();
    Statement statement = Statement.parse(envelope.payload());
    if (!policy.anyPredicate() && !statement.predicateType().equals(Statement.COSIGN_SIGN)) {
      return refused(origin, ReasonCode.OTHER_PREDICATE, Quoted.plain(statement.predicateType()));
    }
    if (!policy.ignoresClaims()) {
      Optional<Refusal> wrong = judgeSubjects(origin, statement, image.image().digest(), policy);
      if (wrong.isPresent()) {
        return new Verdict.Refused(wrong.get());
      }
    }
    Optional<Verdict> log = judgeLog(origin, !candidate.bundle().logEntries().isEmpty(), policy);
    return log.orElseGet(() ->
        new Verdict.Accepted(
            new VerifiedSignature.Attested(
                origin, key, algorithm, envelope.payload(), statement, candidate.raw())));
  }

  private static Optional<Refusal> judgeSubjects(
      Origin origin, Statement statement, Digest image, Policy policy) {
    boolean found = false;
    for (Statement.Subject subject : statement.subjects()) {
      if (subject.is(image)) {
        found = true;
        if (subject.hasAnnotations(policy.annotations())) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(
        found
            ? new Refusal(
                origin.toString(), ReasonCode.WRONG_ANNOTATION, "missing or incorrect annotation")
            : new Refusal(
                origin.toString(),
                ReasonCode.WRONG_SUBJECT,
                "provided artifact digests do not match digests in statement"));
  }

  private static Verdict judgeMessage(
      BundleSignature candidate,
      MessageSignature message,
      SignedImage image,
      Policy policy,
      VerificationKey key)
      throws Unasked {
    Origin origin = candidate.origin();
    Digest digest = image.image().digest();
    if (image.manifest().isEmpty() || !digest.matches(image.manifest().get())) {
      return refused(origin, ReasonCode.UNDECIDED, "the manifest that it signs is not at hand");
    }
    if (!policy.annotations().isEmpty() && !policy.ignoresClaims()) {
      return refused(
          origin,
          ReasonCode.WRONG_ANNOTATION,
          "missing or incorrect annotation: a message signature has none");
    }
    Bytes manifest = image.manifest().get();
    if (message.digest().isPresent()) {
      Bundle.MessageDigest recorded = message.digest().get();
      if (!Digest.of(recorded.algorithm(), manifest).bytes().equals(recorded.digest())) {
        return refused(
            origin, ReasonCode.WRONG_SUBJECT, "the message digest is not that of the manifest");
      }
    }
    SignatureCheck check = check(policy, key, manifest, message.signature());
    if (!(check instanceof SignatureCheck.Matched matched)) {
      return refused(origin, ReasonCode.SIGNATURE_MISMATCH, mismatchReason(check));
    }
    SignatureAlgorithm algorithm = matched.algorithm();
    Optional<Verdict> log = judgeLog(origin, !candidate.bundle().logEntries().isEmpty(), policy);
    return log.orElseGet(() ->
        new Verdict.Accepted(
            new VerifiedSignature.Message(origin, key, algorithm, manifest, candidate.raw())));
  }

  /** Empty when the policy is satisfied as far as the transparency log goes. */
  private static Optional<Verdict> judgeLog(Origin origin, boolean hasEntry, Policy policy) {
    if (policy.ignoresLog()) {
      return Optional.empty();
    }
    return Optional.of(
        hasEntry
            ? refused(
                origin,
                ReasonCode.UNDECIDED,
                "its transparency log entry cannot be checked by this version")
            : refused(origin, ReasonCode.NO_LOG_ENTRY, "signature not found in transparency log"));
  }

  private static String mismatchReason(SignatureCheck check) {
    return ((SignatureCheck.Mismatch) check).reason();
  }

  private static Verdict refused(Origin origin, ReasonCode reason, String detail) {
    return new Verdict.Refused(new Refusal(origin.toString(), reason, detail));
  }

  /** Turns the reasons of all candidates into the one exception. */
  private static final class Denial {

    private Denial() {}

    static VerificationException of(SignedImage image, List<Refusal> refusals) {
      List<String> reasons = new ArrayList<>();
      TreeSet<String> otherPredicates = new TreeSet<>();
      boolean undecided = false;
      boolean malformed = false;
      boolean noLogEntry = false;
      boolean anyLegacy = image.candidates().stream().anyMatch(LegacySignature.class::isInstance);
      for (Refusal refusal : refusals) {
        switch (refusal.reason()) {
          case UNDECIDED -> undecided = true;
          case MALFORMED -> malformed = true;
          case NO_LOG_ENTRY -> noLogEntry = true;
          default -> {}
        }
        if (refusal.reason() == ReasonCode.OTHER_PREDICATE) {
          otherPredicates.add(refusal.detail());
        } else {
          reasons.add(refusal.detail());
        }
      }
      Optional<String> attested =
          otherPredicates.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  "attestations with predicate type "
                      + Quoted.plain(String.join(", ", otherPredicates))
                      + " were found; an attestation is not a signature of the image, check it"
                      + " with verify-attestation");
      if (undecided) {
        return new VerificationException(
            Outcome.UNDECIDED,
            "could not decide whether "
                + image.image()
                + " is signed: "
                + String.join("\n ", reasons),
            refusals,
            "this is not the answer \"unsigned\": "
                + advice(image).orElse("try again when everything can be read"));
      }
      if (malformed) {
        return new VerificationException(
            Outcome.MALFORMED,
            "no usable signature: " + String.join("\n ", reasons),
            refusals,
            "something that claims to be a signature of the image cannot be read");
      }
      if (reasons.isEmpty()) {
        return new VerificationException(
            Outcome.NO_SIGNATURE, "no signatures found", refusals, attested.orElse(null));
      }
      String hint =
          noLogEntry
              ? "to accept signatures without a transparency log entry, add --insecure-ignore-tlog"
              : attested.orElse(null);
      return new VerificationException(
          Outcome.REFUSED,
          anyLegacy
              ? "no matching signatures: " + String.join("\n ", reasons)
              : "no matching attestations: " + String.join("\n", reasons),
          refusals,
          hint);
    }

    /** What would have helped with the first place that could not be looked at. */
    private static Optional<String> advice(SignedImage image) {
      for (Candidate candidate : image.candidates()) {
        if (candidate instanceof Unreadable unreadable
            && !unreadable.isMalformed()
            && unreadable.why().hint().isPresent()) {
          return unreadable.why().hint();
        }
      }
      return Optional.empty();
    }
  }
}
