package dev.bulla.sigstore.oidc;

import dev.bulla.sigstore.http.ServiceCaller;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who asks an issuer for tokens, on whose behalf. {@link #toString()} leaves out the secret.
 *
 * @param issuer its URL
 * @param id what the issuer knows the program by, and whom its tokens are for
 * @param secret what proves that; most programs have none
 */
record Client(
    ServiceCaller http, String issuer, String id, Optional<String> secret, InstantSource clock) {

  /** What is asked for: a token, and the address in it. */
  static final String SCOPE = "openid email";

  /** A form with id, and secret where there is one. */
  Form form() {
    Form form = new Form().add("client_id", id);
    secret.ifPresent(text -> form.add("client_secret", text));
    return form;
  }

  /** What of the form nobody else may read. */
  List<String> secrets(String... more) {
    return Stream.concat(secret.stream(), Stream.of(more)).toList();
  }

  @Override
  public String toString() {
    return "Client[" + id + " of " + issuer + "]";
  }
}
