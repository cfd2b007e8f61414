package dev.bulla.admission.verify;

import dev.bulla.Bulla;
import dev.bulla.ImageVerdicts;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.decide.ImageResolver;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.decide.PullLogin;
import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.quorum.Quorum;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.oci.Reference;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.StoreOptions;
import dev.bulla.verify.LogLookup;
import dev.bulla.verify.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Verifies images against the trust roots of rules, with the library. One image is searched once,
 * whatever the number of trust roots; what is returned is the digest that was searched, never one
 * that a signature names.
 *
 * <p>Keys that are somewhere else and trust material are fetched beside the requests and used for a
 * while when they cannot be renewed. Safe for use by many threads at once; to be closed when
 * nothing is asked any more.
 */
public final class SignatureVerifier implements ImageVerifier, ImageResolver, AutoCloseable {

  private static final long RENEW_SECONDS = 30;

  /** Keys that are fetched at the same time; the others wait. */
  private static final int MAX_FETCHES = 8;

  /** One validator, ready for use. */
  private record Prepared(
      Signers signers, RegistryConnection connection, Optional<LogOfValidator> log) {

    /** What signatures have to satisfy, for one look. */
    Policy policy(String trustRoot, RuleConfig rule, Optional<LogLookup> lookup, Instant deadline)
        throws BullaException {
      Policy policy = signers.policy(trustRoot, rule, deadline);
      return lookup.isPresent() ? policy.withLogLookup(lookup.get()) : policy;
    }

    void close() {
      connection.close();
      log.ifPresent(LogOfValidator::close);
    }
  }

  private final Surroundings surroundings;
  private final Map<ValidatorConfig, Prepared> validators = new HashMap<>();
  private final Set<Renewed<?>> renewing = new LinkedHashSet<>();
  private final LiveTrust live;
  private final boolean needsLive;
  private final ScheduledExecutorService background;

