package dev.bulla.admission.verify;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.bulla.admission.config.KeyReferences;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.config.ValidatorConfig.Expected;
import dev.bulla.admission.config.ValidatorConfig.TrustRootConfig;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.KeyContext;
import dev.bulla.keys.KeyReference;
import dev.bulla.keys.VerificationKeys;
import dev.bulla.verify.IdentityPolicy;
import dev.bulla.verify.Policy;
import dev.bulla.verify.SignatureFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/** The trust roots of one validator, as policies of the library. */
final class Signers {

  private static final Duration RENEW_AFTER = Duration.ofMinutes(5);
  private static final Duration USABLE_FOR = Duration.ofHours(1);

  /** What a payload may call itself; the second is that of the first releases of cosign. */
  private static final Set<String> PAYLOAD_TYPES =
      Set.of("cosign container image signature", "cosign container signature");

  /** The keys of one trust root: the versions of one that was rotated. */
  @FunctionalInterface
  private interface Keys {
    List<VerificationKey> get(Instant deadline) throws BullaException;
  }

  /** One trust root. */
  private sealed interface Signer {

    /** Keys that are at hand, or somewhere else. */
    record OfKey(Keys keys, Optional<Renewed<?>> renewed) implements Signer {}

    /** Whoever is named so. */
    record OfIdentity(IdentityPolicy identity) implements Signer {}
  }

  private final Map<String, Signer> signers = new LinkedHashMap<>();
  private final SigstoreTrust trust;
  private final Optional<SignatureFormat> onlyFormat;
  private final InstantSource clock;

  private Signers(SigstoreTrust trust, Optional<SignatureFormat> onlyFormat, InstantSource clock) {
    this.trust = trust;
    this.onlyFormat = onlyFormat;
    this.clock = clock;
  }

  /**
   * The trust roots of a validator. Keys that are somewhere else are not asked for yet.
   *
   * @param fetches how many keys are fetched at once, over all validators
   * @throws BullaException when a key, a reference or a pattern is none
   */
  static Signers of(
      ValidatorConfig.Cosign validator,
      LiveTrust live,
      Surroundings surroundings,
      Semaphore fetches)
      throws BullaException {
    String where = "validator " + Quoted.plain(validator.name());
    try {
      Signers signers =
          new Signers(
              SigstoreTrust.of(validator.sigstore(), live),
              validator.onlyFormat(),
              surroundings.options().clock());
      for (TrustRootConfig root : validator.trustRoots()) {
        signers.signers.put(root.name(), signers.signer(root, surroundings, fetches));
      }
      return signers;
    } catch (BullaException e) {
      throw e.in(where);
    }
  }

  private Signer signer(TrustRootConfig root, Surroundings surroundings, Semaphore fetches)
      throws BullaException {
    String where = "trust root " + Quoted.plain(root.name());
    try {
      if (root instanceof TrustRootConfig.Keyless keyless) {
        return new Signer.OfIdentity(
            IdentityPolicy.matching(
                expected(keyless.subject(), "subjectRegex"),
                expected(keyless.issuer(), "issuerRegex")));
      }
      String key = ((TrustRootConfig.Key) root).key();
      if (key.startsWith("-----")) {
        List<VerificationKey> known = List.of(VerificationKey.parsePem(Bytes.utf8(key), where));
        return new Signer.OfKey(deadline -> known, Optional.empty());
      }
      KeyReference reference = KeyReferences.parse(key);
      KeyContext context = surroundings.keys();
      Renewed<List<VerificationKey>> keys =
          new Renewed<>(
              "the key of " + where,
              () -> fetched(reference, context, where),
              RENEW_AFTER,
              USABLE_FOR,
              clock,
              fetches);
      return new Signer.OfKey(keys::get, Optional.of(keys));
    } catch (BullaException e) {
      throw e.message().startsWith(where) ? e : e.in(where);
    }
  }

  private static List<VerificationKey> fetched(
      KeyReference reference, KeyContext context, String where) throws BullaException {
    try {
      return VerificationKeys.loadAll(reference, context);
    } catch (BullaException e) {
      throw e.in("the key of " + where);
    }
  }

  /** Found anywhere unless anchored, as Connaisseur has it; the loader warns of that. */
  private static Predicate<String> expected(Expected expected, String name)
      throws ConfigurationException {
    if (!expected.isPattern()) {
      return expected.text()::equals;
    }
    try {
      Pattern pattern = Pattern.compile(expected.text());
      return text -> pattern.matcher(text).find();
    } catch (PatternSyntaxException e) {
      throw new ConfigurationException(
          name + ": " + Quoted.plain(String.valueOf(e.getMessage())), e);
    }
  }

  /** Whether a rule depends on the live instance for one of these trust roots. */
  boolean needsLive(RuleConfig rule, List<String> names) {
    return names.stream()
        .anyMatch(name -> trust.needsLive(rule, signer(name) instanceof Signer.OfIdentity));
  }

  /** The keys of these trust roots that have to be fetched. */
  List<Renewed<?>> renewed(List<String> names) {
    List<Renewed<?>> all = new ArrayList<>();
    for (String name : names) {
      if (signer(name) instanceof Signer.OfKey key && key.renewed().isPresent()) {
        all.add(key.renewed().get());
      }
    }
    return all;
  }

  private Signer signer(String name) {
    return Objects.requireNonNull(signers.get(name), name);
  }

  /**
   * What a signature of a trust root has to satisfy under a rule.
   *
   * @param deadline until when a key that was never fetched is waited for
   * @throws BullaException when its key cannot be had
   */
  Policy policy(String name, RuleConfig rule, Instant deadline) throws BullaException {
    Signer signer = signer(name);
    Policy policy;
    if (signer instanceof Signer.OfKey ofKey) {
      policy = Policy.requiringAnyOf(ofKey.keys().get(deadline));
      if (rule.verifyLog()) {
        policy = policy.withTrustedRoot(trust.source(rule, false, deadline));
      }
    } else {
      policy =
          identity(
              Policy.requiringIdentity(
                  ((Signer.OfIdentity) signer).identity(), trust.source(rule, true, deadline)),
              rule);
    }
    policy = policy.withPayloadTypes(PAYLOAD_TYPES);
    if (onlyFormat.isPresent()) {
      policy = policy.acceptingOnly(onlyFormat.get());
    }
    return rule.verifyLog() ? policy : policy.insecurelyIgnoringLog();
  }

  private Policy identity(Policy policy, RuleConfig rule) {
    Policy whole = policy;
    if (!rule.verifySct()) {
      whole = whole.insecurelyIgnoringCertificateLog();
    }
    if (trust.lacksIntermediates()) {
      whole = whole.acceptingIntermediatesOfSignatures();
    }
    // who runs an authority without log and timestamps has nothing else
    return trust.hasOwnAuthoritiesWithoutTimestamps() && !rule.verifyLog()
        ? whole.insecurelyJudgingCertificatesAt(clock.instant())
        : whole;
  }
}
