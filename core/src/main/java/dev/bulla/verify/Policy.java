package dev.bulla.verify;

import dev.bulla.digest.HashAlgorithm;
import dev.bulla.key.VerificationKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a signature has to satisfy. A policy always names a signer; there is none that accepts
 * anyone. Everything that weakens the default has {@code insecure} in its name and is reported with
 * the verdict.
 */
public final class Policy {

  private final List<VerificationKey> keys;
  private final Optional<SecondOpinion> secondOpinion;
  private final Map<String, String> annotations;
  private final Optional<HashAlgorithm> hash;
  private final boolean anyPredicate;
  private final boolean ignoreLog;
  private final boolean ignoreClaims;

  private Policy(
      List<VerificationKey> keys,
      Optional<SecondOpinion> secondOpinion,
      Map<String, String> annotations,
      Optional<HashAlgorithm> hash,
      boolean anyPredicate,
      boolean ignoreLog,
      boolean ignoreClaims) {
    this.keys = keys;
    this.secondOpinion = secondOpinion;
    this.annotations = annotations;
    this.hash = hash;
    this.anyPredicate = anyPredicate;
    this.ignoreLog = ignoreLog;
    this.ignoreClaims = ignoreClaims;
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
    return new Policy(
        List.copyOf(keys), Optional.empty(), Map.of(), Optional.empty(), false, false, false);
  }

  /** Each signature that the key made also needs the consent of somebody else. */
  public Policy withSecondOpinion(SecondOpinion other) {
    return new Policy(
        keys, Optional.of(other), annotations, hash, anyPredicate, ignoreLog, ignoreClaims);
  }

  /** The signed claims must contain all of these annotations with these values. */
  public Policy withAnnotations(Map<String, String> wanted) {
    return new Policy(
        keys, secondOpinion, Map.copyOf(wanted), hash, anyPredicate, ignoreLog, ignoreClaims);
  }

  /** The signature must use this hash, instead of one that is usual for the key. */
  public Policy withHash(HashAlgorithm required) {
    return new Policy(
        keys,
        secondOpinion,
        annotations,
        Optional.of(required),
        anyPredicate,
        ignoreLog,
        ignoreClaims);
  }

  /** Any statement about the artifact counts, also one that is no image signature. */
  public Policy acceptingAnyPredicate() {
    return new Policy(keys, secondOpinion, annotations, hash, true, ignoreLog, ignoreClaims);
  }

  /** No transparency log entry is asked for, and one that is there is not checked. */
  public Policy insecurelyIgnoringLog() {
    return new Policy(keys, secondOpinion, annotations, hash, anyPredicate, true, ignoreClaims);
  }

  /**
   * The signed claims are not compared with the artifact, nor the annotations with the wanted ones:
   * any payload that the key signed counts.
   */
  public Policy insecurelyIgnoringClaims() {
    return new Policy(keys, secondOpinion, annotations, hash, anyPredicate, ignoreLog, true);
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
      names.add("transparency log not checked");
    }
    if (ignoreClaims) {
      names.add("claims not checked");
    }
    return names;
  }
}