  private SignatureVerifier(AdmissionConfig config, VerifierOptions options) throws BullaException {
    this.surroundings = new Surroundings(options);
    this.live = new LiveTrust(surroundings);
    Semaphore fetches = new Semaphore(MAX_FETCHES, true);
    boolean complete = false;
    try {
      for (ValidatorConfig validator : config.validators()) {
        if (validator instanceof ValidatorConfig.Cosign cosign) {
          validators.put(
              cosign,
              new Prepared(
                  Signers.of(cosign, live, surroundings, fetches),
                  RegistryConnection.of(cosign, surroundings),
                  LogOfValidator.of(cosign, surroundings)));
        }
      }
      complete = true;
    } finally {
      if (!complete) {
        closeConnections();
      }
    }
    for (RuleConfig rule : config.rules()) {
      Prepared prepared = validators.get(rule.validator());
      if (prepared != null && rule.quorum().isPresent()) {
        // keys that no rule asks for keep nobody waiting, and their services are left alone
        renewing.addAll(prepared.signers().renewed(rule.quorum().get().asked()));
      }
    }
    this.needsLive = config.rules().stream().anyMatch(this::needsLive);
    if (needsLive) {
      renewing.add(live.renewed());
    }
    this.background =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("bulla-renewals").factory());
    ScheduledFuture<?> renewals =
        background.scheduleWithFixedDelay(
            () -> renewing.forEach(Renewed::renewIfDue), 0, RENEW_SECONDS, TimeUnit.SECONDS);
    if (renewals.isCancelled()) {
      throw new IllegalStateException("renewals ended before they began");
    }
  }

  /**
   * Prepares everything that the rules of a configuration need, and starts to fetch what is
   * somewhere else.
   *
   * @throws BullaException for what is wrong in the configuration or in a secret; not for what
   *     cannot be fetched now
   */
  public static SignatureVerifier of(AdmissionConfig config, VerifierOptions options)
      throws BullaException {
    return new SignatureVerifier(config, options);
  }

  private boolean needsLive(RuleConfig rule) {
    Prepared prepared = validators.get(rule.validator());
    return prepared != null
        && rule.quorum().isPresent()
        && prepared.signers().needsLive(rule, rule.quorum().get().asked());
  }

  /** Whether every key, and the trust material if any rule needs it, is at hand. */
  public boolean isReady() {
    return renewing.stream().allMatch(Renewed::isReady);
  }

  /** When the trust material in use was fetched; empty when it was not, or no rule needs it. */
  public Optional<Instant> trustFetchedAt() {
    return needsLive ? live.renewed().fetchedAt() : Optional.empty();
  }

  /** Whether any rule depends on trust material that is fetched. */
  public boolean needsTrust() {
    return needsLive;
  }

  /** The same verifier as somebody else. */
  public final class LoggedIn implements ImageVerifier, ImageResolver {
    private final PullLogin login;

    private LoggedIn(PullLogin login) {
      this.login = login;
    }

    @Override
    public LoggedIn with(PullLogin other) {
      return new LoggedIn(other);
    }

    @Override
    public Digest resolve(ImageName image, RuleConfig rule, Instant deadline)
        throws BullaException {
      return SignatureVerifier.this.resolve(image, rule, login, deadline);
    }

    @Override
    public Digest verify(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
      return prepare(image, rule, deadline).verify();
    }

    @Override
    public Ready prepare(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
      return SignatureVerifier.this.prepare(image, rule, login, deadline);
    }
  }

  @Override
  public LoggedIn with(PullLogin login) {
    return new LoggedIn(login);
  }

  @Override
  public Digest resolve(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
    return resolve(image, rule, PullLogin.OWN, deadline);
  }

  private Digest resolve(ImageName image, RuleConfig rule, PullLogin login, Instant deadline)
      throws BullaException {
    if (image.digest().isPresent()) {
      return image.digest().get();
    }
    try (RegistryConnection.Lease lease = prepared(rule).connection().lease(login)) {
      return bulla(lease, deadline).resolve(reference(image)).digest();
    } catch (RegistryException e) {
      throw named(e, image);
    }
  }

  @Override
  public Digest verify(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
    return prepare(image, rule, deadline).verify();
  }

  @Override
  public Ready prepare(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
    return prepare(image, rule, PullLogin.OWN, deadline);
  }

  private Ready prepare(ImageName image, RuleConfig rule, PullLogin login, Instant deadline)
      throws BullaException {
    Prepared prepared = prepared(rule);
    Optional<LogLookup> log =
        rule.verifyLog() ? prepared.log().map(it -> it.until(deadline)) : Optional.empty();
    Quorum quorum = rule.quorum().orElseThrow();
    Map<String, Policy> policies = new LinkedHashMap<>();
    Map<String, BullaException> unusable = new LinkedHashMap<>();
    for (String name : quorum.asked()) {
      try {
        policies.put(name, prepared.policy(name, rule, log, deadline));
      } catch (BullaException e) {
        unusable.put(name, e);
      }
    }
    if (policies.isEmpty()) {
      throw Denial.of(quorum, Map.of(), unusable);
    }
    if (quorum.asked().stream()
        .allMatch(name -> prepared.signers().needsLive(rule, List.of(name)))) {
      awaitTrust(deadline);
    }
    return () -> judge(image, rule, login, policies, unusable, deadline);
  }

  /** Where it cannot be had, the verdicts of the trust roots say so, if there is time for them. */
  private void awaitTrust(Instant deadline) throws BullaException {
    try {
      live.renewed().get(deadline);
    } catch (BullaException e) {
      if (!surroundings.options().clock().instant().isBefore(deadline)) {
        throw e;
      }
    }
  }

  private Digest judge(
      ImageName image,
      RuleConfig rule,
      PullLogin login,
      Map<String, Policy> policies,
      Map<String, BullaException> unusable,
      Instant deadline)
      throws BullaException {
    Quorum quorum = rule.quorum().orElseThrow();
    try (RegistryConnection.Lease lease = prepared(rule).connection().lease(login)) {
      ImageVerdicts<String> verdicts =
          bulla(lease, deadline)
              .verifyEach(reference(image), policies, signed -> quorum.missing(signed).isEmpty());
      if (quorum.missing(verdicts.satisfied()).isEmpty()) {
        return verdicts.image().digest();
      }
      VerificationException denial = Denial.of(quorum, verdicts.verdicts(), unusable);
      if (denial.outcome() == Outcome.UNDECIDED && isLoginTried(rule)) {
        requireLetIn(lease.client(left(deadline)), reference(image));
      }
      throw denial;
    } catch (RegistryException e) {
      throw named(e, image);
    }
  }

  /** Whether there are logins to choose from, so that it matters whether this one is let in. */
  private static boolean isLoginTried(RuleConfig rule) {
    return rule.validator() instanceof ValidatorConfig.Cosign cosign && cosign.usesPodPullSecrets();
  }

  /** Fails where the registry keeps the image itself from whoever asks, and then only. */
  private static void requireLetIn(RegistryClient client, Reference image)
      throws RegistryException {
    try {
      client.requireHead(image);
    } catch (RegistryException e) {
      if (PullLogin.isShutOut(e)) {
        throw e;
      }
    }
  }

  private Prepared prepared(RuleConfig rule) {
    Prepared prepared = validators.get(rule.validator());
    if (prepared == null) {
      throw new IllegalArgumentException("a rule of another configuration");
    }
    return prepared;
  }

  private Bulla bulla(RegistryConnection.Lease lease, Instant deadline) throws RegistryException {
    return new Bulla(
        lease.client(left(deadline)), StoreOptions.defaults(), surroundings.options().clock());
  }

  private Duration left(Instant deadline) throws RegistryException {
    Duration left = Duration.between(surroundings.options().clock().instant(), deadline);
    if (left.isNegative() || left.isZero()) {
      throw new RegistryException(
          RegistryException.Kind.TIMEOUT, "no time was left to ask the registry");
    }
    return left;
  }

  private static Reference reference(ImageName image) {
    return image.digest().isPresent()
        ? image.repository().at(image.digest().get())
        : image.repository().tag(image.tag().orElseThrow());
  }

  private static RegistryException named(RegistryException e, ImageName image) {
    return e.kind() == RegistryException.Kind.NOT_FOUND
        ? e.in(
            "image "
                + Quoted.plain(image.toString())
                + " does not exist: "
                + (image.digest().isPresent() ? "image not found" : "image tag not found"))
        : e;
  }

  private void closeConnections() {
    validators.values().forEach(Prepared::close);
  }

  /** Ends renewals, and connections once nobody uses them. */
  @Override
  public void close() {
    background.shutdownNow();
    closeConnections();
  }
}
