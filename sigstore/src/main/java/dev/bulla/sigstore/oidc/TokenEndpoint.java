package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.ServiceException;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import java.time.InstantSource;
import java.util.List;

/**
 * Asks an issuer for a token, and looks at what it hands out: the token has to be this issuer's,
 * for this client, and still good. Its signature is not checked here; it came from the issuer's own
 * endpoint (OpenID Connect Core 1.0 §3.1.3.7, number 6), and Fulcio checks it.
 */
final class TokenEndpoint {

  private final ServiceCaller http;
  private final Issuer issuer;
  private final String clientId;
  private final InstantSource clock;

  TokenEndpoint(ServiceCaller http, Issuer issuer, String clientId, InstantSource clock) {
    this.http = http;
    this.issuer = issuer;
    this.clientId = clientId;
    this.clock = clock;
  }

  /** An answer of the endpoint, yes or no. */
  record Reply(ServiceRequest request, ServiceAnswer answer, JsonObject body) {

    /** The error's name in the words of RFC 6749 §5.2; empty when there is none. */
    String error() {
      return text(body, "error");
    }

    ServiceException refusal() {
      return ServiceCaller.refused(request, answer);
    }

    /** Without the body, which holds tokens. */
    @Override
    public String toString() {
      return "Reply[" + answer.status() + "]";
    }
  }

  /**
   * Posts a form that may be posted again.
   *
   * @param secrets what in it nobody else may read
   */
  Reply post(Form form, List<String> secrets) throws BullaException {
    return send(request(issuer.token(), form, secrets));
  }

  /** Posts a form with a code, which is good for one attempt. */
  Reply postOnce(Form form, List<String> secrets) throws BullaException {
    return send(request(issuer.token(), form, secrets).once());
  }

  /** Posts a form to another of the issuer's endpoints. */
  Reply postTo(ServiceUrl url, Form form) throws BullaException {
    return send(request(url, form, List.of()).once());
  }

  private static ServiceRequest request(ServiceUrl url, Form form, List<String> secrets) {
    ServiceRequest request =
        ServiceRequest.post(url, Form.MEDIA_TYPE, form.body(), Limits.MAX_TOKEN_BODY)
            .with("Accept", "application/json");
    for (String secret : secrets) {
      request = request.hiding(secret);
    }
    return request;
  }

  private Reply send(ServiceRequest request) throws BullaException {
    ServiceAnswer answer = http.ask(request);
    if (!answer.isOk() && answer.status() != 400 && answer.status() != 401) {
      throw ServiceCaller.refused(request, answer);
    }
    return new Reply(request, answer, ServiceCaller.json(request, answer));
  }

  /**
   * The token in an answer.
   *
   * @throws BullaException when it is a refusal, or when the token is not good
   */
  IdentityToken token(Reply reply) throws BullaException {
    if (!reply.answer().isOk()) {
      throw reply.refusal();
    }
    String text = text(reply.body(), "id_token");
    if (text.isEmpty()) {
      throw ServiceCaller.badAnswer(reply.request(), "it holds no id_token", null);
    }
    IdentityToken token;
    try {
      token = IdentityToken.parse(text);
    } catch (MalformedInputException e) {
      throw ServiceCaller.badAnswer(reply.request(), e.message(), e);
    }
    if (!token.issuer().equals(issuer.name())) {
      throw ServiceCaller.badAnswer(
          reply.request(), "its token is of the issuer " + Quoted.text(token.issuer()), null);
    }
    token.requireFor(clientId);
    token.requireValidAt(clock.instant());
    return token;
  }

  static String text(JsonObject object, String name) {
    return object.get(name).orElse(JsonNull.INSTANCE) instanceof JsonString text
        ? text.value()
        : "";
  }
}
