package dev.bulla.verify;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.error.Quoted;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.intoto.Statement;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.SignatureCheck;
import dev.bulla.key.SignatureCheck.Matched;
import dev.bulla.key.VerificationKey;
import dev.bulla.payload.SimpleSigningPayload;
import java.util.List;
import java.util.Optional;

/**
 * Decides over one candidate at a time, in this order: its format, the signature, what it says,
 * that it was logged, when it was made, and who made it.
 */
final class CandidateJudge {

  private static final String DSSE_MISMATCH =
      "failed to verify signature: could not verify envelope: accepted signatures do not match"
          + " threshold, Found: 0, Expected 1";

  private final Artifact artifact;
  private final Policy policy;

  CandidateJudge(Artifact artifact, Policy policy) {
    this.artifact = artifact;
    this.policy = policy;
  }

  Verdict judge(Candidate candidate) {
    return asAttestation(judgeByEachKey(candidate), candidate);
  }

  /** The verdict by the first key that has something else to say than that it did not sign. */
  private Verdict judgeByEachKey(Candidate candidate) {
    List<VerificationKey> keys = policy.keys();
    if (keys.isEmpty()) {
      return judge(candidate, Optional.empty());
    }
    Verdict first = judge(candidate, Optional.of(keys.get(0)));
    for (int i = 1; i < keys.size() && isMismatch(first); i++) {
      Verdict other = judge(candidate, Optional.of(keys.get(i)));
      if (!isMismatch(other)) {
        return other;
      }
    }
    return first;
  }

  private static boolean isMismatch(Verdict verdict) {
    return verdict instanceof Verdict.Refused no
        && (no.refusal().reason() == ReasonCode.SIGNATURE_MISMATCH
            || no.refusal().reason() == ReasonCode.WRONG_MESSAGE);
  }

  /** Nobody knows whether the second opinion would agree. */
  private static final class Unasked extends Exception {

    private static final long serialVersionUID = 1L;

    Unasked(BullaException cause) {
      super(cause.message(), cause);
    }
  }

  /**
   * @param required the key of the policy; none when the policy goes by certificates
   */
  private Verdict judge(Candidate candidate, Optional<VerificationKey> required) {
    Origin origin = candidate.origin();
    try {
      if (candidate instanceof Unreadable unreadable) {
        return unreadable.why() instanceof MalformedInputException malformed
            ? Verdict.refused(origin, malformed.reason(), malformed.message())
            : Verdict.refused(origin, ReasonCode.UNDECIDED, unreadable.why().message());
      }
      if (policy.onlyFormat().isPresent() && !policy.onlyFormat().get().isOf(candidate)) {
        return Verdict.refused(
            origin, ReasonCode.OTHER_FORMAT, policy.onlyFormat().get().othersDoNotCount());
      }
      SignerClaim signer =
          required.isPresent()
              ? SignerClaim.ofKey(required.get())
              : SignerClaim.ofCertificate(policy.signerCertificate(), candidate);
      return candidate instanceof LegacySignature legacy
          ? judgeLegacy(legacy, signer)
          : judgeBundle((BundleSignature) candidate, signer);
    } catch (MalformedInputException e) {
      return Verdict.refused(origin, e.reason(), e.message());
    } catch (NotProvenException e) {
      return Verdict.refused(origin, e.reason(), e.detail());
    } catch (Unasked e) {
      return Verdict.refused(origin, ReasonCode.UNDECIDED, String.valueOf(e.getMessage()));
    }
  }

