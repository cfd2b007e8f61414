package dev.bulla.kms.gcp;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsHttp;
import dev.bulla.keys.kms.KmsTrust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The service account of a machine of Google's, or of a workload there: the metadata server gives
 * its tokens to whoever asks from there. Own code and not the library's, which reads the variable
 * of the process behind our back and waits long where there is no such server.
 *
 * <p>Source: Google Cloud, "Access and query VM metadata".
 */
final class MachineAccount {

  private static final int MAX_SECONDS = 1_000_000;

  private final URI address;
  private final Duration timeout;
  private final KmsFailures failures;
  private @Nullable BearerToken token;

  private MachineAccount(URI address, Duration timeout, KmsFailures failures) {
    this.address = address;
    this.timeout = timeout;
    this.failures = failures;
  }

  /** The server is at {@code GCE_METADATA_HOST}, as with all of Google's clients. */
  static MachineAccount of(KmsContext context, KmsFailures failures, String scope)
      throws KeyException {
    String host = context.variable("GCE_METADATA_HOST").orElse("metadata.google.internal");
    if (!host.matches("[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\\[[0-9A-Fa-f:]+](:[0-9]{1,5})?")) {
      throw KeyException.of(
          Problem.MISCONFIGURED,
          failures.service() + ": GCE_METADATA_HOST is not a host",
          "unset it for the usual one",
          null);
    }
    return new MachineAccount(
        URI.create(
            "http://"
                + host
                + "/computeMetadata/v1/instance/service-accounts/default/token?scopes="
                + scope),
        context.timeout(),
        failures);
  }

  /** The token; the server makes a new one when the last is about to end, so one ask is enough. */
  synchronized BearerToken token() throws KeyException {
    if (token == null) {
      token = ask();
    }
    return token;
  }

  private BearerToken ask() throws KeyException {
    KmsHttp.Answer answer;
    // never through a proxy, which is another machine; over plain HTTP no certificate is shown
    try (KmsHttp http =
        KmsHttp.create(
            timeout, KmsTrust.insecureAnyCertificate(), Optional.of(HttpClient.Builder.NO_PROXY))) {
      answer =
          http.exchange(HttpRequest.newBuilder(address).header("Metadata-Flavor", "Google").GET());
    } catch (IOException e) {
      throw failures.notAuthenticated(
          "no Google credentials were found, and this is no machine of Google's",
          GoogleTokens.LOG_IN,
          null);
    }
    if (!answer.headers().firstValue("Metadata-Flavor").orElse("").equals("Google")) {
      // some networks answer for every name
      throw failures.notAuthenticated(
          "no Google credentials were found, and what answers for the metadata server is another",
          GoogleTokens.LOG_IN,
          null);
    }
    if (answer.status() == 404) {
      throw failures.notAuthenticated(
          "this machine has no service account", "give it one, or " + GoogleTokens.LOG_IN, null);
    }
    try {
      JsonObject document = JsonParser.parseObject(answer.body(), "answer");
      if (answer.isOk()
          && document.get("access_token").orElse(JsonObject.EMPTY) instanceof JsonString text
          && text.value().matches("[!-~]+")) {
        return new BearerToken(text.value(), ends(document));
      }
    } catch (MalformedInputException e) {
      // as below: the message could show what was to be a token
    }
    throw failures.unreachable("the metadata server", "HTTP " + answer.status(), null);
  }

  private static Instant ends(JsonObject answer) throws MalformedInputException {
    return answer.get("expires_in").orElse(answer) instanceof JsonNumber seconds
        ? Instant.now().plusSeconds(Math.clamp(seconds.longValue(), 0, MAX_SECONDS))
        : Instant.MAX;
  }

  synchronized void forget() {
    token = null;
  }
}
