package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.BadRequest;
import dev.bulla.testkit.http.Waiting;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * A double of where a registry of Azure's exchanges tokens ({@code /oauth2/exchange}), and of the
 * place where users log in, {@link #entra()}. Only tokens that were given out for registries count,
 * and only for the one registry; fields it does not know are refused.
 *
 * <p>Source: Azure Container Registry, REST reference, authentication.
 */
public final class AcrTokenServer implements AutoCloseable {

  /** What tokens for registries of the public cloud are for. */
  public static final String RESOURCE = "https://containerregistry.azure.net";

  /** When its tokens end, in seconds since 1970. */
  public static final long ENDS = 4_000_000_000L;

  private static final int MAX_BODY = 1 << 16;

  private final String registry;
  private final String refreshToken;
  private final WireServer server;
  private final EntraServer entra;
  private int requests;
  private int failures;

  private AcrTokenServer(String registry, String token, String clientSecret, SSLContext tls)
      throws IOException {
    this.registry = registry;
    this.refreshToken =
        "eyJ0."
            + Base64Text.encodeUrlSafe(Bytes.utf8("{\"exp\":" + ENDS + "}")).replace("=", "")
            + ".marked-refresh";
    this.entra = EntraServer.start(token, clientSecret);
    this.server = WireServer.startTls(WireServer.loopback(), tls, false, this::answer);
    entra.serve(address());
    entra.allow(RESOURCE);
  }

  /**
   * Starts over TLS.
   *
   * @param registry the one registry's name: {@code double.azurecr.io}
   * @param token the access token that is given out
   * @param clientSecret of the one service principal
   * @param tls for 127.0.0.1
   */
  public static AcrTokenServer start(
      String registry, String token, String clientSecret, SSLContext tls) throws IOException {
    return new AcrTokenServer(registry, token, clientSecret, tls);
  }

  /** {@code https://127.0.0.1:PORT}: of the registry, and of the place where users log in. */
  public String address() {
    return "https://127.0.0.1:" + server.address().getPort();
  }

  /** Who gives out the tokens. */
  public EntraServer entra() {
    return entra;
  }

  /** The token that it gives in exchange. */
  public String refreshToken() {
    return refreshToken;
  }

  /** The requests for an exchange. */
  public synchronized int requests() {
    return requests;
  }

  /** The next exchanges meet HTTP 503. */
  public synchronized void failNext(int exchanges) {
    failures = exchanges;
  }

  private synchronized WireResponse answer(WireRequest request, Waiting waiting)
      throws IOException {
    if (!request.path().equals("/oauth2/exchange")) {
      return entra.answer(request);
    }
    requests++;
    if (failures > 0) {
      failures--;
      return WireResponse.of(503);
    }
    if (!request.method().equals("POST")
        || !request.rawQuery().isEmpty()
        || !request
            .headers()
            .first("Content-Type")
            .orElse("")
            .startsWith("application/x-www-form-urlencoded")) {
      return WireResponse.of(404);
    }
    try {
      Map<String, List<String>> form =
          WireRequest.parseForm(
              LimitedInput.readAll(request.body(), MAX_BODY, "form").toUtf8String("form"));
      boolean known =
          Set.of("grant_type", "service", "tenant", "access_token").containsAll(form.keySet())
              && form.getOrDefault("grant_type", List.of()).equals(List.of("access_token"))
              && form.getOrDefault("service", List.of()).equals(List.of(registry));
      if (!known) {
        return refusal(400, "UNSUPPORTED", "the form is not that of an exchange");
      }
      return form.getOrDefault("access_token", List.of()).equals(List.of(entra.tokenFor(RESOURCE)))
          ? json(200, JsonObject.builder().put("refresh_token", refreshToken).build())
          : refusal(401, "UNAUTHORIZED", "authentication required");
    } catch (BadRequest | MalformedInputException e) {
      return refusal(400, "UNSUPPORTED", "it cannot be read");
    }
  }

  private static WireResponse refusal(int status, String code, String message) {
    return json(
        status,
        JsonObject.builder()
            .put(
                "errors",
                JsonArray.of(
                    List.of(
                        JsonObject.builder().put("code", code).put("message", message).build())))
            .build());
  }

  private static WireResponse json(int status, JsonObject body) {
    return WireResponse.of(status)
        .with("Content-Type", "application/json; charset=utf-8")
        .withBody(WireBody.of(GoJson.write(body)));
  }

  @Override
  public void close() {
    server.close();
    entra.close();
  }
}
