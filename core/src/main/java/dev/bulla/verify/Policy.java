package dev.bulla.verify;

import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.SignedCertificateTimestamp;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.key.VerificationKey;
import dev.bulla.trust.TrustedRoot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a signature has to satisfy. A policy always names a signer; there is none that accepts
 * anyone. Everything that weakens the default has {@code insecure} in its name and is reported with
 * the verdict.
 */
public final class Policy {

  /** The relaxation that {@link #insecurelyIgnoringLog} is. */
  public static final String LOG_NOT_CHECKED = "transparency log not checked";

  // written only while a copy is made, before anyone else sees it
  private List<VerificationKey> keys = List.of();
  private Optional<IdentityPolicy> identity = Optional.empty();
  private Optional<SecondOpinion> secondOpinion = Optional.empty();
  private Map<String, String> annotations = Map.of();
  private Optional<HashAlgorithm> hash = Optional.empty();
  private Optional<TrustSource> trust = Optional.empty();
  private Optional<LogLookup> logLookup = Optional.empty();
  private Optional<Certificate> signerCertificate = Optional.empty();
  private List<SignedCertificateTimestamp> certificateTimestamps = List.of();
  private Set<String> payloadTypes = Set.of();
  private Optional<SignatureFormat> onlyFormat = Optional.empty();
  private Optional<Instant> present = Optional.empty();
  private boolean foreignIntermediates;
  private int logThreshold = 1;
  private int timestampThreshold;
  private boolean ignoreCertificateLog;
  private boolean anyPredicate;
  private boolean ignoreLog;
  private boolean ignoreClaims;

  private Policy() {}

  private Policy(Policy other) {
    keys = other.keys;
    identity = other.identity;
    secondOpinion = other.secondOpinion;
    annotations = other.annotations;
    hash = other.hash;
    trust = other.trust;
    logLookup = other.logLookup;
    signerCertificate = other.signerCertificate;
    certificateTimestamps = other.certificateTimestamps;
    payloadTypes = other.payloadTypes;
    onlyFormat = other.onlyFormat;
    present = other.present;
    foreignIntermediates = other.foreignIntermediates;
    logThreshold = other.logThreshold;
    timestampThreshold = other.timestampThreshold;
    ignoreCertificateLog = other.ignoreCertificateLog;
    anyPredicate = other.anyPredicate;
    ignoreLog = other.ignoreLog;
    ignoreClaims = other.ignoreClaims;
  }

  /** Signed by this key, logged in a transparency log, and claiming exactly the artifact. */
  public static Policy requiringKey(VerificationKey key) {
    return requiringAnyOf(List.of(key));
  }

