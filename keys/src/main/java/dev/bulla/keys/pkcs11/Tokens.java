package dev.bulla.keys.pkcs11;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.keys.kms.KmsProviders;

/** Finds who speaks to tokens. */
public final class Tokens {

  /** The first release of Java whose functions for native libraries are final. */
  private static final int NEEDED = 22;

  private static final String SCHEME = "pkcs11";

  private Tokens() {}

  /**
   * The provider.
   *
   * @throws KeyException when this Java is too old for it, or it is not installed
   */
  public static TokenProvider find(KmsProviders providers) throws KeyException {
    return find(providers, Runtime.version().feature());
  }

  static TokenProvider find(KmsProviders providers, int java) throws KeyException {
    if (java < NEEDED) {
      throw KeyException.of(
          Problem.MISCONFIGURED,
          "keys on PKCS #11 tokens need Java " + NEEDED + " or newer; this is Java " + java,
          "the archive with a Java runtime of its own has one",
          null);
    }
    return providers
        .find(TokenProvider.class, SCHEME)
        .orElseThrow(() ->
            KeyException.of(
                Problem.MISCONFIGURED,
                "what speaks to PKCS #11 tokens is not installed",
                "in a program of your own add bulla-pkcs11; a build of bulla has it when it was"
                    + " made on JDK 22 or newer",
                null));
  }
}
