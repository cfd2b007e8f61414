package dev.bulla.admission.cache;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.ImageResolver;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.decide.PullLogin;
import dev.bulla.admission.image.ImageName;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Somebody who knows images, and counts how often he is asked. */
final class Asked implements ImageResolver, ImageVerifier {

  final AtomicInteger resolved = new AtomicInteger();
  final AtomicInteger verified = new AtomicInteger();
  volatile Digest digest;
  volatile Optional<BullaException> cannotResolve = Optional.empty();
  volatile Optional<BullaException> failure = Optional.empty();
  volatile Runnable before = () -> {};

  Asked(Digest digest) {
    this.digest = digest;
  }

  /** The same whoever asks. */
  @Override
  public Asked with(PullLogin login) {
    return this;
  }

  @Override
  public Digest resolve(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
    resolved.incrementAndGet();
    if (cannotResolve.isPresent()) {
      throw cannotResolve.get();
    }
    return image.digest().orElse(digest);
  }

  @Override
  public Digest verify(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
    verified.incrementAndGet();
    before.run();
    if (failure.isPresent()) {
      throw failure.get();
    }
    return image.digest().orElseThrow();
  }

  static BullaException unreachable() {
    return new RegistryException(RegistryException.Kind.UNREACHABLE, "no connection");
  }

  static BullaException no(Outcome outcome) {
    return new VerificationException(outcome, "no: " + outcome, List.of(), null);
  }
}
