package dev.bulla.admission.cache;

import dev.bulla.admission.cache.LookLimits.Answer;
import dev.bulla.admission.cache.LookLimits.Look;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.ImageResolver;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.image.ImageName;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Asks registries within {@link LookLimits}, and tells those what came of it. */
public final class LimitedLooks implements ImageResolver, ImageVerifier {

  /** Who gave a registry less than this learned nothing about it. */
  private static final Duration FAIR = Duration.ofSeconds(1);

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
    return asked(image, deadline, Answer.VERIFIED, () -> verifier.verify(image, rule, deadline));
  }

  private Digest asked(ImageName image, Instant deadline, Answer success, Question question)
      throws BullaException {
    Look look = limits.begin(image.repository().registry(), deadline);
    boolean fair = Duration.between(clock.instant(), deadline).compareTo(FAIR) >= 0;
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
    return switch (e.kind()) {
      case THROTTLED, SERVER_ERROR -> Answer.OVERLOADED;
      case TIMEOUT, UNREACHABLE -> fair ? Answer.OVERLOADED : Answer.OPEN;
      case NOT_FOUND, UNAUTHORIZED, DENIED, CLIENT_ERROR -> Answer.ANSWERED;
      case TLS, BAD_RESPONSE, TOO_LARGE, UNSAFE -> Answer.OPEN;
    };
  }
}
