package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;

/** A program that is somebody by itself (RFC 6749 §4.4). */
final class ClientCredentialsFlow implements IdentityTokenSource {

  private final Client client;
  private final LoginDialog dialog;

  ClientCredentialsFlow(Client client, LoginDialog dialog) {
    this.client = client;
    this.dialog = dialog;
  }

  @Override
  public IdentityToken get() throws BullaException {
    if (client.secret().isEmpty()) {
      throw new ConfigurationException(
          "the flow client_credentials needs the client's secret",
          "name its file with --oidc-client-secret-file");
    }
    Issuer issuer = Issuer.discover(client.http(), client.issuer());
    TokenEndpoint endpoint = new TokenEndpoint(client.http(), issuer, client.id(), client.clock());
    Form form = client.form().add("grant_type", "client_credentials").add("scope", Client.SCOPE);
    IdentityToken token = endpoint.token(endpoint.post(form, client.secrets()));
    dialog.announce("Token received!");
    return token;
  }
}
