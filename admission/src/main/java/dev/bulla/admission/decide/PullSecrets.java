package dev.bulla.admission.decide;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.image.ImageName;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.CredentialAnswer;
import dev.bulla.registry.auth.GivenCredentials;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the pods of one object may pull their images with, as far as it could be read. Each secret
 * that has credentials for the repository of an image is tried, then the validator's own login.
 * Immutable.
 */
public final class PullSecrets {

  /** Nothing is named, and nothing is missing. */
  public static final PullSecrets NONE =
      new PullSecrets(List.of(), List.of(), List.of(), Bytes.EMPTY);

  /** So that a denial can still be read, whatever secrets are called. */
  private static final int MAX_NAME = 80;

  private static final int MAX_MESSAGE = 2000;

  /** One that was read. */
  public record Secret(String name, GivenCredentials credentials) {}

  private final List<Secret> secrets;
  private final List<String> missing;
  private final List<String> unread;
  private final Bytes key;

  private PullSecrets(List<Secret> secrets, List<String> missing, List<String> unread, Bytes key) {
    this.secrets = List.copyOf(secrets);
    this.missing = List.copyOf(missing);
    this.unread = List.copyOf(unread);
    this.key = key;
  }

  /**
   * Secrets in the order in which they are tried.
   *
   * @param missing names of those that are not there, or hold nothing for registries
   * @param key as for {@link PullLogin#of}
   */
  public static PullSecrets of(List<Secret> secrets, List<String> missing, Bytes key) {
    return new PullSecrets(secrets, missing, List.of(), key);
  }

  /**
   * The same, although something could not be read: then a registry that refuses leaves open
   * whether it would have refused that, too.
   *
   * @param why one sentence without a full stop; safe to print
   */
  public PullSecrets withUnread(String why) {
    List<String> more = new ArrayList<>(unread);
    more.add(why);
    return new PullSecrets(secrets, missing, more, key);
  }

  /** The logins for an image, each once. */
  List<PullLogin> logins(ImageName image) {
    List<PullLogin> logins = new ArrayList<>();
    Set<String> known = new LinkedHashSet<>();
    for (Secret secret : secretsFor(image.repository())) {
      CredentialAnswer answer = secret.credentials().find(image.repository());
      PullLogin login = PullLogin.of(image.repository(), answer, key);
      if (known.add(login.fingerprint())) {
        logins.add(login);
      }
    }
    return logins;
  }

  private List<Secret> secretsFor(Repository repository) {
    return secrets.stream()
        .filter(secret -> !secret.credentials().find(repository).isAnonymous())
        .toList();
  }

  /** What the first login that the registry lets in finds out with a verifier. */
  public ImageVerdict judge(
      ImageVerifier verifier, ImageName image, RuleConfig rule, Instant deadline, boolean dryRun) {
    for (PullLogin login : logins(image)) {
      ImageVerdict verdict = verifier.with(login).judge(image, rule, deadline, dryRun);
      if (!isShutOut(verdict)) {
        return verdict;
      }
    }
    ImageVerdict last = verifier.with(PullLogin.OWN).judge(image, rule, deadline, dryRun);
    return isShutOut(last)
        ? ImageVerdict.failed(explained(last.failure().orElseThrow(), image), last.source())
        : last;
  }

  private static boolean isShutOut(ImageVerdict verdict) {
    return verdict.failure().filter(PullLogin::isShutOut).isPresent();
  }

  private BullaException explained(BullaException refusal, ImageName image) {
    String message =
        Quoted.plain(refusal.message() + "; " + explanation(image.repository()), MAX_MESSAGE);
    if (!unread.isEmpty()) {
      return new VerificationException(Outcome.UNDECIDED, message, List.of(), null);
    }
    RegistryException registry = (RegistryException) refusal;
    return new RegistryException(
        registry.kind(),
        message,
        registry.status().orElse(0),
        registry.registryCodes(),
        registry.hint().orElse(null),
        refusal);
  }

  private String explanation(Repository repository) {
    List<String> parts = new ArrayList<>();
    List<String> tried = secretsFor(repository).stream().map(Secret::name).toList();
    if (!tried.isEmpty()) {
      parts.add("tried with the pull secrets " + names(tried));
    }
    List<String> others = new ArrayList<>(secrets.stream().map(Secret::name).toList());
    others.removeAll(tried);
    if (!others.isEmpty()) {
      parts.add("the pull secrets " + names(others) + " are for other registries or paths");
    }
    if (!missing.isEmpty()) {
      parts.add("not there, or without credentials: " + names(missing));
    }
    parts.addAll(unread);
    return parts.isEmpty()
        ? "neither the pod nor its service account names pull secrets"
        : String.join("; ", parts);
  }

  private static String names(List<String> names) {
    return String.join(", ", names.stream().map(name -> Quoted.plain(name, MAX_NAME)).toList());
  }

  /** Names and reasons, without a secret. */
  @Override
  public String toString() {
    return "PullSecrets" + secrets.stream().map(Secret::name).toList();
  }
}
