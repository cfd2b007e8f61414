package dev.bulla.admission.command;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.decide.ImageVerdict;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.decide.PullLogin;
import dev.bulla.admission.image.ImageName;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaBug;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Looks at each distinct image of many objects once, a few at a time, and answers for all objects
 * with that, also where it could not be looked at.
 */
final class ImagesOnce implements ImageVerifier {

  /** As many as a webhook under load would look at; registries slow down those who ask for more. */
  static final int AT_ONCE = 8;

  /** Told how far the looking is. */
  @FunctionalInterface
  interface Watcher {
    void looked(int done, int total);
  }

  /** What one look is about. */
  private record Look(ImageName image, RuleConfig rule, String login) {}

  private final AdmissionConfig config;
  private final ImageVerifier verifier;
  private final InstantSource clock;
  private final Duration patience;
  private final PullLogin login;
  private final Map<Look, ImageVerdict> verdicts;

  /**
   * Has not looked yet.
   *
   * @param patience how long one look may take
   */
  ImagesOnce(
      AdmissionConfig config, ImageVerifier verifier, InstantSource clock, Duration patience) {
    this(config, verifier, clock, patience, PullLogin.OWN, new ConcurrentHashMap<>());
  }

  private ImagesOnce(
      AdmissionConfig config,
      ImageVerifier verifier,
      InstantSource clock,
      Duration patience,
      PullLogin login,
      Map<Look, ImageVerdict> verdicts) {
    this.config = config;
    this.verifier = verifier;
    this.clock = clock;
    this.patience = patience;
    this.login = login;
    this.verdicts = verdicts;
  }

  /** Shares what was found out as the same login. */
  @Override
  public ImageVerifier with(PullLogin other) {
    return other.isOwn()
        ? this
        : new ImagesOnce(config, verifier.with(other), clock, patience, other, verdicts);
  }

  /**
   * Looks at those of the images that signatures decide about, whatever pod they are in. The others
   * are looked at when they are asked for.
   */
  void lookAt(Collection<String> images, Watcher watcher) throws InterruptedException {
    List<Look> looks = looks(images);
    watcher.looked(0, looks.size());
    ExecutorService threads =
        Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().name("look-", 0).factory());
    try {
      ExecutorCompletionService<ImageVerdict> running = new ExecutorCompletionService<>(threads);
      for (Look look : looks) {
        running.submit(() -> look(look));
      }
      for (int done = 1; done <= looks.size(); done++) {
        running.take().get();
        watcher.looked(done, looks.size());
      }
    } catch (ExecutionException e) {
      throw new BullaBug("a look at an image failed", e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private ImageVerdict look(Look look) {
    ImageVerdict verdict =
        verifier.judge(look.image(), look.rule(), clock.instant().plus(patience), true);
    verdicts.put(look, verdict);
    return verdict;
  }

  private static boolean isSameForAll(RuleConfig rule) {
    return rule.validator() instanceof ValidatorConfig.Cosign cosign
        && !cosign.usesPodPullSecrets();
  }

  private List<Look> looks(Collection<String> images) {
    Set<Look> looks = new LinkedHashSet<>();
    for (String image : images) {
      try {
        ImageName name = ImageName.parse(image);
        config
            .choice()
            .choose(name)
            .map(chosen -> config.rules().get(chosen.index()))
            .filter(ImagesOnce::isSameForAll)
            .ifPresent(rule -> looks.add(new Look(name, rule, login.fingerprint())));
      } catch (MalformedInputException e) {
        // the answer about the object says so
      }
    }
    return new ArrayList<>(looks);
  }

  @Override
  public ImageVerdict judge(ImageName image, RuleConfig rule, Instant deadline, boolean dryRun) {
    Look look = new Look(image, rule, login.fingerprint());
    ImageVerdict known = verdicts.get(look);
    if (known == null) {
      known = verifier.judge(image, rule, deadline, dryRun);
      verdicts.put(look, known);
    }
    return known;
  }

  @Override
  public Digest verify(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
    ImageVerdict verdict = judge(image, rule, deadline, true);
    if (verdict.failure().isPresent()) {
      throw verdict.failure().get();
    }
    return verdict.digest().orElseThrow();
  }
}
