package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonParser;
import dev.bulla.limits.Limits;
import dev.bulla.registry.HostState.BearerScheme;
import dev.bulla.registry.HostState.Token;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.auth.Scopes;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.RequestBody;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;

/**
 * What a token service is asked, and how its answer is read. Who may be shown to it has been
 * decided before. Sources: the token and OAuth2 specifications of the Docker registry.
 */
final class TokenRequests {

  private static final int MAX_TOKEN = 64 << 10;
  private static final long DEFAULT_LIFETIME_SECONDS = 60;
  private static final long MAX_LIFETIME_SECONDS = 24 * 60 * 60;

  private final Wire wire;
  private final Pace pace;

  TokenRequests(Wire wire, Pace pace) {
    this.wire = wire;
    this.pace = pace;
  }

  /** Asks for a token, and shows the given credentials for it. The answer may have any status. */
  Answer ask(BearerScheme scheme, Scopes scopes, Credentials shown, Call call, CallBudget budget)
      throws FailedExchange, RegistryException {
    Duration patience = call.patience().compareTo(Call.SHORT) < 0 ? call.patience() : Call.SHORT;
    String authorization = shown instanceof Credentials.Basic basic ? basic.headerValue() : null;
    if (shown instanceof Credentials.IdentityToken identity) {
      Answer answer = wire.send(exchange(scheme, scopes, identity), null, patience, budget);
      if (answer.status() != 404 && answer.status() != 405) {
        return answer;
      }
      // a service of before OAuth2; it takes the token for a password
      authorization = identity.asPassword().headerValue();
    }
    HttpUrl url = scheme.realm();
    if (!scheme.service().isEmpty()) {
      url = url.withQuery("service", scheme.service());
    }
    for (Scope scope : scopes.list()) {
      url = url.withQuery("scope", scope.toString());
    }
    return wire.send(
        new Wire.Outgoing(
            "GET",
            url,
            Headers.builder().add("Accept", "application/json").build(),
            RequestBody.NONE,
            Limits.MAX_TOKEN_BODY),
        authorization,
        patience,
        budget);
  }

  private static Wire.Outgoing exchange(
      BearerScheme scheme, Scopes scopes, Credentials.IdentityToken identity) {
    return new Wire.Outgoing(
        "POST",
        scheme.realm(),
        Headers.builder()
            .add("Accept", "application/json")
            .add("Content-Type", "application/x-www-form-urlencoded")
            .build(),
        RequestBody.of(form(scheme, scopes, identity)),
        Limits.MAX_TOKEN_BODY);
  }

  private static Bytes form(
      BearerScheme scheme, Scopes scopes, Credentials.IdentityToken identity) {
    StringBuilder form = new StringBuilder("grant_type=refresh_token&client_id=bulla&service=");
    HttpUrl.encode(form, scheme.service());
    form.append("&scope=");
    HttpUrl.encode(form, scopes.toString());
    form.append("&refresh_token=");
    HttpUrl.encode(form, identity.token());
    return Bytes.utf8(form.toString());
  }

  /** The token in an answer of status 200. */
  Token read(Answer answer, BearerScheme scheme, Scopes scopes) throws RegistryException {
    String value;
    long lifetime;
    try {
      GoFields fields =
          GoFields.of(JsonParser.parseObject(answer.body(), "token answer"), "token answer");
      value = fields.string("token").orElse("");
      if (value.isEmpty()) {
        value = fields.string("access_token").orElse("");
      }
      lifetime = fields.int64("expires_in").orElse(DEFAULT_LIFETIME_SECONDS);
      lifetime -= age(fields.string("issued_at").orElse(""), lifetime);
    } catch (MalformedInputException e) {
      throw RegistryErrors.bad(answer, e);
    }
    if (value.isEmpty()) {
      throw RegistryErrors.bad(answer, "the token service gave no token");
    }
    if (value.length() > MAX_TOKEN) {
      throw RegistryErrors.bad(answer, "the token is longer than " + MAX_TOKEN + " characters");
    }
    lifetime = Math.max(1, Math.min(lifetime, MAX_LIFETIME_SECONDS));
    // a tenth less, for clocks and the way
    long nanos = lifetime * 900_000_000L;
    return new Token(value, scopes, scheme, pace.nanoTime() + nanos);
  }

  /**
   * How many seconds ago a token was issued: services hand out the same one for a while. Nothing
   * when the time says that one of the two clocks is wrong; the registry then tells.
   */
  private long age(String issuedAt, long lifetime) {
    try {
      long age =
          issuedAt.isEmpty()
              ? 0
              : pace.now().getEpochSecond() - OffsetDateTime.parse(issuedAt).toEpochSecond();
      return age > 0 && age < lifetime ? age : 0;
    } catch (DateTimeException e) {
      return 0;
    }
  }
}
