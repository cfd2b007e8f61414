package dev.bulla.admission.cache;

import dev.bulla.admission.cache.Remembered.Denied;
import dev.bulla.admission.cache.Remembered.Verified;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.ImageResolver;
import dev.bulla.admission.decide.ImageVerdict;
import dev.bulla.admission.decide.ImageVerdict.Source;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.decide.PullLogin;
import dev.bulla.admission.image.ImageName;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.ServiceException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Remembers verdicts for a short time, by rule, repository and digest, and the digests of tags for
 * a shorter one. The same image is looked at once however many ask for it at the same time.
 *
 * <p>Only what is certain is remembered: a verified digest, and a denial for what its signatures
 * are, never one because something could not be reached. A digest that was verified before counts a
 * while longer when it cannot be looked at again; the verdict then says so.
 *
 * <p>What was found out as somebody else at the registry is remembered apart, and looked for apart:
 * neither a verdict nor a failure of one login answers for another.
 *
 * <p>Safe for use by many threads at once.
 */
public final class CachingVerifier implements ImageVerifier {

  private static final Duration SHARED_PATIENCE = Duration.ofMillis(500);

  /** The digest that a tag named. */
  private record Named(Digest digest, Instant since) {}

  /** What is known of a digest, and whether its signatures were looked at to know it. */
  private record Found(Remembered entry, boolean looked) {}

  /** Who looks at registries, and as whom. */
  private record Looks(PullLogin login, ImageResolver resolver, ImageVerifier verifier) {

    Looks with(PullLogin other) {
      return new Looks(other, resolver.with(other), verifier.with(other));
    }
  }

  /** As somebody else, over what all share. */
  private final class LoggedIn implements ImageVerifier {
    private final Looks looks;

    LoggedIn(Looks looks) {
      this.looks = looks;
    }

    @Override
    public ImageVerifier with(PullLogin login) {
      return CachingVerifier.this.with(login);
    }

    @Override
    public Digest verify(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
      return digest(judge(image, rule, deadline, false));
    }

    @Override
    public ImageVerdict judge(ImageName image, RuleConfig rule, Instant deadline, boolean dryRun) {
      return CachingVerifier.this.judge(looks, image, rule, deadline, dryRun);
    }
  }

  private final Looks own;
  private final CacheOptions options;
  private final @Nullable SharedCache shared;
  private final @Nullable Seal seal;
  private final InstantSource clock;
  private final CacheKeys keys = new CacheKeys();
  private final Recent<Remembered> verdicts;
  private final Recent<Named> tags;
  private final SingleFlight<Digest> resolving;
  private final SingleFlight<Found> looking;
  private final LongAdder hits = new LongAdder();
  private final LongAdder sharedHits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder stale = new LongAdder();

  private CachingVerifier(
      ImageResolver resolver,
      ImageVerifier verifier,
      CacheOptions options,
      @Nullable SharedCache shared,
      @Nullable Seal seal,
      InstantSource clock) {
    this.own = new Looks(PullLogin.OWN, resolver, verifier);
    this.options = options;
    this.shared = shared;
    this.seal = seal;
    this.clock = clock;
    this.verdicts = new Recent<>(options.entries());
    this.tags = new Recent<>(options.entries());
    this.resolving = new SingleFlight<>(clock);
    this.looking = new SingleFlight<>(clock);
  }

  /** Remembers in this process alone. */
  public static CachingVerifier inProcess(
      ImageResolver resolver, ImageVerifier verifier, CacheOptions options, InstantSource clock) {
    return new CachingVerifier(resolver, verifier, options, null, null, clock);
  }

  /**
   * Remembers in this process, and shares that with others.
   *
   * @param secret by which processes know each other's entries; at least 16 bytes
   */
  public static CachingVerifier shared(
      ImageResolver resolver,
      ImageVerifier verifier,
      CacheOptions options,
      SharedCache shared,
      Bytes secret,
      InstantSource clock) {
    return new CachingVerifier(resolver, verifier, options, shared, new Seal(secret), clock);
  }

  @Override
  public Digest verify(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
    return digest(judge(image, rule, deadline, false));
  }

