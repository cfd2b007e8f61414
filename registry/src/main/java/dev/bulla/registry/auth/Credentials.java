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

  /** Nobody in particular. */
  Credentials ANONYMOUS = new Anonymous();

  /** No credentials. */
  record Anonymous() implements Credentials {}

  /** A user name and a password. */
  record Basic(String username, String password) implements Credentials {

    /** The value of an {@code Authorization} header (RFC 7617). */
    public String headerValue() {
      return "Basic " + Base64Text.encode(Bytes.utf8(username + ":" + password));
    }

    @Override
    public String toString() {
      return "Basic[…]";
    }
  }

  /** An OAuth2 refresh token, which a token service exchanges for bearer tokens. */
  record IdentityToken(String token) implements Credentials {
    @Override
    public String toString() {
      return "IdentityToken[…]";
    }
  }

  /** A bearer token for the registry itself. */
  record RegistryToken(String token) implements Credentials {
    @Override
    public String toString() {
      return "RegistryToken[…]";
    }
  }
}
