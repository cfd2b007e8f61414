package dev.bulla.kms.azure;

import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsHttp;
import dev.bulla.keys.kms.KmsTrust;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * The managed identity of a machine of Azure's, or of an app there: a server on the spot gives its
 * tokens to whoever asks from there. Own code and not MSAL's, which reads the variables of the
 * process behind our back and waits long where there is no such server.
 *
 * <p>Source: "How to use managed identities for Azure resources on an Azure VM to acquire an access
 * token", "How to use managed identities for App Service and Azure Functions".
 */
final class MachineIdentity implements TokenSource {

  private static final String APP = "IDENTITY_ENDPOINT";
  private static final String APP_SECRET = "IDENTITY_HEADER";
  private static final String MACHINE = "AZURE_POD_IDENTITY_AUTHORITY_HOST";

  /** On machines of Azure's it answers in a millisecond; elsewhere nobody may. */
  private static final Duration PROBE = Duration.ofSeconds(1);

  private static final String HINT =
      "give this machine or app a managed identity, name the one to use in AZURE_CLIENT_ID, or "
          + AzureTokens.LOG_IN;

  private final KmsContext context;

  private MachineIdentity(KmsContext context) {
    this.context = context;
  }

  static MachineIdentity of(KmsContext context) {
    return new MachineIdentity(context);
  }

  @Override
  public Optional<String> token(TokenRequest request) throws TokenException {
    Optional<String> app = context.variable(APP);
    return app.isPresent() ? ofApp(app.get(), request) : ofMachine(request);
  }

  private Optional<String> ofApp(String endpoint, TokenRequest request) throws TokenException {
    Optional<String> secret = context.variable(APP_SECRET);
    if (secret.isEmpty()
        || context.variable("IDENTITY_SERVER_THUMBPRINT").isPresent()
        || context.variable("IMDS_ENDPOINT").isPresent()) {
      throw new TokenException(
          Problem.MISCONFIGURED,
          "managed identities of Azure Arc and Service Fabric are not supported",
          "use a service principal, or `az login --identity` with AZURE_TOKEN_CREDENTIALS=dev");
    }
    if (!secret.get().matches("[!-~]{1,4096}")) {
      throw new TokenException(Problem.MISCONFIGURED, APP_SECRET + " is none", HINT);
    }
    KmsHttp.Answer answer =
        exchange(
            HttpRequest.newBuilder(address(endpoint, "", "2019-08-01", request))
                .header("X-IDENTITY-HEADER", secret.get()));
    return Optional.of(token(answer));
  }

  private Optional<String> ofMachine(TokenRequest request) throws TokenException {
    URI address =
        address(
            context.variable(MACHINE).orElse("http://169.254.169.254").replaceAll("/+$", ""),
            "/metadata/identity/oauth2/token",
            "2018-02-01",
            request);
    if (!isThere(address)) {
      return Optional.empty();
    }
    KmsHttp.Answer answer = exchange(HttpRequest.newBuilder(address).header("Metadata", "true"));
    // the machine is Azure's and has no such identity: somebody may have logged in there
    return answer.status() == 400 || answer.status() == 404
        ? Optional.empty()
        : Optional.of(token(answer));
  }

  /** Asked without the header that it insists on, the server refuses at once. */
  private boolean isThere(URI address) {
    try (KmsHttp probe = direct(PROBE)) {
      return probe.exchange(HttpRequest.newBuilder(address).GET()).status() == 400;
    } catch (IOException e) {
      return false;
    }
  }

  /** Never through a proxy, which is another machine; over plain HTTP no certificate is shown. */
  private static KmsHttp direct(Duration timeout) {
    return KmsHttp.create(
        timeout, KmsTrust.insecureAnyCertificate(), Optional.of(HttpClient.Builder.NO_PROXY));
  }

  private URI address(String start, String path, String version, TokenRequest request)
      throws TokenException {
    String client =
        context
            .variable("AZURE_CLIENT_ID")
            .map(id -> "&client_id=" + URLEncoder.encode(id, StandardCharsets.UTF_8))
            .orElse("");
    try {
      URI base = new URI(start);
      if ("http".equals(base.getScheme()) && base.getHost() != null && base.getRawQuery() == null) {
        return URI.create(
            start
                + path
                + "?api-version="
                + version
                + "&resource="
                + URLEncoder.encode(request.resource(), StandardCharsets.UTF_8)
                + client);
      }
    } catch (URISyntaxException e) {
      // as below
    }
    throw new TokenException(
        Problem.MISCONFIGURED,
        (path.isEmpty() ? APP : MACHINE) + " is not an address of http://",
        "Azure sets it; unset it elsewhere");
  }

  private KmsHttp.Answer exchange(HttpRequest.Builder request) throws TokenException {
    try (KmsHttp http = direct(context.timeout())) {
      return http.exchange(request.GET());
    } catch (IOException e) {
      throw new TokenException(
          Problem.UNREACHABLE, "the managed identity: " + KmsHttp.reason(e), HINT);
    }
  }

  private static String token(KmsHttp.Answer answer) throws TokenException {
    if (!answer.isOk()) {
      throw EntraAnswer.refusal(answer, HINT);
    }
    try {
      JsonObject document = JsonParser.parseObject(answer.body(), "answer");
      String token = EntraAnswer.text(document, "access_token");
      if (!token.isEmpty()) {
        return token;
      }
    } catch (MalformedInputException e) {
      // as below: the message could show what was to be a token
    }
    throw new TokenException(
        Problem.BAD_ANSWER, "the managed identity answers without a token", HINT);
  }
}
