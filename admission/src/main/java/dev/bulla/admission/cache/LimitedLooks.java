package dev.bulla.admission.cache;

import dev.bulla.admission.cache.LookLimits.Answer;
import dev.bulla.admission.cache.LookLimits.Look;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.ImageResolver;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.decide.PullLogin;
import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.image.RegistryName;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.RejectedExecutionException;

/** Asks registries within {@link LookLimits}, and tells those what came of it. */
public final class LimitedLooks implements ImageResolver, ImageVerifier {

  /** Who gave a registry less than this learned nothing about it from its silence. */
  private static final Duration FAIR = Duration.ofSeconds(10);

  /** The same where it was not our own line that took the time. */
  private static final Duration FAIR_AT_ONCE = Duration.ofSeconds(1);

  private final ImageResolver resolver;
  private final ImageVerifier verifier;
  private final LookLimits limits;
  private final InstantSource clock;

  public LimitedLooks(
      ImageResolver resolver, ImageVerifier verifier, LookLimits limits, InstantSource clock) {
    this.resolver = resolver;
    this.verifier = verifier;
    this.limits = limits;
    this.clock = clock;
  }

  @Override
  public LimitedLooks with(PullLogin login) {
    return new LimitedLooks(resolver.with(login), verifier.with(login), limits, clock);
  }

  @FunctionalInterface
  private interface Question {
    Digest ask() throws BullaException;
  }

  @Override
  public Digest resolve(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
    if (image.digest().isPresent()) {
      return resolver.resolve(image, rule, deadline); // nobody is asked
    }
    return asked(image, deadline, Answer.ANSWERED, () -> resolver.resolve(image, rule, deadline));
  }

  @Override
  public Digest verify(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
    // services of keys may be slow, too, which is no fault of the registry
    ImageVerifier.Ready ready = verifier.prepare(image, rule, deadline);
    return asked(image, deadline, Answer.VERIFIED, ready::verify);
  }

  private Digest asked(ImageName image, Instant deadline, Answer success, Question question)
      throws BullaException {
    // one registry has one limit, however it is spelled
    Look look = limits.begin(RegistryName.canonical(image.repository().registry()), deadline);
    Duration enough = look.waited() ? FAIR : FAIR_AT_ONCE;
    boolean fair = Duration.between(clock.instant(), deadline).compareTo(enough) >= 0;
    Answer answer = Answer.OPEN;
    try {
      Digest digest = question.ask();
      answer = success;
      return digest;
    } catch (BullaException e) {
      answer = answer(e, fair);
      throw e;
    } finally {
      look.end(answer);
    }
  }

  private static Answer answer(BullaException e, boolean fair) {
    if (e instanceof RegistryException registry) {
      return answer(registry, fair);
    }
    if (!(e instanceof VerificationException no)) {
      return Answer.OPEN;
    }
    if (no.outcome() != Outcome.UNDECIDED) {
      return Answer.ANSWERED;
    }
    Throwable cause = e.getCause();
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (cause instanceof RegistryException registry) {
        return answer(registry, fair) == Answer.OVERLOADED ? Answer.OVERLOADED : Answer.OPEN;
      }
      cause = cause.getCause();
    }
    return Answer.OPEN;
  }

  private static Answer answer(RegistryException e, boolean fair) {
    if (isOurOwn(e)) {
      return Answer.OPEN;
    }
    return switch (e.kind()) {
      case THROTTLED, SERVER_ERROR -> Answer.OVERLOADED;
      case TIMEOUT, UNREACHABLE -> fair ? Answer.OVERLOADED : Answer.OPEN;
      case NOT_FOUND, UNAUTHORIZED, DENIED, CLIENT_ERROR -> Answer.ANSWERED;
      case TLS, BAD_RESPONSE, TOO_LARGE, UNSAFE -> Answer.OPEN;
    };
  }

  /** Whether it was not asked because of a bound of ours, which says nothing about it. */
  private static boolean isOurOwn(RegistryException e) {
    Throwable cause = e.getCause();
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (cause instanceof RejectedExecutionException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
