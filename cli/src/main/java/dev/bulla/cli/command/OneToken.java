package dev.bulla.cli.command;

import dev.bulla.error.BullaException;
import dev.bulla.sigstore.oidc.IdentityToken;
import dev.bulla.sigstore.oidc.IdentityTokenSource;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Asks who the user is once, and again only when the answer has expired. */
final class OneToken implements IdentityTokenSource {

  private final IdentityTokenSource source;
  private @Nullable IdentityToken token;

  OneToken(IdentityTokenSource source) {
    this.source = source;
  }

  @Override
  public synchronized IdentityToken get() throws BullaException {
    if (token == null || token.isExpiredAt(Instant.now())) {
      try {
        token = source.get();
      } catch (BullaException e) {
        throw e.in("getting keypair and token: retrieving ID token");
      }
    }
    return token;
  }
}
