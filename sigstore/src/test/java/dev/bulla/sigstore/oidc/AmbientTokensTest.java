package dev.bulla.sigstore.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.ServiceException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import dev.bulla.testkit.sigstore.VirtualOidc;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each provider against a double that answers nothing but the request that the real one wants. */
final class AmbientTokensTest {

  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
  private static final VirtualOidc ISSUER = VirtualOidc.create("https://ci.test");
  private static final String TOKEN =
      ISSUER.token(ISSUER.claims(NOW, Map.of("sub", new JsonString("the job"))));
  private static final String OTHER =
      ISSUER.token(
          ISSUER.claims(
              NOW, Map.of("sub", new JsonString("other job"), "aud", new JsonString("org"))));

  @TempDir private Path root;

  private final PlainTransport transport = new PlainTransport();
  private final PlainTransport direct = new PlainTransport();
  private final Map<String, String> variables = new HashMap<>();
  private WireServer server;

  @BeforeEach
  void start() throws IOException {
    server = WireServer.start(WireServer.loopback(), (request, waiting) -> answer(request));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String url() {
    return "http://127.0.0.1:" + server.address().getPort();
  }

  private IdentityTokens.Builder tokens() {
    return IdentityTokens.builder(transport.caller(), direct.caller(), variables)
        .root(root)
        .directory(root)
        .googleIam(url())
        .clock(() -> NOW);
  }

  private static WireResponse json(JsonObject body) {
    return WireResponse.of(200)
        .with("Content-Type", "application/json")
        .withBody(WireBody.of(GoJson.write(body)));
  }

  private static boolean has(WireRequest request, String header, String value) {
    return request.headers().all(header).equals(List.of(value));
  }

  private WireResponse answer(WireRequest request) throws IOException {
    String body;
    try {
      body = LimitedInput.readAll(request.body(), 10_000, "body").toUtf8String("body");
    } catch (MalformedInputException e) {
      return WireResponse.of(400);
    }
    String asked = request.method() + " " + request.path() + "?" + request.rawQuery();
    return switch (asked) {
      case "GET /github/token?api-version=2.0&audience=sigstore" ->
          has(request, "Authorization", "Bearer gh-secret")
              ? json(JsonObject.builder().put("count", 1).put("value", TOKEN).build())
              : WireResponse.of(401);
      case "GET /github/leads-away?audience=sigstore" ->
          WireResponse.of(302).with("Location", url() + "/elsewhere");
      case "POST /buildkite/v3/jobs/0190-job/oidc/tokens?" ->
          has(request, "Authorization", "Token bk-secret")
                  && has(request, "Content-Type", "application/json")
                  && object(body).equals(JsonObject.builder().put("audience", "sigstore").build())
              ? json(JsonObject.builder().put("token", TOKEN).build())
              : WireResponse.of(401).withText("text/plain", "bk-secret is not accepted");
      case "GET /computeMetadata/v1/instance/service-accounts/default/identity"
              + "?audience=sigstore&format=full" ->
          has(request, "Metadata-Flavor", "Google")
              ? WireResponse.of(200)
                  .with("Metadata-Flavor", "Google")
                  .withText("text/html", TOKEN + "\n")
              : WireResponse.of(403);
      case "GET /computeMetadata/v1/instance/service-accounts/default/token"
              + "?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform" ->
          has(request, "Metadata-Flavor", "Google")
              ? json(JsonObject.builder()
                      .put("access_token", "ya29.own")
                      .put("expires_in", 3599)
                      .put("token_type", "Bearer")
                      .build())
                  .with("Metadata-Flavor", "Google")
              : WireResponse.of(403);
      case "POST /v1/projects/-/serviceAccounts/a@p.iam.gserviceaccount.com:generateIdToken?" -> {
        boolean known =
            has(request, "Authorization", "Bearer ya29.own")
                || has(request, "Authorization", "Bearer ya29.given");
        yield known
                && object(body)
                    .equals(
                        JsonObject.builder()
                            .put("audience", "sigstore")
                            .put("includeEmail", true)
                            .build())
            ? json(JsonObject.builder().put("token", TOKEN).build())
            : WireResponse.of(403);
      }
      default -> WireResponse.of(404);
    };
  }

  private static JsonObject object(String body) {
    try {
      return JsonParser.parseObject(Bytes.utf8(body), "body");
    } catch (MalformedInputException e) {
      return JsonObject.EMPTY;
    }
  }

  private Path file(String path, String text) throws IOException {
    Path file = root.resolve(path.substring(1));
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private void gitHub() {
    variables.put("ACTIONS_ID_TOKEN_REQUEST_URL", url() + "/github/token?api-version=2.0");
    variables.put("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "gh-secret");
  }

  @Test
  void aJobOfGitHubActions() throws Exception {
    gitHub();
    assertThat(tokens().build().get().subjectForProof()).isEqualTo("the job");
    assertThat(tokens().provider("github-actions").build().get().text()).isEqualTo(TOKEN);
  }

  @Test
  void gitHubsTokenDoesNotFollowRedirects() {
    gitHub();
    variables.put("ACTIONS_ID_TOKEN_REQUEST_URL", url() + "/github/leads-away");
    assertThatThrownBy(() -> tokens().build().get())
        .isInstanceOf(ServiceException.class)
        .hasMessageStartingWith("ambient provider github-actions: GET ")
        .hasMessageEndingWith("HTTP 302, which leads elsewhere");
    assertThat(transport.asked()).hasSize(1);
  }

  @Test
  void gitHubsTokenIsNotSentWithoutTls() {
    gitHub();
    variables.put("ACTIONS_ID_TOKEN_REQUEST_URL", "http://evil.test/token");
    assertThatThrownBy(() -> tokens().build().get())
        .isInstanceOf(ServiceException.class)
        .hasMessageEndingWith("secrets are not sent over plain HTTP");
    assertThat(transport.asked()).isEmpty();
  }

  @Test
  void anotherAudienceIsAskedFor() {
    gitHub();
    assertThatThrownBy(() -> tokens().clientId("mine&more").build().get())
        .isInstanceOf(ServiceException.class)
        .hasMessageEndingWith("HTTP 404");
    variables.put("ACTIONS_ID_TOKEN_REQUEST_URL", "no url");
    assertThatThrownBy(() -> tokens().build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("ACTIONS_ID_TOKEN_REQUEST_URL: URL: ");
  }

  @Test
  void aJobOfBuildkite() throws Exception {
    variables.put("BUILDKITE_AGENT_ACCESS_TOKEN", "bk-secret");
    variables.put("BUILDKITE_AGENT_ENDPOINT", url() + "/buildkite/v3/");
    variables.put("BUILDKITE_JOB_ID", "0190-job");
    assertThat(tokens().build().get().subjectForProof()).isEqualTo("the job");
  }

  @Test
  void buildkitesSecretIsNotShown() {
    variables.put("BUILDKITE_AGENT_ACCESS_TOKEN", "is");
    variables.put("BUILDKITE_AGENT_ENDPOINT", url() + "/buildkite/v3");
    variables.put("BUILDKITE_JOB_ID", "0190-job");
    assertThatThrownBy(() -> tokens().build().get())
        .isInstanceOf(ServiceException.class)
        .hasMessageEndingWith("HTTP 401: bk-secret … not accepted");
    variables.put("BUILDKITE_JOB_ID", "../../x");
    assertThatThrownBy(() -> tokens().build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageEndingWith("BUILDKITE_JOB_ID is not set to a job");
  }

  @Test
  void aVariable() throws Exception {
    variables.put("SIGSTORE_ID_TOKEN", TOKEN + "\n");
    assertThat(tokens().build().get().text()).isEqualTo(TOKEN);
    variables.put("SIGSTORE_ID_TOKEN", "");
    assertThatThrownBy(() -> tokens().build().get()).isInstanceOf(ConfigurationException.class);
    variables.put("SIGSTORE_ID_TOKEN", "s3cret");
    assertThatThrownBy(() -> tokens().build().get())
        .isInstanceOf(MalformedInputException.class)
        .hasMessageStartingWith("ambient provider envvar: SIGSTORE_ID_TOKEN: identity token: ")
        .hasMessageNotContaining("s3cret");
  }

  /** A Fulcio of one's own may want another audience than ours. */
  @Test
  void aVariableThatWasSetByHandMayHaveAnyAudience() throws Exception {
    variables.put("SIGSTORE_ID_TOKEN", OTHER);
    assertThat(tokens().build().get().text()).isEqualTo(OTHER);
  }

  @Test
  void aProjectedFile() throws Exception {
    Path file = file("/var/run/sigstore/cosign/oidc-token", TOKEN + "\n");
    assertThat(tokens().build().get().text()).isEqualTo(TOKEN);
    Files.writeString(file, "x".repeat(70_000));
    assertThatThrownBy(() -> tokens().build().get())
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("larger than the limit");
  }

  @Test
  void aFileThatAVariableNames() throws Exception {
    file("/volume/token", TOKEN);
    variables.put("SIGSTORE_ID_TOKEN_FILE", "volume/token");
    assertThat(tokens().build().get().text()).isEqualTo(TOKEN);
    variables.put("SIGSTORE_ID_TOKEN_FILE", "/volume/none");
    assertThatThrownBy(() -> tokens().build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("ambient provider filesystem: open ")
        .hasMessageEndingWith("none: no such file or directory");
  }

  /** It is for the cluster's API server, and would be somebody else's if it went elsewhere. */
  @Test
  void theServiceAccountsOwnTokenIsNotTaken() throws Exception {
    file("/var/run/secrets/kubernetes.io/serviceaccount/token", TOKEN);
    variables.put("KUBERNETES_SERVICE_HOST", "10.0.0.1");
    assertThatThrownBy(() -> tokens().build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("no identity token");
  }

  @Test
  void aSpiffeIdInAFile() throws Exception {
    file("/run/svid", TOKEN);
    variables.put("SPIFFE_JWT_SVID_FILE", "/run/svid");
    assertThat(tokens().build().get().text()).isEqualTo(TOKEN);
    assertThat(tokens().provider("spiffe").build().get().text()).isEqualTo(TOKEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Google\n", "Google Compute Engine"})
  void aMachineOfGooglesIsAskedWithoutAProxy(String product) throws Exception {
    file("/sys/class/dmi/id/product_name", product);
    variables.put("GCE_METADATA_HOST", "127.0.0.1:" + server.address().getPort());
    assertThat(tokens().build().get().text()).isEqualTo(TOKEN);
    assertThat(direct.asked()).hasSize(1);
    assertThat(transport.asked()).isEmpty();
  }

  @Test
  void anotherMachineIsNotAsked() throws Exception {
    file("/sys/class/dmi/id/product_name", "Googolplex");
    assertThatThrownBy(() -> tokens().build().get()).isInstanceOf(ConfigurationException.class);
    assertThat(direct.asked()).isEmpty();
  }

  @Test
  void whatAnswersForGooglesServerIsToBeOne() {
    variables.put("GCE_METADATA_HOST", "127.0.0.1:" + server.address().getPort());
    assertThatThrownBy(() -> tokens().clientId("other").build().get())
        .isInstanceOf(ServiceException.class)
        .hasMessageEndingWith("what answers is no metadata server of Google's");
    for (String host : List.of("127.0.0.1/x", "a@b", "x?y", "")) {
      variables.put("GCE_METADATA_HOST", host);
      assertThatThrownBy(() -> tokens().provider("google-workload-identity").build().get())
          .isInstanceOf(ConfigurationException.class);
    }
  }

  @Test
  void anotherAccountOfGoogles() throws Exception {
    variables.put("GOOGLE_SERVICE_ACCOUNT_NAME", "a@p.iam.gserviceaccount.com");
    variables.put("GCE_METADATA_HOST", "127.0.0.1:" + server.address().getPort());
    assertThat(tokens().provider("google-impersonate").build().get().text()).isEqualTo(TOKEN);
    assertThat(direct.asked()).hasSize(1);
    variables.remove("GCE_METADATA_HOST");
    variables.put("CLOUDSDK_AUTH_ACCESS_TOKEN", "ya29.given");
    assertThat(tokens().build().get().text()).isEqualTo(TOKEN);
    variables.remove("CLOUDSDK_AUTH_ACCESS_TOKEN");
    assertThatThrownBy(() -> tokens().build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("there is no access token to speak for that account with");
    variables.put("GOOGLE_SERVICE_ACCOUNT_NAME", "../x");
    assertThatThrownBy(() -> tokens().build().get())
        .hasMessageEndingWith("GOOGLE_SERVICE_ACCOUNT_NAME is no service account");
  }

  @ParameterizedTest
  @CsvSource({
    "gitlab, GITLAB_CI, SIGSTORE_ID_TOKEN",
    "jenkins, JENKINS_URL, SIGSTORE_ID_TOKEN",
    "bitbucket, BITBUCKET_BUILD_NUMBER, BITBUCKET_STEP_OIDC_TOKEN"
  })
  void aCiSystemThatSetsAVariable(String name, String system, String variable) throws Exception {
    variables.put(system, "true");
    assertThatThrownBy(() -> tokens().provider(name).build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("--oidc-provider " + name + ": it has no token for this machine");
    variables.put(variable, TOKEN);
    assertThat(tokens().provider(name).build().get().text()).isEqualTo(TOKEN);
    assertThat(tokens().build().get().text()).isEqualTo(TOKEN);
  }

  @Test
  void bitbucketsTokenIsForUs() {
    variables.put("BITBUCKET_STEP_OIDC_TOKEN", OTHER);
    assertThatThrownBy(() -> tokens().build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "ambient provider bitbucket: BITBUCKET_STEP_OIDC_TOKEN: identity token: it is for"
                + " \"org\", not for \"sigstore\"");
  }

  private void circleci(String script) throws IOException {
    variables.put("CIRCLE_OIDC_TOKEN_V2", OTHER);
    variables.put("COSIGN_PASSWORD", "s3cret");
    Path program = file("/bin/circleci", "#!/bin/sh\n" + script + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    variables.put("PATH", "relative" + File.pathSeparator + root.resolve("bin"));
  }

  @Test
  void aJobOfCircleCiAsksItsCommand() throws Exception {
    circleci(
        "test \"$#\" = 5 && test \"$1 $2 $3 $4 $5\" ="
            + " 'run oidc get --claims {\"aud\":\"sigstore\"}' && test -z \"$COSIGN_PASSWORD\""
            + " && test -n \"$CIRCLE_OIDC_TOKEN_V2\" && echo "
            + TOKEN);
    assertThat(tokens().build().get().text()).isEqualTo(TOKEN);
    variables.put("CIRCLE_OIDC_TOKEN_V2", TOKEN);
    variables.remove("PATH");
    assertThat(tokens().build().get().text()).isEqualTo(TOKEN);
  }

  @Test
  void circleCisCommandMayFail() throws Exception {
    circleci("exit 7");
    assertThatThrownBy(() -> tokens().build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "ambient provider circleci: `circleci run oidc get`: it failed with exit code 7");
    variables.put("PATH", "/none");
    assertThatThrownBy(() -> tokens().build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("there is no `circleci`");
  }

  @Test
  void theFirstThatIsHereCounts() throws Exception {
    gitHub();
    variables.put("SIGSTORE_ID_TOKEN", OTHER);
    assertThat(tokens().build().get().text()).isEqualTo(TOKEN);
    assertThat(tokens().provider("envvar").build().get().text()).isEqualTo(OTHER);
  }

  @Test
  void oneThatFailsLeavesItToTheNext() throws Exception {
    gitHub();
    variables.put("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "wrong");
    variables.put("SIGSTORE_ID_TOKEN", OTHER);
    assertThat(tokens().build().get().text()).isEqualTo(OTHER);
    variables.remove("SIGSTORE_ID_TOKEN");
    // a machine whose own identity fails asks nobody
    assertThatThrownBy(() -> tokens().dialog(new Spoken(), true).build().get())
        .isInstanceOf(ServiceException.class)
        .hasMessageContaining("HTTP 401");
  }

  @Test
  void namesAreCosignsAndThenOurs() throws BullaException {
    assertThatThrownBy(() -> tokens().provider("google").build())
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(e.hint().orElse(""))
                    .isEqualTo(
                        "it is one of github-actions, buildkite-agent, envvar, filesystem,"
                            + " google-workload-identity, google-impersonate, spiffe, gitlab,"
                            + " circleci, bitbucket, jenkins"))
        .hasMessage("google is not a valid provider");
  }

  @Test
  void theyCanBeLeftOut() {
    variables.put("SIGSTORE_ID_TOKEN", TOKEN);
    assertThatThrownBy(() -> tokens().withoutAmbientProviders().build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("no identity token");
    assertThatThrownBy(() -> tokens().withoutAmbientProviders().provider("envvar").build())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--oidc-disable-ambient-providers");
  }

  @Test
  void aTokenThatWasGivenWins() throws Exception {
    gitHub();
    assertThat(tokens().token(OTHER).build().get().text()).isEqualTo(OTHER);
    file("/token", OTHER + "\n");
    assertThat(tokens().token("token").build().get().text()).isEqualTo(OTHER);
    assertThat(transport.asked()).isEmpty();
  }

  @Test
  void aFileThatIsNotThereIsNamedAndADamagedTokenIsNot() {
    assertThatThrownBy(() -> tokens().token("no-such-file").build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "reading ID token: getting id token: open no-such-file: no such file or directory");
    assertThatThrownBy(() -> tokens().token(TOKEN + ".").build().get())
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("identity token: not 3 parts with dots between them");
  }

  @Test
  void whatHasEndedIsNotUsed() {
    Instant end = NOW.plusSeconds(600);
    assertThatThrownBy(() -> tokens().token(TOKEN).clock(() -> end).build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("identity token: expired at 2026-03-04T05:16:07Z");
  }

  /**
   * Neither a socket nor standard input: it has to be said at once, in a job that nobody watches.
   */
  @ParameterizedTest
  @CsvSource({
    "GITHUB_ACTIONS, permissions: id-token: write",
    "GITLAB_CI, id_tokens: SIGSTORE_ID_TOKEN: aud: sigstore",
    "BITBUCKET_BUILD_NUMBER, oidc: audiences: [sigstore]",
    "CIRCLECI, CIRCLE_OIDC_TOKEN_V2",
    "JENKINS_URL, oidc-provider",
    "SPIFFE_ENDPOINT_SOCKET, SPIFFE_JWT_SVID_FILE",
    "CI, --identity-token"
  })
  void withoutATokenAndATerminalNothingIsAsked(String system, String advice) {
    variables.put(system, "true");
    for (IdentityTokens.Builder builder :
        List.of(tokens(), tokens().flow(AuthFlow.NORMAL), tokens().dialog(new Spoken(), false))) {
      assertThatThrownBy(() -> builder.build().get())
          .isInstanceOfSatisfying(
              ConfigurationException.class, e -> assertThat(e.hint().orElse("")).contains(advice))
          .hasMessage("no identity token, and no terminal at which somebody could sign in");
    }
    assertThat(transport.asked()).isEmpty();
    assertThat(direct.asked()).isEmpty();
  }

  @Test
  void theFlowTokenAsksNobody() {
    assertThatThrownBy(() -> tokens().dialog(new Spoken(), true).flow(AuthFlow.TOKEN).build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("no identity token was given");
  }

  @Test
  void flowsHaveTheirNames() throws Exception {
    assertThat(AuthFlow.parse("client_credentials")).isEqualTo(AuthFlow.CLIENT_CREDENTIALS);
    assertThatThrownBy(() -> AuthFlow.parse("NORMAL"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("unsupported oauth flow: NORMAL");
  }
}
