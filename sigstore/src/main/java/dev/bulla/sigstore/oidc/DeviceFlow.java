package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.oidc.TokenEndpoint.Reply;
import java.time.Duration;

/**
 * A machine without a browser: the user types a code on another device, and meanwhile the issuer is
 * asked again and again (RFC 8628), as often as it wants and until the code ends.
 */
final class DeviceFlow implements IdentityTokenSource {

  private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";

  /** RFC 8628 §3.2 and §3.5. */
  private static final Duration USUAL_INTERVAL = Duration.ofSeconds(5);

  private static final Duration SLOWER = Duration.ofSeconds(5);
  private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(1);
  private static final Duration LONGEST_CODE = Duration.ofMinutes(30);

  /** Waits. */
  @FunctionalInterface
  interface Pause {
    void sleep(Duration duration) throws InterruptedException;
  }

  private final Client client;
  private final LoginDialog dialog;
  private final Pause pause;

  DeviceFlow(Client client, LoginDialog dialog, Pause pause) {
    this.client = client;
    this.dialog = dialog;
    this.pause = pause;
  }

  @Override
  public IdentityToken get() throws BullaException {
    Issuer issuer = Issuer.discover(client.http(), client.issuer());
    TokenEndpoint endpoint = new TokenEndpoint(client.http(), issuer, client.id(), client.clock());
    ProofKey key = new ProofKey(new RandomText().next());
    Reply begun =
        endpoint.postTo(
            issuer.device(),
            client
                .form()
                .add("scope", Client.SCOPE)
                .add("code_challenge_method", ProofKey.METHOD)
                .add("code_challenge", key.challenge()));
    if (!begun.answer().isOk()) {
      throw begun.refusal();
    }
    String device = required(begun, "device_code");
    Duration valid = seconds(begun, "expires_in", LONGEST_CODE, LONGEST_CODE);
    announce(issuer, begun, valid);
    Reply granted = await(endpoint, begun, device, key, valid);
    IdentityToken token = endpoint.token(granted);
    dialog.announce("Token received!");
    return token;
  }

  private void announce(Issuer issuer, Reply begun, Duration valid) throws BullaException {
    String complete = TokenEndpoint.text(begun.body(), "verification_uri_complete");
    String name = complete.isEmpty() ? "verification_uri" : "verification_uri_complete";
    String place = issuer.place(begun.request(), name, required(begun, name)).text();
    dialog.announce(
        "Enter the verification code "
            + Quoted.plain(required(begun, "user_code"))
            + " in your browser at: "
            + Quoted.plain(place, place.length()));
    dialog.announce("Code will be valid for " + valid.toSeconds() + " seconds");
  }

  private Reply await(
      TokenEndpoint endpoint, Reply begun, String device, ProofKey key, Duration valid)
      throws BullaException {
    Form form =
        client
            .form()
            .add("grant_type", GRANT)
            .add("device_code", device)
            .add("code_verifier", key.verifier());
    Duration interval = seconds(begun, "interval", USUAL_INTERVAL, LONGEST_INTERVAL);
    Duration waited = Duration.ZERO;
    while (true) {
      // what is waited for counts, not the clock, which may be set meanwhile
      waited = waited.plus(interval);
      if (waited.compareTo(valid) > 0) {
        throw new ServiceException(
            Kind.TIMEOUT, begun.request() + ": the code was not entered while it was valid");
      }
      sleep(interval, begun);
      Reply reply = endpoint.post(form, client.secrets(device, key.verifier()));
      String error = reply.answer().isOk() ? "" : reply.error();
      if (error.equals("slow_down")) {
        interval = interval.plus(SLOWER);
      } else if (!error.equals("authorization_pending")) {
        return reply;
      }
    }
  }

  private void sleep(Duration interval, Reply begun) throws ServiceException {
    try {
      pause.sleep(interval);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException(Kind.UNREACHABLE, begun.request() + ": interrupted", e);
    }
  }

  private static String required(Reply reply, String name) throws ServiceException {
    String text = TokenEndpoint.text(reply.body(), name);
    if (text.isEmpty()) {
      throw ServiceCaller.badAnswer(reply.request(), "it holds no " + name, null);
    }
    return text;
  }

  /** From one second to the longest, whatever the issuer says. */
  private static Duration seconds(Reply reply, String name, Duration usual, Duration longest)
      throws ServiceException {
    JsonObject body = reply.body();
    if (!(body.get(name).orElse(JsonNull.INSTANCE) instanceof JsonNumber number)) {
      return usual;
    }
    try {
      return Duration.ofSeconds(Math.clamp(number.longValue(), 1L, longest.toSeconds()));
    } catch (MalformedInputException e) {
      throw ServiceCaller.badAnswer(reply.request(), name + ": no number of seconds", e);
    }
  }
}
