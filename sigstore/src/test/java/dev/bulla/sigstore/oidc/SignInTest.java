package dev.bulla.sigstore.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.ServiceException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.testkit.http.BadRequest;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Served;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing in at the virtual Sigstore's issuer, in every way. */
final class SignInTest {

  private static final VirtualSigstore SIGSTORE =
      VirtualSigstore.at(Instant.parse("2026-03-04T05:06:07Z"));

  private static final HttpClient BROWSER =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();

  private final PlainTransport transport = new PlainTransport();
  private final List<Duration> pauses = new ArrayList<>();
  private VirtualSigstoreServer server;

  @BeforeEach
  void start() throws IOException {
    server = VirtualSigstoreServer.start(SIGSTORE);
    server.logIn("me@example.com");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private IdentityTokens.Builder tokens(LoginDialog dialog) {
    return IdentityTokens.builder(transport.caller(), transport.caller(), Map.of())
        .issuer(server.oidc().issuer())
        .clock(server.sigstore()::now)
        .pause(pauses::add)
        .dialog(dialog, true);
  }

  private static HttpResponse<String> visit(String url) throws IOException {
    try {
      return BROWSER.send(
          HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static String parameter(String url, String name) throws IOException {
    try {
      return WireRequest.parseForm(url.substring(url.indexOf('?') + 1)).get(name).get(0);
    } catch (BadRequest e) {
      throw new IOException(e);
    }
  }

  private static final Browser NO_BROWSER =
      url -> {
        throw new IOException("there is no desktop");
      };

  private Map<String, List<String>> form(Served request) throws Exception {
    return WireRequest.parseForm(request.body().toUtf8String("form"));
  }

  private List<Served> tokenRequests() {
    return server.served(Service.OIDC).stream().filter(s -> s.path().equals("/token")).toList();
  }

  @Test
  void theBrowserComesBackWithACode() throws Exception {
    Spoken dialog = new Spoken();
    AtomicReference<HttpResponse<String>> page = new AtomicReference<>();
    IdentityToken token = tokens(dialog).browser(url -> page.set(visit(url))).build().get();
    assertThat(token.subjectForProof()).isEqualTo("me@example.com");
    assertThat(page.get().statusCode()).isEqualTo(200);
    assertThat(page.get().body()).contains("You are signed in").doesNotContain("code-");
    assertThat(page.get().headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'");
    assertThat(page.get().uri().toString()).startsWith("http://localhost:");
    assertThat(page.get().uri().getPath()).isEqualTo("/auth/callback");
    assertThat(dialog.told)
        .singleElement()
        .asString()
        .startsWith("Your browser will now be opened to:\n" + server.oidc().issuer() + "/auth?")
        .contains("code_challenge_method=S256", "scope=openid+email", "client_id=sigstore");
    assertThat(form(tokenRequests().get(0)))
        .containsEntry("client_id", List.of("sigstore"))
        .containsKeys("code", "code_verifier", "redirect_uri");
  }

  @Test
  void everyAttemptHasItsOwnSecrets() throws Exception {
    Spoken dialog = new Spoken();
    for (int i = 0; i < 2; i++) {
      tokens(dialog).browser(url -> visit(url)).build().get();
    }
    List<Served> asked =
        server.served(Service.OIDC).stream().filter(s -> s.path().equals("/auth")).toList();
    for (String name : List.of("state", "nonce", "code_challenge")) {
      assertThat(asked)
          .extracting(s -> WireRequest.parseForm(s.query()).get(name).get(0))
          .hasSize(2)
          .doesNotHaveDuplicates()
          .allSatisfy(text -> assertThat(text).hasSize(43));
    }
  }

  @Test
  void aTokenIsKeptUntilShortlyBeforeItsEnd() throws Exception {
    VirtualSigstore sigstore = server.sigstore();
    IdentityTokens source = tokens(new Spoken()).browser(url -> visit(url)).build();
    IdentityToken first = source.get();
    assertThat(source.get()).isSameAs(first);
    assertThat(tokenRequests()).hasSize(1);
    IdentityTokens late =
        tokens(new Spoken())
            .browser(url -> visit(url))
            .clock(() -> sigstore.now().plus(Duration.ofMinutes(9)).plusSeconds(1))
            .build();
    late.get();
    late.get();
    assertThat(tokenRequests()).hasSize(3);
  }

  @Test
  void whatOthersSendToTheCallbackChangesNothing() throws Exception {
    List<Integer> statuses = new ArrayList<>();
    Browser browser =
        url -> {
          String back = parameter(url, "redirect_uri");
          String state = parameter(url, "state");
          statuses.add(visit(back + "?code=stolen&state=guessed").statusCode());
          statuses.add(visit(back + "?error=access_denied").statusCode());
          statuses.add(visit(back + "?code=a&code=b&state=" + state).statusCode());
          statuses.add(visit(back.replace("/auth/callback", "/favicon.ico")).statusCode());
          statuses.add(visit(url).statusCode());
        };
    IdentityToken token = tokens(new Spoken()).browser(browser).build().get();
    assertThat(token.subjectForProof()).isEqualTo("me@example.com");
    assertThat(statuses).containsExactly(400, 400, 404, 404, 200);
    assertThat(tokenRequests()).hasSize(1);
  }

  @Test
  void theIssuersNoIsSaidWithItsReason() {
    Browser browser =
        url ->
            visit(
                parameter(url, "redirect_uri")
                    + "?error=access_denied&error_description=not+%1b%5b31myou&state="
                    + parameter(url, "state"));
    assertThatThrownBy(() -> tokens(new Spoken()).browser(browser).build().get())
        .isInstanceOf(ServiceException.class)
        .hasMessageStartingWith("signing in: " + server.oidc().issuer() + " says no: access_denied")
        .hasMessageEndingWith("not \\u{1b}[31myou");
    assertThat(tokenRequests()).isEmpty();
  }

  @Test
  void anotherIssuersCodeIsNotTaken() {
    Browser browser =
        url ->
            visit(
                parameter(url, "redirect_uri")
                    + "?code=theirs&iss=https%3A%2F%2Fevil.test&state="
                    + parameter(url, "state"));
    assertThatThrownBy(() -> tokens(new Spoken()).browser(browser).build().get())
        .isInstanceOf(ServiceException.class)
        .hasMessage("signing in: another issuer answers, \"https://evil.test\"");
    assertThat(tokenRequests()).isEmpty();
  }

  @Test
  void aTokenForAnotherSignInIsNotTaken() {
    server.logIn(
        Map.of("sub", new JsonString("somebody"), "nonce", new JsonString("of another time")));
    Spoken dialog = new Spoken(told -> code(told));
    // by hand, since the issuer remembers no nonce that is empty
    Browser browser = url -> visit(url.replaceAll("&nonce=[^&]*", ""));
    assertThatThrownBy(() -> tokens(dialog).browser(browser).build().get())
        .isInstanceOf(ServiceException.class)
        .hasMessageContaining("its token was issued for another sign-in");
  }

  private static String code(List<String> told) {
    String said = told.get(told.size() - 2);
    try {
      return visit(said.substring(said.lastIndexOf('\t') + 1).strip()).body() + "\n";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void withoutABrowserTheCodeIsTyped() throws Exception {
    Spoken dialog = new Spoken(SignInTest::code);
    IdentityToken token = tokens(dialog).browser(NO_BROWSER).build().get();
    assertThat(token.subjectForProof()).isEqualTo("me@example.com");
    assertThat(dialog.told).hasSize(4);
    assertThat(dialog.told.get(1)).isEqualTo("error opening browser: there is no desktop");
    assertThat(dialog.told.get(2))
        .startsWith(
            "Go to the following link in a browser:\n\n\n\t " + server.oidc().issuer() + "/auth?");
    assertThat(dialog.told.get(3)).isEqualTo("Enter verification code: ");
  }

  @Test
  void aCodeThatIsNotTypedIsNotAsked() {
    Spoken dialog = new Spoken(told -> " \n");
    assertThatThrownBy(() -> tokens(dialog).browser(NO_BROWSER).build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("no verification code was entered");
    assertThat(tokenRequests()).isEmpty();
  }

  @Test
  void nobodyIsWaitedForForever() throws Exception {
    Client client =
        new Client(
            transport.caller(),
            server.oidc().issuer(),
            "sigstore",
            Optional.empty(),
            server.sigstore()::now);
    BrowserFlow flow =
        new BrowserFlow(client, new Spoken(), url -> {}, Redirect.USUAL, Duration.ZERO);
    assertThatThrownBy(flow::get)
        .isInstanceOf(ServiceException.class)
        .hasMessage("nobody signed in with the browser within 0 seconds");
  }

  @Test
  void aDeviceAsksAsOftenAsItMay() throws Exception {
    server.devicesAreTold(List.of("authorization_pending", "slow_down", "authorization_pending"));
    Spoken dialog = new Spoken();
    IdentityToken token = tokens(dialog).flow(AuthFlow.DEVICE).build().get();
    assertThat(token.subjectForProof()).isEqualTo("me@example.com");
    assertThat(dialog.announced)
        .containsExactly(
            "Enter the verification code BULL-AAAA in your browser at: "
                + server.oidc().issuer()
                + "/device?user_code=BULL-AAAA",
            "Code will be valid for 300 seconds",
            "Token received!");
    assertThat(dialog.told).isEmpty();
    assertThat(pauses)
        .containsExactly(
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(6),
            Duration.ofSeconds(6));
  }

  @Test
  void aDeviceStopsWhenItsCodeEnds() {
    server.devicesAreTold(Collections.nCopies(400, "authorization_pending"));
    assertThatThrownBy(() -> tokens(new Spoken()).flow(AuthFlow.DEVICE).build().get())
        .isInstanceOf(ServiceException.class)
        .hasMessageEndingWith("/device/code: the code was not entered while it was valid");
    assertThat(pauses).hasSize(300);
  }

  @ParameterizedTest
  @ValueSource(strings = {"access_denied", "expired_token", "invalid_grant"})
  void aDeviceStopsWhenTheIssuerSaysNo(String error) {
    server.devicesAreTold(List.of("authorization_pending", error));
    assertThatThrownBy(() -> tokens(new Spoken()).flow(AuthFlow.DEVICE).build().get())
        .isInstanceOf(ServiceException.class)
        .hasMessageEndingWith("/token: HTTP 400: " + error);
  }

  @Test
  void aDeviceNeedsNoTerminal() throws Exception {
    Spoken dialog = new Spoken();
    IdentityTokens source = tokens(dialog).dialog(dialog, false).flow(AuthFlow.DEVICE).build();
    assertThat(source.get().issuer()).isEqualTo(server.oidc().issuer());
  }

  @Test
  void aClientWithASecretIsSomebodyByItself(@TempDir Path folder) throws Exception {
    server.clientHasSecret("s3cret & more");
    Files.writeString(folder.resolve("secret"), " s3cret & more\n");
    IdentityTokens.Builder builder =
        tokens(new Spoken()).flow(AuthFlow.CLIENT_CREDENTIALS).directory(folder);
    IdentityToken token = builder.clientSecretFile("secret").build().get();
    assertThat(token.issuer()).isEqualTo(server.oidc().issuer());
  }

  @Test
  void aClientWithAnotherSecretIsNobodyAndTheSecretIsNotShown(@TempDir Path folder)
      throws Exception {
    server.clientHasSecret("s3cret");
    Path file = Files.writeString(folder.resolve("secret"), "wrong-s3cret");
    IdentityTokens.Builder builder = tokens(new Spoken()).flow(AuthFlow.CLIENT_CREDENTIALS);
    assertThatThrownBy(() -> builder.clientSecretFile(file.toString()).build().get())
        .isInstanceOf(ServiceException.class)
        .hasMessageEndingWith("/token: HTTP 400: invalid_client")
        .hasMessageNotContaining("wrong-s3cret");
    assertThatThrownBy(() -> tokens(new Spoken()).flow(AuthFlow.CLIENT_CREDENTIALS).build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("the flow client_credentials needs the client's secret");
  }

  private void discovered(String member, String value) {
    server.disturb(
        Service.OIDC,
        1,
        response -> {
          JsonObject.Builder changed = JsonObject.builder();
          Map<String, String> members =
              Map.of(
                  "issuer", server.oidc().issuer(),
                  "authorization_endpoint", server.oidc().issuer() + "/auth",
                  "token_endpoint", server.oidc().issuer() + "/token",
                  "device_authorization_endpoint", server.oidc().issuer() + "/device/code");
          members.forEach((name, usual) -> changed.put(name, name.equals(member) ? value : usual));
          return response.withBody(WireBody.of(GoJson.write(changed.build())));
        });
  }

  private BullaException failure(AuthFlow flow) {
    try {
      tokens(new Spoken()).flow(flow).browser(url -> visit(url)).build().get();
    } catch (BullaException e) {
      return e;
    }
    throw new AssertionError("no failure");
  }

  @Test
  void aDocumentOfAnotherIssuerIsNotBelieved() {
    discovered("issuer", server.oidc().issuer() + "/");
    assertThat(failure(AuthFlow.DEVICE).message()).contains("it is of the issuer");
    assertThat(server.served(Service.OIDC)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://evil.test/token", "ftp://x", "javascript:alert(1)", "", "/token"})
  void nobodyIsSentToWhereThereIsNoTls(String place) {
    discovered("token_endpoint", place);
    assertThat(failure(AuthFlow.DEVICE).message())
        .contains("token_endpoint: ")
        .contains("is no URL");
    discovered("authorization_endpoint", place);
    assertThat(failure(AuthFlow.NORMAL).message()).contains("authorization_endpoint: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://evil.test", "ftp://x", "issuer", "https://u:p@evil.test"})
  void anIssuerHasTls(String issuer) {
    assertThatThrownBy(
            () -> tokens(new Spoken()).issuer(issuer).flow(AuthFlow.DEVICE).build().get())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("OIDC issuer");
    assertThat(transport.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "", "{\"id_token\":7}", "{\"id_token\":\"a.b.c\"}"})
  void anAnswerWithoutATokenIsNone(String body) {
    // discovery, code, token
    server.disturb(Service.OIDC, 2, response -> response);
    server.disturb(Service.OIDC, 1, response -> response.withText("application/json", body));
    assertThat(failure(AuthFlow.DEVICE)).isInstanceOf(ServiceException.class);
  }

  @Test
  void aRedirectOfTheTokenEndpointIsNotFollowed() {
    server.disturb(Service.OIDC, 2, response -> response);
    server.disturb(
        Service.OIDC,
        1,
        response -> WireResponse.of(307).with("Location", server.url(Service.TSA) + "/token"));
    assertThat(failure(AuthFlow.DEVICE).message()).contains("HTTP 307, which leads elsewhere");
    assertThat(server.served(Service.TSA)).isEmpty();
  }

  @Test
  void anIssuersTokensAreItsOwnAndForTheClient() throws Exception {
    server.logIn(Map.of("sub", new JsonString("a"), "iss", new JsonString("https://other.test")));
    assertThat(failure(AuthFlow.DEVICE).message())
        .endsWith("its token is of the issuer \"https://other.test\"");
    server.logIn(Map.of("sub", new JsonString("a"), "aud", new JsonString("other")));
    assertThat(failure(AuthFlow.DEVICE).message())
        .isEqualTo("identity token: it is for \"other\", not for \"sigstore\"");
  }

  @Test
  void theRedirectIsAPageOfThisMachine() throws Exception {
    for (String url :
        List.of(
            "https://localhost/x",
            "http://evil.test/x",
            "http://me@localhost/x",
            "http://localhost/x?y",
            "localhost:80",
            "http://localhost:99999/")) {
      assertThatThrownBy(() -> tokens(new Spoken()).redirectUrl(url).build())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith("--oidc-redirect-url: ");
    }
    AtomicReference<HttpResponse<String>> page = new AtomicReference<>();
    tokens(new Spoken())
        .redirectUrl("http://127.0.0.1:0/back")
        .browser(url -> page.set(visit(url)))
        .build()
        .get();
    assertThat(page.get().uri().getHost()).isEqualTo("127.0.0.1");
    assertThat(page.get().uri().getPath()).isEqualTo("/back");
  }
}
