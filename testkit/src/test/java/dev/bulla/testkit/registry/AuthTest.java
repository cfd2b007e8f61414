package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.json.JsonString;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AuthTest extends RegistryTest {

  private static final String FORM = "application/x-www-form-urlencoded";

  private final SampleImage image = SampleImage.image("auth");

  private static String basic(String user, String password) {
    return "Basic " + Base64Text.encode(Bytes.utf8(user + ":" + password));
  }

  private void start(Auth auth) throws IOException {
    start(EmbeddedRegistry.options().auth(auth));
    image.pushTo(registry.repository("app"), "v1");
  }

  private static String member(Caller.Answer answer, String name) {
    return ((JsonString) answer.json().get(name).orElseThrow()).value();
  }

  private String token(String query, String... headers) throws IOException {
    Caller.Answer answer = caller.get("/token?" + query, headers);
    assertThat(answer.status()).isEqualTo(200);
    return "Bearer " + member(answer, "token");
  }

  private int pull(String authorization) throws IOException {
    return caller.get("/v2/app/manifests/v1", "Authorization", authorization).status();
  }

  private int push(String authorization) throws IOException {
    return caller
        .post(
            "/v2/app/blobs/uploads/?digest=" + Digest.sha256(Bytes.utf8("x")),
            Bytes.utf8("x"),
            "Authorization",
            authorization)
        .status();
  }

  // ---- basic

  @Test
  void asksForBasicCredentials() throws IOException {
    start(Auth.basic().user("alice", "secret").realm("the \"realm\""));
    Caller.Answer answer = caller.get("/v2/app/manifests/v1");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("WWW-Authenticate")).contains("Basic realm=\"the \\\"realm\\\"\"");
    assertThat(answer.text())
        .isEqualTo(
            "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\","
                + "\"detail\":[{\"Type\":\"repository\",\"Class\":\"\",\"Name\":\"app\","
                + "\"Action\":\"pull\"}]}]}");
    assertThat(caller.get("/v2/").status()).isEqualTo(401);
  }

  @Test
  void letsInWhoeverKnowsThePassword() throws IOException {
    start(Auth.basic().user("alice", "pass:word ü"));
    assertThat(pull(basic("alice", "pass:word ü"))).isEqualTo(200);
    assertThat(pull(basic("alice", "wrong"))).isEqualTo(401);
    assertThat(pull(basic("bob", "pass:word ü"))).isEqualTo(401);
    assertThat(pull("Basic ???")).isEqualTo(401);
    assertThat(pull("Bearer x")).isEqualTo(401);
  }

  @Test
  void deniesWhatAUserMayNotDo() throws IOException {
    start(
        Auth.basic()
            .user("reader", "pw", EnumSet.of(Action.PULL))
            .user("writer", "pw", EnumSet.of(Action.PULL, Action.PUSH)));
    assertThat(pull(basic("reader", "pw"))).isEqualTo(200);
    assertThat(push(basic("reader", "pw"))).isEqualTo(403);
    assertThat(push(basic("writer", "pw"))).isEqualTo(201);
    Caller.Answer delete =
        caller.delete("/v2/app/manifests/v1", "Authorization", basic("writer", "pw"));
    assertThat(delete.status()).isEqualTo(403);
    assertThat(delete.code()).isEqualTo("DENIED");
  }

  // ---- bearer

  @Test
  void asksForATokenThatCoversTheRequest() throws IOException {
    start(Auth.bearer().user("alice", "secret").service("registry.example"));
    String realm = registry.uri() + "/token";
    assertThat(caller.get("/v2/app/manifests/v1").header("WWW-Authenticate"))
        .contains(
            "Bearer realm=\""
                + realm
                + "\",service=\"registry.example\",scope=\"repository:app:pull\"");
    assertThat(caller.put("/v2/app/manifests/v1", image.manifest()).header("WWW-Authenticate"))
        .hasValueSatisfying(c -> assertThat(c).contains("scope=\"repository:app:pull,push\""));
    assertThat(caller.delete("/v2/app/manifests/v1").header("WWW-Authenticate"))
        .hasValueSatisfying(c -> assertThat(c).contains("scope=\"repository:app:delete\""));
    assertThat(
            caller
                .post("/v2/app/blobs/uploads/?mount=sha256:x&from=base", Bytes.EMPTY)
                .header("WWW-Authenticate"))
        .hasValueSatisfying(
            c -> assertThat(c).contains("scope=\"repository:app:pull,push repository:base:pull\""));
    assertThat(caller.get("/v2/").header("WWW-Authenticate"))
        .hasValueSatisfying(c -> assertThat(c).doesNotContain("scope"));
  }

  @Test
  void givesTokensForPasswords() throws IOException {
    start(Auth.bearer().user("alice", "secret"));
    String query = "service=bulla&scope=repository:app:pull,push";
    String token = token(query, "Authorization", basic("alice", "secret"));
    assertThat(pull(token)).isEqualTo(200);
    assertThat(push(token)).isEqualTo(201);
    assertThat(caller.get("/v2/", "Authorization", token).status()).isEqualTo(200);
    assertThat(caller.get("/token?" + query).status()).isEqualTo(401);
    assertThat(caller.get("/token?" + query, "Authorization", basic("alice", "no")).status())
        .isEqualTo(401);
  }

  @Test
  void saysWhenATokenCoversTooLittle() throws IOException {
    start(Auth.bearer().user("alice", "secret"));
    String token = token("scope=repository:app:pull", "Authorization", basic("alice", "secret"));
    Caller.Answer answer =
        caller.put("/v2/app/manifests/v1", image.manifest(), "Authorization", token);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("WWW-Authenticate"))
        .hasValueSatisfying(c -> assertThat(c).contains("error=\"insufficient_scope\""));
    assertThat(caller.get("/v2/other/manifests/v1", "Authorization", token).status())
        .isEqualTo(401);
  }

  @Test
  void givesOneTokenForSeveralScopes() throws IOException {
    start(Auth.bearer().user("alice", "secret"));
    registry.repository("base").putBlob(Bytes.utf8("x"));
    String mount = "/v2/app/blobs/uploads/?from=base&mount=" + Digest.sha256(Bytes.utf8("x"));
    String credentials = basic("alice", "secret");
    String two =
        token(
            "scope=repository:app:pull,push&scope=repository:base:pull",
            "Authorization",
            credentials);
    assertThat(caller.post(mount, Bytes.EMPTY, "Authorization", two).status()).isEqualTo(201);
    String one =
        token(
            "scope=repository:app:pull,push%20repository:base:pull", "Authorization", credentials);
    assertThat(caller.post(mount, Bytes.EMPTY, "Authorization", one).status()).isEqualTo(201);
    String tooLittle = token("scope=repository:app:pull,push", "Authorization", credentials);
    assertThat(caller.post(mount, Bytes.EMPTY, "Authorization", tooLittle).status()).isEqualTo(401);
  }

  @Test
  void givesNobodyMoreThanHeMay() throws IOException {
    start(Auth.bearer().user("reader", "pw", EnumSet.of(Action.PULL)).anonymousPull());
    String reader =
        token("scope=repository:app:pull,push,delete", "Authorization", basic("reader", "pw"));
    assertThat(pull(reader)).isEqualTo(200);
    assertThat(push(reader)).isEqualTo(401);
    String nobody = token("scope=repository:app:*");
    assertThat(pull(nobody)).isEqualTo(200);
    assertThat(push(nobody)).isEqualTo(401);
    assertThat(caller.get("/token", "Authorization", basic("reader", "no")).status())
        .isEqualTo(401);
  }

  @Test
  void tokensEndWithTheirTimeOrAtOnce() throws IOException {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    start(
        EmbeddedRegistry.options()
            .auth(Auth.bearer().anonymousPull().lifetime(Duration.ofSeconds(60)))
            .clock(now::get));
    image.pushTo(registry.repository("app"), "v1");
    Caller.Answer answer = caller.get("/token?scope=repository:app:pull");
    assertThat(answer.text())
        .contains("\"expires_in\":60")
        .contains("\"issued_at\":\"2026-01-01T00:00:00Z\"");
    String token = "Bearer " + member(answer, "access_token");
    now.set(Instant.parse("2026-01-01T00:00:59Z"));
    assertThat(pull(token)).isEqualTo(200);
    now.set(Instant.parse("2026-01-01T00:01:00Z"));
    Caller.Answer late = caller.get("/v2/app/manifests/v1", "Authorization", token);
    assertThat(late.status()).isEqualTo(401);
    assertThat(late.header("WWW-Authenticate"))
        .hasValueSatisfying(c -> assertThat(c).contains("error=\"invalid_token\""));

    String other = token("scope=repository:app:pull");
    assertThat(pull(other)).isEqualTo(200);
    registry.expireTokens();
    assertThat(pull(other)).isEqualTo(401);
  }

  @Test
  void answersInTheMembersRealServicesUse() throws IOException {
    start(Auth.bearer().anonymousPull().answer(Auth.TokenAnswer.ACCESS_TOKEN));
    assertThat(caller.get("/token").text())
        .contains("\"access_token\":")
        .doesNotContain("\"token\":");
    stop();
    start(Auth.bearer().anonymousPull().answer(Auth.TokenAnswer.TOKEN));
    assertThat(caller.get("/token").text())
        .contains("\"token\":")
        .doesNotContain("\"access_token\":");
  }

  @Test
  void givesTokensForIdentityTokens() throws IOException {
    start(Auth.bearer().user("alice", "secret").identityToken("alice", "id-token"));
    Caller.Answer answer =
        caller.post(
            "/token",
            Bytes.utf8(
                "grant_type=refresh_token&service=bulla&client_id=x&refresh_token=id-token"
                    + "&scope=repository%3Aapp%3Apull%2Cpush"),
            "Content-Type",
            FORM);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(member(answer, "refresh_token")).isEqualTo("id-token");
    assertThat(push("Bearer " + member(answer, "access_token"))).isEqualTo(201);
    Caller.Answer wrong =
        caller.post(
            "/token",
            Bytes.utf8("grant_type=refresh_token&refresh_token=wrong"),
            "Content-Type",
            FORM);
    assertThat(wrong.status()).isEqualTo(401);
  }

  @Test
  void givesIdentityTokensForPasswords() throws IOException {
    start(Auth.bearer().user("alice", "secret").identityToken("alice", "id-token"));
    Caller.Answer posted =
        caller.post(
            "/token",
            Bytes.utf8("grant_type=password&username=alice&password=secret&access_type=offline"),
            "Content-Type",
            FORM);
    assertThat(member(posted, "refresh_token")).isEqualTo("id-token");
    Caller.Answer got =
        caller.get("/token?offline_token=true", "Authorization", basic("alice", "secret"));
    assertThat(member(got, "refresh_token")).isEqualTo("id-token");
    assertThat(caller.post("/token", Bytes.utf8("grant_type=%zz"), "Content-Type", FORM).status())
        .isEqualTo(400);
  }

  @Test
  void namesAnyRealmItIsToldTo() throws IOException {
    start(Auth.bearer().realm("https://evil.example/token"));
    assertThat(caller.get("/v2/").header("WWW-Authenticate"))
        .hasValueSatisfying(
            c -> assertThat(c).startsWith("Bearer realm=\"https://evil.example/token\""));
  }

  @Test
  void hasNoTokenEndpointWithoutTokens() throws IOException {
    start(Auth.none());
    assertThat(caller.get("/token").status()).isEqualTo(404);
  }

  @Test
  void printsNoSecrets() throws IOException {
    Auth.Bearer bearer = Auth.bearer().user("alice", "secret").identityToken("alice", "id-token");
    assertThat(bearer.toString()).contains("alice").doesNotContain("secret").doesNotContain("id-");
    assertThat(Auth.basic().user("alice", "secret").toString()).doesNotContain("secret");
    start(bearer);
    caller.get("/token", "Authorization", basic("alice", "secret"));
    assertThat(registry.log().requests().toString()).doesNotContain("QWxpY2");
    assertThat(registry.toString()).doesNotContain("secret");
  }
}
