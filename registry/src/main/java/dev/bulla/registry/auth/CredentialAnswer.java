package dev.bulla.registry.auth;

/**
 * What a source knows about a repository's registry.
 *
 * @param credentials what to show, or {@link Credentials#ANONYMOUS}
 * @param source where they came from, for messages; never a secret
 */
public record CredentialAnswer(Credentials credentials, String source) {

  /** Nothing was found anywhere. */
  public static final CredentialAnswer NONE =
      new CredentialAnswer(Credentials.ANONYMOUS, "no credentials found");

  public boolean isAnonymous() {
    return credentials instanceof Credentials.Anonymous;
  }
}
