package dev.bulla.registry.auth;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;

/**
 * What we show to a registry to be let in. No {@code toString} shows a secret.
 *
 * <p>Secrets are strings here: they arrive as JSON or from the environment and leave as header
 * lines, so wiping one copy would only pretend.
 */
public sealed interface Credentials {

  /** What they are, for people, in two or three words; never what is in them. */
  String kind();

  /** Nobody in particular. */
  Credentials ANONYMOUS = new Anonymous();

  /** No credentials. */
  record Anonymous() implements Credentials {
    @Override
    public String kind() {
      return "none";
    }
  }

  /** A user name and a password. */
  record Basic(String username, String password) implements Credentials {

    @Override
    public String kind() {
      return "name and password";
    }

    /** The value of an {@code Authorization} header (RFC 7617). */
    public String headerValue() {
      return "Basic " + Base64Text.encode(Bytes.utf8(username + ":" + password));
    }

    @Override
    public String toString() {
      return "Basic[…]";
    }
  }

  /**
   * An OAuth2 refresh token, which a token service exchanges for bearer tokens.
   *
   * @param username whose it is, for services that take it as a password only
   */
  record IdentityToken(String username, String token) implements Credentials {

    @Override
    public String kind() {
      return "identity token";
    }

    /** What docker writes for a name where the secret is a token. */
    public static final String NO_NAME = "<token>";

    /** A token that says itself whose it is. */
    public IdentityToken(String token) {
      this(NO_NAME, token);
    }

    /** As name and password, for services that do not know refresh tokens. */
    public Basic asPassword() {
      return new Basic(username, token);
    }

    @Override
    public String toString() {
      return "IdentityToken[…]";
    }
  }

  /** A bearer token for the registry itself. */
  record RegistryToken(String token) implements Credentials {
    @Override
    public String kind() {
      return "bearer token";
    }

    @Override
    public String toString() {
      return "RegistryToken[…]";
    }
  }
}
