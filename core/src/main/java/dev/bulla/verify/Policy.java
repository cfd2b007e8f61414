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

  private final VerificationKey key;
  private final Map<String, String> annotations;
  private final Optional<HashAlgorithm> hash;
  private final boolean anyPredicate;
  private final boolean ignoreLog;
  private final boolean ignoreClaims;

  private Policy(
      VerificationKey key,
      Map<String, String> annotations,
      Optional<HashAlgorithm> hash,
      boolean anyPredicate,
      boolean ignoreLog,
      boolean ignoreClaims) {
    this.key = key;
    this.annotations = annotations;
    this.hash = hash;
    this.anyPredicate = anyPredicate;
    this.ignoreLog = ignoreLog;
    this.ignoreClaims = ignoreClaims;
  }

  /** Signed by this key, logged in a transparency log, and claiming exactly the artifact. */
  public static Policy requiringKey(VerificationKey key) {
    return new Policy(key, Map.of(), Optional.empty(), false, false, false);
  }

  /** The signed claims must contain all of these annotations with these values. */
  public Policy withAnnotations(Map<String, String> wanted) {
    return new Policy(key, Map.copyOf(wanted), hash, anyPredicate, ignoreLog, ignoreClaims);
  }

  /** The signature must use this hash, instead of one that is usual for the key. */
  public Policy withHash(HashAlgorithm required) {
    return new Policy(
        key, annotations, Optional.of(required), anyPredicate, ignoreLog, ignoreClaims);
  }

  /** Any statement about the artifact counts, also one that is no image signature. */
  public Policy acceptingAnyPredicate() {
    return new Policy(key, annotations, hash, true, ignoreLog, ignoreClaims);
  }

  /** No transparency log entry is asked for, and one that is there is not checked. */
  public Policy insecurelyIgnoringLog() {
    return new Policy(key, annotations, hash, anyPredicate, true, ignoreClaims);
  }

  /**
   * The signed claims are not compared with the artifact, nor the annotations with the wanted ones:
   * any payload that the key signed counts.
   */
  public Policy insecurelyIgnoringClaims() {
    return new Policy(key, annotations, hash, anyPredicate, ignoreLog, true);
  }

  VerificationKey key() {
    return key;
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