  private static Digest digest(ImageVerdict verdict) throws BullaException {
    if (verdict.failure().isPresent()) {
      throw verdict.failure().get();
    }
    return verdict.digest().orElseThrow();
  }

  @Override
  public ImageVerifier with(PullLogin login) {
    return login.isOwn() ? this : new LoggedIn(own.with(login));
  }

  @Override
  public ImageVerdict judge(ImageName image, RuleConfig rule, Instant deadline, boolean dryRun) {
    return judge(own, image, rule, deadline, dryRun);
  }

  private ImageVerdict judge(
      Looks looks, ImageName image, RuleConfig rule, Instant deadline, boolean dryRun) {
    if (!options.isOn()) {
      return looks.verifier().judge(image, rule, deadline, dryRun);
    }
    Digest digest;
    boolean renewed = true;
    try {
      digest =
          image.digest().isPresent() ? image.digest().get() : resolve(looks, image, rule, deadline);
    } catch (BullaException e) {
      Optional<Digest> before = lastNamed(looks, image, rule, e);
      if (before.isEmpty()) {
        return ImageVerdict.failed(e, Source.LOOKED);
      }
      digest = before.get();
      renewed = false;
    }
    ImageVerdict verdict = judge(looks, image, rule, digest, deadline, dryRun);
    return renewed || verdict.digest().isEmpty() || verdict.source() == Source.STALE
        ? verdict
        : stale(digest);
  }

  private Digest resolve(Looks looks, ImageName image, RuleConfig rule, Instant deadline)
      throws BullaException {
    String key = keys.tag(image, rule, looks.login());
    Optional<Named> known = tags.find(key);
    if (known.isPresent() && isYounger(known.get().since(), options.tags())) {
      return known.get().digest();
    }
    return resolving
        .get(
            key,
            deadline,
            until -> {
              Instant asked = clock.instant();
              Digest digest = looks.resolver().resolve(image, rule, until);
              tags.put(key, new Named(digest, asked));
              return digest;
            })
        .value();
  }

  /** What the tag named when it could last be asked for. */
  private Optional<Digest> lastNamed(
      Looks looks, ImageName image, RuleConfig rule, BullaException why) {
    if (!isOutOfReach(why)) {
      return Optional.empty();
    }
    return tags.find(keys.tag(image, rule, looks.login()))
        .filter(named -> isYounger(named.since(), options.stale()))
        .map(Named::digest);
  }

  private ImageVerdict judge(
      Looks looks,
      ImageName image,
      RuleConfig rule,
      Digest digest,
      Instant deadline,
      boolean dryRun) {
    String key = keys.verdict(image, rule, looks.login(), digest);
    Optional<Remembered> known = verdicts.find(key).filter(this::isFresh);
    if (known.isPresent()) {
      hits.increment();
      return verdict(known.get(), Source.REMEMBERED);
    }
    try {
      SingleFlight.Landed<Found> landed =
          looking.get(
              key, deadline, until -> look(looks, key, image.withDigest(digest), rule, until));
      boolean looked = landed.first() && landed.value().looked();
      return verdict(landed.value().entry(), looked ? Source.LOOKED : Source.REMEMBERED);
    } catch (VerificationException e) {
      if (isConclusive(e)) {
        denied(key, e, dryRun);
        return ImageVerdict.failed(e, Source.LOOKED);
      }
      return withoutAnswer(key, digest, e);
    } catch (BullaException e) {
      return withoutAnswer(key, digest, e);
    }
  }

  /** Where nobody waits for it already: in the shared cache, then at the registry. */
  private Found look(Looks looks, String key, ImageName image, RuleConfig rule, Instant deadline)
      throws BullaException {
    // another look may have ended since the caller found nothing
    Optional<Remembered> meanwhile = verdicts.find(key).filter(this::isFresh);
    if (meanwhile.isPresent()) {
      hits.increment();
      return new Found(meanwhile.get(), false);
    }
    Optional<Remembered> left = fromShared(key, deadline);
    if (left.isPresent()) {
      sharedHits.increment();
      verdicts.put(key, left.get());
      return new Found(left.get(), false);
    }
    misses.increment();
    Instant asked = clock.instant();
    Digest digest = looks.verifier().verify(image, rule, deadline);
    Verified verified = new Verified(digest, asked);
    verdicts.put(key, verified);
    toShared(key, verified, options.verified());
    return new Found(verified, true);
  }

