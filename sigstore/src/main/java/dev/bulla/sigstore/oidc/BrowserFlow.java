package dev.bulla.sigstore.oidc;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.oidc.TokenEndpoint.Reply;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * The user signs in with a browser (RFC 6749 §4.1, RFC 8252): the issuer sends it back to this
 * machine with a code, which is good for whoever knows the secret it was asked for with. Where no
 * browser can be started, the user carries address and code by hand.
 */
final class BrowserFlow implements IdentityTokenSource {

  /** Tells the issuer to show the code instead of sending the browser anywhere. */
  private static final String BY_HAND = "urn:ietf:wg:oauth:2.0:oob";

  private final Client client;
  private final LoginDialog dialog;
  private final Browser browser;
  private final Redirect redirect;
  private final Duration patience;
  private final RandomText random = new RandomText();

  /**
   * @param patience for the user to sign in
   */
  BrowserFlow(
      Client client, LoginDialog dialog, Browser browser, Redirect redirect, Duration patience) {
    this.client = client;
    this.dialog = dialog;
    this.browser = browser;
    this.redirect = redirect;
    this.patience = patience;
  }

  /** What one attempt is made with; nothing of it is used twice. */
  private record Attempt(ProofKey key, String state, String nonce) {

    @Override
    public String toString() {
      return "Attempt[…]";
    }
  }

  @Override
  public IdentityToken get() throws BullaException {
    dialog.agree();
    Issuer issuer = Issuer.discover(client.http(), client.issuer());
    TokenEndpoint endpoint = new TokenEndpoint(client.http(), issuer, client.id(), client.clock());
    Attempt attempt = attempt();
    try (CallbackServer server = listen(issuer, attempt)) {
      String back = redirect.on(server.port());
      String url = authorization(issuer, attempt, back);
      dialog.tell("Your browser will now be opened to:\n" + url);
      Optional<String> problem = open(url);
      if (problem.isEmpty()) {
        return redeem(endpoint, attempt, code(issuer, server), back);
      }
      dialog.tell("error opening browser: " + problem.get());
    }
    Attempt byHand = attempt();
    dialog.tell(
        "Go to the following link in a browser:\n\n\n\t " + authorization(issuer, byHand, BY_HAND));
    String code = dialog.ask("Enter verification code: ").strip();
    if (code.isEmpty()) {
      throw new ConfigurationException("no verification code was entered");
    }
    return redeem(endpoint, byHand, code, BY_HAND);
  }

  private Attempt attempt() {
    return new Attempt(new ProofKey(random.next()), random.next(), random.next());
  }

  private CallbackServer listen(Issuer issuer, Attempt attempt) throws ConfigurationException {
    try {
      return CallbackServer.listen(
          redirect.address(),
          redirect.port(),
          redirect.path(),
          parameters -> judge(issuer, attempt, parameters));
    } catch (IOException e) {
      throw new ConfigurationException(
          "nothing can listen at " + redirect + " for the browser to come back", e);
    }
  }

  private static CallbackPage judge(
      Issuer issuer, Attempt attempt, Map<String, String> parameters) {
    String state = parameters.getOrDefault("state", "");
    if (!MessageDigest.isEqual(
        Bytes.utf8(state).toByteArray(), Bytes.utf8(attempt.state()).toByteArray())) {
      return CallbackPage.NOT_OURS;
    }
    return parameters.containsKey("code")
            && !parameters.containsKey("error")
            && isFrom(issuer, parameters)
        ? CallbackPage.SIGNED_IN
        : CallbackPage.REFUSED;
  }

  /** An issuer may say who answers (RFC 9207), so that no other one's code is taken for its own. */
  private static boolean isFrom(Issuer issuer, Map<String, String> parameters) {
    return parameters.getOrDefault("iss", issuer.name()).equals(issuer.name());
  }

  private String authorization(Issuer issuer, Attempt attempt, String back)
      throws ServiceException {
    return new Form()
        .add("response_type", "code")
        .add("client_id", client.id())
        .add("redirect_uri", back)
        .add("scope", Client.SCOPE)
        .add("state", attempt.state())
        .add("nonce", attempt.nonce())
        .add("code_challenge", attempt.key().challenge())
        .add("code_challenge_method", ProofKey.METHOD)
        .appendedTo(issuer.authorization().text());
  }

  private Optional<String> open(String url) {
    try {
      browser.open(url);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(Quoted.plain(String.valueOf(e.getMessage())));
    }
  }

  private String code(Issuer issuer, CallbackServer server) throws BullaException {
    Map<String, String> parameters;
    try {
      parameters = server.await(patience);
    } catch (TimeoutException e) {
      throw new ServiceException(
          Kind.TIMEOUT,
          "nobody signed in with the browser within " + patience.toSeconds() + " seconds",
          0,
          "where the browser is on another machine, use --fulcio-auth-flow device",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException(Kind.UNREACHABLE, "signing in was interrupted", e);
    }
    if (!isFrom(issuer, parameters)) {
      throw new ServiceException(
          Kind.BAD_ANSWER,
          "signing in: another issuer answers, " + Quoted.text(parameters.getOrDefault("iss", "")));
    }
    String code = parameters.getOrDefault("code", "");
    if (code.isEmpty() || parameters.containsKey("error")) {
      String error = parameters.getOrDefault("error", "it sent no code");
      String more = parameters.getOrDefault("error_description", "");
      throw new ServiceException(
          Kind.REFUSED,
          "signing in: "
              + issuer.name()
              + " says no: "
              + Quoted.plain(more.isEmpty() ? error : error + ": " + more));
    }
    return code;
  }

  private IdentityToken redeem(TokenEndpoint endpoint, Attempt attempt, String code, String back)
      throws BullaException {
    Form form =
        client
            .form()
            .add("grant_type", "authorization_code")
            .add("code", code)
            .add("redirect_uri", back)
            .add("code_verifier", attempt.key().verifier());
    Reply reply = endpoint.postOnce(form, client.secrets(code, attempt.key().verifier()));
    IdentityToken token = endpoint.token(reply);
    if (!token.hasNonce(attempt.nonce())) {
      throw ServiceCaller.badAnswer(
          reply.request(), "its token was issued for another sign-in", null);
    }
    return token;
  }
}