  /** Whether the key made the signature, and everybody who has to agree does. */
  private SignatureCheck check(VerificationKey key, Bytes message, Bytes signature) throws Unasked {
    SignatureCheck own = key.check(message, signature, policy.hash());
    if (own instanceof Matched matched && policy.secondOpinion().isPresent()) {
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

  private static SignatureAlgorithm matched(
      SignatureCheck check, ReasonCode reason, String mismatch) throws NotProvenException {
    if (check instanceof Matched matched) {
      return matched.algorithm();
    }
    throw new NotProvenException(
        reason, mismatch.isEmpty() ? ((SignatureCheck.Mismatch) check).reason() : mismatch);
  }

  private Verdict judgeLegacy(LegacySignature candidate, SignerClaim signer)
      throws MalformedInputException, NotProvenException, Unasked {
    Bytes signature =
        Base64Text.decodeIgnoringNewlines(candidate.signatureText(), "signature annotation");
    SignatureAlgorithm algorithm =
        matched(
            check(signer.key(), candidate.payload(), signature), ReasonCode.SIGNATURE_MISMATCH, "");
    Optional<SimpleSigningPayload> payload;
    if (policy.ignoresClaims()) {
      // the signature is over the bytes; what they say was not asked
      payload = readable(candidate.payload());
    } else {
      SimpleSigningPayload claims = SimpleSigningPayload.parse(candidate.payload());
      if (!claims.claims(artifact.digest())) {
        throw new NotProvenException(
            ReasonCode.WRONG_SUBJECT,
            "invalid or missing digest in claim: " + Quoted.plain(claims.digestClaim()));
      }
      if (!policy.payloadTypes().isEmpty() && !policy.payloadTypes().contains(claims.type())) {
        throw new NotProvenException(
            ReasonCode.WRONG_SUBJECT, "the payload is of type " + Quoted.text(claims.type()));
      }
      if (!claims.hasAnnotations(policy.annotations())) {
        throw wrongAnnotation("");
      }
      payload = Optional.of(claims);
    }
    Optional<SignerIdentity> identity = identity(candidate, signer, signature);
    return new Verdict.Accepted(
        new VerifiedSignature.Legacy(candidate, signer.key(), identity, algorithm, payload));
  }

  /** Who signed, where the policy goes by certificates; and that all is proven that has to be. */
  private Optional<SignerIdentity> identity(
      Candidate candidate, SignerClaim signer, Bytes signature)
      throws NotProvenException, MalformedInputException {
    return policy.needsProof()
        ? ProofJudge.prove(policy, signer, candidate, signature)
        : Optional.empty();
  }

  private static Optional<SimpleSigningPayload> readable(Bytes payload) {
    try {
      return Optional.of(SimpleSigningPayload.parse(payload));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private Verdict judgeBundle(BundleSignature candidate, SignerClaim signer)
      throws MalformedInputException, NotProvenException, Unasked {
    Bundle bundle = candidate.bundle();
    if (artifact.isImage() && bundle.version() != Bundle.Version.V0_3) {
      // image signatures began with 0.3; cosign takes older bundles for absent
      throw new NotProvenException(
          ReasonCode.UNSUPPORTED,
          "bundles of images have version 0.3, found " + Quoted.text(bundle.mediaType()));
    }
    if (!signer.isCertificate() && !(bundle.keyMaterial() instanceof Bundle.PublicKeyHint)) {
      // the key of the policy stands; what a bundle says about its signer cannot replace it
      throw new NotProvenException(
          ReasonCode.WRONG_SIGNER, "expected key signature, not certificate");
    }
    return bundle.content() instanceof DsseContent dsse
        ? judgeEnvelope(candidate, dsse.envelope(), signer)
        : judgeMessage(candidate, (MessageSignature) bundle.content(), signer);
  }

  /**
   * An attestation of another signer is refused for being one: it does not even claim to be a
   * signature of the image. That it is one is its own unchecked word, so this only ever changes why
   * something is refused.
   */
  private Verdict asAttestation(Verdict verdict, Candidate candidate) {
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
        && reason != ReasonCode.NO_CERTIFICATE
        && reason != ReasonCode.UNSUPPORTED) {
      return verdict;
    }
    try {
      String type = Statement.parse(dsse.envelope().payload()).predicateType();
      return type.equals(Statement.COSIGN_SIGN)
          ? verdict
          : Verdict.refused(candidate.origin(), ReasonCode.OTHER_PREDICATE, Quoted.plain(type));
    } catch (MalformedInputException e) {
      return verdict;
    }
  }

  private Verdict judgeEnvelope(BundleSignature candidate, Envelope envelope, SignerClaim signer)
      throws MalformedInputException, NotProvenException, Unasked {
    if (envelope.signatures().size() != 1) {
      throw new MalformedInputException(
          "",
          "expected exactly one signature in the envelope, found " + envelope.signatures().size());
    }
    if (!envelope.payloadType().equals(Envelope.IN_TOTO)) {
      throw new NotProvenException(
          ReasonCode.UNSUPPORTED,
          "unsupported payload type " + Quoted.text(envelope.payloadType()));
    }
    Envelope.Signature signature = envelope.signatures().get(0);
    if (!signature.keyid().isEmpty()
        && !signer.isCertificate()
        && !signature.keyid().equals(SshFingerprint.of(signer.key()))) {
      throw new NotProvenException(ReasonCode.SIGNATURE_MISMATCH, DSSE_MISMATCH);
    }
    SignatureAlgorithm algorithm =
        matched(
            check(signer.key(), envelope.signedBytes(), signature.sig()),
            ReasonCode.SIGNATURE_MISMATCH,
            DSSE_MISMATCH);
    Statement statement = Statement.parse(envelope.payload());
    if (!policy.anyPredicate() && !statement.predicateType().equals(Statement.COSIGN_SIGN)) {
      throw new NotProvenException(
          ReasonCode.OTHER_PREDICATE, Quoted.plain(statement.predicateType()));
    }
    if (!policy.ignoresClaims()) {
      checkSubjects(statement);
    }
    Optional<SignerIdentity> identity = identity(candidate, signer, signature.sig());
    return new Verdict.Accepted(
        new VerifiedSignature.Attested(
            candidate.origin(),
            signer.key(),
            identity,
            algorithm,
            envelope.payload(),
            statement,
            candidate.raw()));
  }

  private void checkSubjects(Statement statement) throws NotProvenException {
    boolean found = false;
    for (Statement.Subject subject : statement.subjects()) {
      if (artifact.is(subject)) {
        found = true;
        if (subject.hasAnnotations(policy.annotations())) {
          return;
        }
      }
    }
    throw found
        ? wrongAnnotation("")
        : new NotProvenException(
            ReasonCode.WRONG_SUBJECT,
            "provided artifact digests do not match digests in statement");
  }

  private static NotProvenException wrongAnnotation(String more) {
    return new NotProvenException(
        ReasonCode.WRONG_ANNOTATION, "missing or incorrect annotation" + more);
  }

  private Verdict judgeMessage(
      BundleSignature candidate, MessageSignature message, SignerClaim signer)
      throws NotProvenException, MalformedInputException, Unasked {
    if (artifact.isImage() && artifact.content().isEmpty()) {
      throw new NotProvenException(
          ReasonCode.UNDECIDED, "the manifest that it signs is not at hand");
    }
    if (!policy.annotations().isEmpty() && !policy.ignoresClaims()) {
      throw wrongAnnotation(": a message signature has none");
    }
    if (message.digest().isPresent()) {
      Bundle.MessageDigest recorded = message.digest().get();
      Optional<Bytes> own = artifact.hash(recorded.algorithm());
      if (own.isEmpty()) {
        throw new NotProvenException(
            ReasonCode.UNDECIDED,
            "the artifact is not at hand, and its digest is by another algorithm than the"
                + " signature's");
      }
      if (!own.get().equals(recorded.digest())) {
        throw new NotProvenException(
            ReasonCode.WRONG_SUBJECT,
            artifact.isImage()
                ? "the message digest is not that of the manifest"
                : "the message digest is not that of the artifact");
      }
    }
    SignatureAlgorithm algorithm =
        artifact.content().isPresent()
            ? matched(
                check(signer.key(), artifact.content().get(), message.signature()),
                ReasonCode.WRONG_MESSAGE,
                "")
            : checkDigest(signer.key(), message);
    Optional<SignerIdentity> identity = identity(candidate, signer, message.signature());
    return new Verdict.Accepted(
        new VerifiedSignature.Message(
            candidate.origin(),
            signer.key(),
            identity,
            algorithm,
            artifact.content().orElse(Bytes.EMPTY),
            candidate.raw()));
  }

  /** Of a digest that the artifact has: the bytes themselves are not at hand. */
  private SignatureAlgorithm checkDigest(VerificationKey key, MessageSignature message)
      throws NotProvenException {
    Optional<Bundle.MessageDigest> recorded = message.digest();
    // none for Ed25519, which signs the bytes themselves
    Optional<SignatureAlgorithm> algorithm =
        recorded.flatMap(digest -> SignatureAlgorithm.of(key.type(), digest.algorithm()));
    if (algorithm.isEmpty() || policy.secondOpinion().isPresent()) {
      throw new NotProvenException(
          ReasonCode.UNDECIDED, "a digest does not suffice to check this signature");
    }
    if (!key.matchesDigest(recorded.get().digest(), message.signature(), algorithm.get())) {
      throw new NotProvenException(
          ReasonCode.WRONG_MESSAGE, "the signature is not over the artifact's digest");
    }
    return algorithm.get();
  }
}