  /** A verified digest that is denied now was verified too long ago. */
  private void denied(String key, VerificationException e, boolean dryRun) {
    if (dryRun || !options.denials()) {
      verdicts.remove(key);
      return;
    }
    Optional<Remembered> known = verdicts.find(key);
    if (known.isPresent() && known.get() instanceof Denied && isFresh(known.get())) {
      return; // somebody else who waited was first
    }
    Denied denied = Denied.of(e, clock.instant());
    verdicts.put(key, denied);
    toShared(key, denied, options.denied());
  }

  private ImageVerdict withoutAnswer(String key, Digest digest, BullaException why) {
    Optional<Remembered> before = verdicts.find(key);
    boolean counts =
        isOutOfReach(why)
            && before.isPresent()
            && before.get() instanceof Verified
            && isYounger(before.get().since(), options.stale());
    return counts ? stale(digest) : ImageVerdict.failed(why, Source.LOOKED);
  }

  private ImageVerdict stale(Digest digest) {
    stale.increment();
    return ImageVerdict.verified(digest, Source.STALE);
  }

  private static ImageVerdict verdict(Remembered remembered, Source source) {
    return remembered instanceof Verified verified
        ? ImageVerdict.verified(verified.digest(), source)
        : ImageVerdict.failed(((Denied) remembered).exception(), Source.REMEMBERED);
  }

  private Optional<Remembered> fromShared(String key, Instant deadline) {
    if (shared == null || seal == null) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    Duration left = Duration.between(now, deadline).dividedBy(2);
    Duration patience = left.compareTo(SHARED_PATIENCE) < 0 ? left : SHARED_PATIENCE;
    Optional<Bytes> found = patience.isNegative() ? Optional.empty() : shared.get(key, patience);
    return found
        .flatMap(sealed -> seal.open(key, sealed, clock.instant(), options.verified()))
        .filter(this::isFresh)
        .filter(entry -> options.denials() || entry instanceof Verified);
  }

  /** Beside: who waits for the verdict does not wait for others to learn of it. */
  private void toShared(String key, Remembered entry, Duration life) {
    SharedCache others = shared;
    if (others != null && seal != null) {
      Bytes sealed = seal.seal(key, entry, entry.since().plus(life));
      Thread.ofVirtual().name("bulla-share").start(() -> others.put(key, sealed, life));
    }
  }

  private boolean isFresh(Remembered entry) {
    return isYounger(
        entry.since(), entry instanceof Verified ? options.verified() : options.denied());
  }

  private boolean isYounger(Instant then, Duration age) {
    return Duration.between(then, clock.instant()).compareTo(age) < 0;
  }

  /** A "no" that will be one until somebody signs. */
  private static boolean isConclusive(VerificationException e) {
    return e.outcome() == Outcome.REFUSED
        || e.outcome() == Outcome.NO_SIGNATURE
        || e.outcome() == Outcome.NO_CERTIFICATE;
  }

  /** Whether somebody could not be reached, as opposed to having said something. */
  private static boolean isOutOfReach(BullaException e) {
    if (e instanceof VerificationException no) {
      return no.outcome() == Outcome.UNDECIDED;
    }
    if (e instanceof RegistryException registry) {
      return switch (registry.kind()) {
        case THROTTLED, SERVER_ERROR, TIMEOUT, UNREACHABLE -> true;
        case NOT_FOUND, UNAUTHORIZED, DENIED, TLS, BAD_RESPONSE, TOO_LARGE, CLIENT_ERROR, UNSAFE ->
            false;
      };
    }
    return e instanceof ServiceException;
  }

  /** What was done so far. */
  public CacheCounts counts() {
    return new CacheCounts(
        verdicts.size(),
        looking.underWay(),
        hits.sum(),
        sharedHits.sum(),
        misses.sum(),
        stale.sum());
  }
}
