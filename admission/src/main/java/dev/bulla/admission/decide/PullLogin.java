package dev.bulla.admission.decide;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.CredentialAnswer;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.Credentials;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * As whom the registry of an image is asked. What one login finds out is kept under its
 * fingerprint, so that it never answers for another.
 *
 * @param fingerprint of the credentials and the repository that they are for, under a key; empty
 *     for the validator's own login
 * @param credentials known for that repository and for no other
 */
public record PullLogin(String fingerprint, CredentialSource credentials) {

  /** The validator's own, whatever it is. */
  public static final PullLogin OWN = new PullLogin("", CredentialSource.ANONYMOUS);

  /**
   * With credentials that somebody gave for a repository.
   *
   * @param key that makes the fingerprint one that nobody without it can guess credentials by
   */
  static PullLogin of(Repository repository, CredentialAnswer answer, Bytes key) {
    return new PullLogin(
        fingerprint(repository, answer.credentials(), key),
        asked -> asked.equals(repository) ? answer : CredentialAnswer.NONE);
  }

  public boolean isOwn() {
    return fingerprint.isEmpty();
  }

  /** Whether the registry might have answered somebody else otherwise. */
  public static boolean isShutOut(BullaException failure) {
    return failure instanceof RegistryException e
        && (e.kind() == RegistryException.Kind.UNAUTHORIZED
            || e.kind() == RegistryException.Kind.DENIED
            || e.kind() == RegistryException.Kind.NOT_FOUND);
  }

  private static String fingerprint(Repository repository, Credentials credentials, Bytes key) {
    StringBuilder text = new StringBuilder();
    add(text, "pull login", repository.toString(), credentials.kind());
    switch (credentials) {
      case Credentials.Anonymous nobody -> {}
      case Credentials.Basic basic -> add(text, basic.username(), basic.password());
      case Credentials.IdentityToken token -> add(text, token.username(), token.token());
      case Credentials.RegistryToken token -> add(text, token.token());
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.toByteArray(), "HmacSHA256"));
      return HexText.encode(Bytes.of(mac.doFinal(Bytes.utf8(text.toString()).toByteArray())));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  /** With its length, so that no two lists of parts become one text. */
  private static void add(StringBuilder text, String... parts) {
    for (String part : parts) {
      text.append(part.length()).append(':').append(part);
    }
  }

  /** Shows no secret. */
  @Override
  public String toString() {
    return "PullLogin[" + fingerprint + "]";
  }
}