  /**
   * As {@link #requiringKey}, where any of several keys counts: the versions of one key that was
   * rotated. They stand for one signer.
   *
   * @throws IllegalArgumentException without a key
   */
  public static Policy requiringAnyOf(List<VerificationKey> keys) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("a policy names a signer");
    }
    Policy policy = new Policy();
    policy.keys = List.copyOf(keys);
    return policy;
  }

  /**
   * Signed by whom a certificate names, which an authority of the root issued; logged, and claiming
   * exactly the artifact. When it was signed has to be proven, by the log or by a timestamp.
   */
  public static Policy requiringIdentity(IdentityPolicy identity, TrustedRoot root) {
    return requiringIdentity(identity, new TrustSource.Known(root));
  }

  /** As {@link #requiringIdentity(IdentityPolicy, TrustedRoot)}, with a root still to be had. */
  public static Policy requiringIdentity(IdentityPolicy identity, TrustSource source) {
    Policy policy = new Policy();
    policy.identity = Optional.of(identity);
    policy.trust = Optional.of(source);
    return policy;
  }

  /** Each signature that the key made also needs the consent of somebody else. */
  public Policy withSecondOpinion(SecondOpinion other) {
    Policy copy = new Policy(this);
    copy.secondOpinion = Optional.of(other);
    return copy;
  }

  /** The signed claims must contain all of these annotations with these values. */
  public Policy withAnnotations(Map<String, String> wanted) {
    Policy copy = new Policy(this);
    copy.annotations = Map.copyOf(wanted);
    return copy;
  }

  /**
   * The payload of a signature in the older format must call itself one of these types. Without,
   * its type is not looked at, as cosign does not.
   */
  public Policy withPayloadTypes(Set<String> types) {
    Policy copy = new Policy(this);
    copy.payloadTypes = Set.copyOf(types);
    return copy;
  }

  /**
   * Signatures of the other format do not count, whatever else can be said for them. Without,
   * signatures of either format do.
   */
  public Policy acceptingOnly(SignatureFormat format) {
    Policy copy = new Policy(this);
    copy.onlyFormat = Optional.of(format);
    return copy;
  }

  /** The signature must use this hash, instead of one that is usual for the key. */
  public Policy withHash(HashAlgorithm required) {
    Policy copy = new Policy(this);
    copy.hash = Optional.of(required);
    return copy;
  }

  /**
   * The logs and authorities that evidence may come from. Without, a signature with a log entry is
   * undecided, unless the log is ignored.
   */
  public Policy withTrustedRoot(TrustedRoot root) {
    return withTrustedRoot(new TrustSource.Known(root));
  }

  /** As {@link #withTrustedRoot(TrustedRoot)}, with a root still to be had. */
  public Policy withTrustedRoot(TrustSource source) {
    Policy copy = new Policy(this);
    copy.trust = Optional.of(source);
    return copy;
  }

  /**
   * A log to ask about signatures of the older format that come without their entry. Without, such
   * a signature is not logged. Bundles are never looked up: they bring what proves them.
   */
  public Policy withLogLookup(LogLookup log) {
    Policy copy = new Policy(this);
    copy.logLookup = Optional.of(log);
    return copy;
  }

  /**
   * The signature must be in that many different transparency logs; normally one.
   *
   * @throws IllegalArgumentException for less than one
   */
  public Policy withLogThreshold(int logs) {
    if (logs < 1) {
      throw new IllegalArgumentException("a threshold of " + logs + " logs");
    }
    Policy copy = new Policy(this);
    copy.logThreshold = logs;
    return copy;
  }

  /**
   * That many different authorities of the trusted root have to have timestamped the signature.
   * Times that logs prove do not count then; without this they do.
   *
   * @throws IllegalArgumentException for less than one
   */
  public Policy withTimestamps(int authorities) {
    if (authorities < 1) {
      throw new IllegalArgumentException("a threshold of " + authorities + " authorities");
    }
    Policy copy = new Policy(this);
    copy.timestampThreshold = authorities;
    return copy;
  }

  /**
   * The certificate of the signer, for signatures that come without one; one that comes with
   * another counts only if both are of the same key. Whom it names and who issued it is checked all
   * the same.
   */
  public Policy withSignerCertificate(Certificate certificate) {
    Policy copy = new Policy(this);
    copy.signerCertificate = Optional.of(certificate);
    return copy;
  }

  /** Promises of certificate logs, for certificates that carry none. */
  public Policy withCertificateTimestamps(List<SignedCertificateTimestamp> promises) {
    Policy copy = new Policy(this);
    copy.certificateTimestamps = List.copyOf(promises);
    return copy;
  }

  /**
   * Certificates that came with a signature may stand between its signer's and an authority of the
   * root. Without, the root has to have them: whoever keeps it can then take one back.
   */
  public Policy acceptingIntermediatesOfSignatures() {
    Policy copy = new Policy(this);
    copy.foreignIntermediates = true;
    return copy;
  }

  /**
   * Where the log is ignored and no timestamp proves when a signature was made, its certificate has
   * to be valid at this time. Does nothing where the log or timestamps are asked for. Who gets hold
   * of the key later can sign as well, until the certificate ends.
   */
  public Policy insecurelyJudgingCertificatesAt(Instant present) {
    Policy copy = new Policy(this);
    copy.present = Optional.of(present);
    return copy;
  }

  /** A certificate need not be in a certificate log. */
  public Policy insecurelyIgnoringCertificateLog() {
    Policy copy = new Policy(this);
    copy.ignoreCertificateLog = true;
    return copy;
  }

  /** Any statement about the artifact counts, also one that is no image signature. */
  public Policy acceptingAnyPredicate() {
    Policy copy = new Policy(this);
    copy.anyPredicate = true;
    return copy;
  }

  /** No transparency log entry is asked for, and one that is there is not checked. */
  public Policy insecurelyIgnoringLog() {
    Policy copy = new Policy(this);
    copy.ignoreLog = true;
    return copy;
  }

  /**
   * The signed claims are not compared with the artifact, nor the annotations with the wanted ones:
   * any payload that the key signed counts.
   */
  public Policy insecurelyIgnoringClaims() {
    Policy copy = new Policy(this);
    copy.ignoreClaims = true;
    return copy;
  }

  Optional<IdentityPolicy> identity() {
    return identity;
  }

  Optional<Certificate> signerCertificate() {
    return signerCertificate;
  }

  List<SignedCertificateTimestamp> certificateTimestamps() {
    return certificateTimestamps;
  }

  boolean takesForeignIntermediates() {
    return foreignIntermediates;
  }

  Optional<Instant> present() {
    return present;
  }

  int timestampThreshold() {
    return timestampThreshold;
  }

  boolean needsCertificateLog() {
    return !ignoreCertificateLog;
  }

  Optional<TrustSource> trust() {
    return trust;
  }

  Optional<LogLookup> logLookup() {
    return logLookup;
  }

  int logThreshold() {
    return logThreshold;
  }

  /** Whether anything beyond the signature and what it says is asked for. */
  boolean needsProof() {
    return !ignoreLog || timestampThreshold > 0 || identity.isPresent();
  }

  List<VerificationKey> keys() {
    return keys;
  }

  Optional<SecondOpinion> secondOpinion() {
    return secondOpinion;
  }

  public Map<String, String> annotations() {
    return annotations;
  }

  /** Empty where any type will do. */
  Set<String> payloadTypes() {
    return payloadTypes;
  }

  /** Empty where signatures of either format count. */
  Optional<SignatureFormat> onlyFormat() {
    return onlyFormat;
  }

  Optional<HashAlgorithm> hash() {
    return hash;
  }

  boolean anyPredicate() {
    return anyPredicate;
  }

  public boolean ignoresLog() {
    return ignoreLog;
  }

  public boolean ignoresClaims() {
    return ignoreClaims;
  }

  /** What this policy leaves out, by name. */
  List<String> relaxations() {
    List<String> names = new ArrayList<>(2);
    if (ignoreLog) {
      names.add(LOG_NOT_CHECKED);
    }
    if (present.isPresent()) {
      names.add("certificates judged by the present time where nothing proves another");
    }
    if (ignoreCertificateLog) {
      names.add("certificate log not checked");
    }
    if (ignoreClaims) {
      names.add("claims not checked");
    }
    return names;
  }
}
