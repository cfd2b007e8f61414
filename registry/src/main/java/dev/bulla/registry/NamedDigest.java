package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import java.util.Locale;
import java.util.Optional;

/**
 * The digest that a registry names in {@code Docker-Content-Digest}. A claim, until compared with
 * content.
 */
final class NamedDigest {

  private NamedDigest() {}

  /** The named digest; empty when there is none, or none that we can check. */
  static Optional<Digest> of(Answer answer) {
    Optional<String> named = answer.headers().first("Docker-Content-Digest");
    if (named.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Digest.parse(named.get().toLowerCase(Locale.ROOT)));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  /**
   * The digest of content that came without an expected one: as named, and then it has to be right,
   * or SHA-256.
   */
  static Digest checked(Answer answer, Bytes content) throws RegistryException {
    Optional<Digest> named = of(answer);
    if (named.isEmpty()) {
      return Digest.sha256(content);
    }
    Digest found = Digest.of(named.get().algorithm(), content);
    if (!found.equals(named.get())) {
      throw RegistryErrors.bad(
          answer, "content has digest " + found + ", the registry names " + named.get());
    }
    return found;
  }

  /** Refuses an answer that names another digest than the one that was meant. */
  static void mustBe(Digest meant, Answer answer) throws RegistryException {
    Optional<Digest> named = of(answer);
    if (named.isPresent()
        && named.get().algorithm() == meant.algorithm()
        && !named.get().equals(meant)) {
      throw RegistryErrors.bad(
          answer, "the registry names digest " + named.get() + ", expected " + meant);
    }
  }
}
