package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.CredentialAnswer;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.TransportKind;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.registry.Action;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AuthTest {

  private static final SampleImage IMAGE = SampleImage.image("hello");
  private static final Credentials GOOD = new Credentials.Basic("ci", "correct horse");
  private static final Credentials BAD = new Credentials.Basic("ci", "wrong");

  private static EmbeddedRegistry registry(Auth auth) throws Exception {
    EmbeddedRegistry registry = EmbeddedRegistry.start(EmbeddedRegistry.options().auth(auth));
    IMAGE.pushTo(registry.repository("app"), "v1");
    return registry;
  }

  private static Auth.Bearer bearer() {
    return Auth.bearer().user("ci", "correct horse").identityToken("ci", "refresh-me");
  }

  private static RegistryClient.Builder builder(TransportKind kind, Credentials credentials) {
    return RegistryClient.builder(kind.create())
        .credentials(CredentialSource.always(credentials, "the command line"));
  }

  private static RegistryClient client(TransportKind kind, Credentials credentials) {
    return builder(kind, credentials).build();
  }

  private static Repository app(EmbeddedRegistry registry) throws Exception {
    return Repository.parse(registry.host() + "/app");
  }

  private static RegistryException refusal(RegistryClient client, EmbeddedRegistry registry)
      throws Exception {
    Repository app = app(registry);
    return catchThrowableOfType(RegistryException.class, () -> client.getManifest(app, "v1"));
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void nothingIsShownUnasked(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(Auth.none());
        RegistryClient client =
            RegistryClient.builder(kind.create())
                .credentials(repository -> {
                  throw new AssertionError("nobody asked");
                })
                .build()) {
      assertThat(client.getManifest(app(registry), "v1")).isPresent();
      client.putBlob(app(registry), Bytes.utf8("x"));
      assertThat(registry.log().withCredentials()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void basicIsShownOnceAskedAndThenAlways(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(Auth.basic().user("ci", "correct horse"));
        RegistryClient client = client(kind, GOOD)) {
      Repository app = app(registry);
      assertThat(client.getManifest(app, "v1")).isPresent();
      client.putBlob(app, Bytes.utf8("x"));
      assertThat(registry.log().requests())
          .extracting(r -> r.status().getAsInt())
          .containsExactly(401, 200, 201);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aTokenIsFetchedOnceAndReused(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        RegistryClient client = client(kind, GOOD)) {
      Repository app = app(registry);
      client.getManifest(app, "v1");
      client.headManifest(app.tag("v1"));
      client.referrers(app, IMAGE.digest());
      assertThat(registry.log().lines())
          .containsExactly(
              "GET /v2/app/manifests/v1 → 401",
              "GET /token?service=bulla&scope=repository%3Aapp%3Apull → 200",
              "GET /v2/app/manifests/v1 → 200",
              "HEAD /v2/app/manifests/v1 → 200",
              "GET /v2/app/referrers/" + IMAGE.digest() + " → 200");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void writingFetchesATokenForBothBeforehand(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        RegistryClient client = client(kind, GOOD)) {
      Repository app = app(registry);
      client.getManifest(app, "v1");
      client.putBlob(app, Bytes.utf8("x"));
      client.getManifest(app, "v1");
      client.deleteManifest(app, "v1");
      assertThat(registry.log().requests())
          .extracting(r -> r.status().getAsInt())
          .containsExactly(401, 200, 200, 200, 201, 200, 200, 202);
      assertThat(registry.log().requests("GET", "/token"))
          .extracting(r -> r.rawQuery().replace("%3A", ":").replace("%2C", ","))
          .containsExactly(
              "service=bulla&scope=repository:app:pull",
              "service=bulla&scope=repository:app:pull,push",
              "service=bulla&scope=repository:app:pull,push,delete");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void expectedWritesShareTheFirstToken(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        RegistryClient client = builder(kind, GOOD).expectWrites(true).build()) {
      Repository app = app(registry);
      client.getManifest(app, "v1");
      client.putBlob(app, Bytes.utf8("x"));
      assertThat(registry.log().requests("GET", "/token")).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void whoMayOnlyReadStillReadsWhereWritesAreExpected(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry =
            registry(Auth.bearer().user("ci", "correct horse", EnumSet.of(Action.PULL)));
        RegistryClient client = builder(kind, GOOD).expectWrites(true).build()) {
      Repository app = app(registry);
      registry
          .faults()
          .on(RequestMatch.tokens().where(r -> r.rawQuery().contains("push")))
          .does(Effects.status(403));
      assertThat(client.getManifest(app, "v1")).isPresent();
      RegistryException denied =
          catchThrowableOfType(RegistryException.class, () -> client.putBlob(app, Bytes.utf8("x")));
      assertThat(denied.kind()).isIn(Kind.DENIED, Kind.UNAUTHORIZED);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOCKET,BOTH",
    "SOCKET,TOKEN",
    "SOCKET,ACCESS_TOKEN",
    "JDK,BOTH",
    "JDK,TOKEN",
    "JDK,ACCESS_TOKEN"
  })
  void tokensAreFoundUnderEachName(TransportKind kind, Auth.TokenAnswer members) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer().answer(members).anonymousPull());
        RegistryClient client = client(kind, Credentials.ANONYMOUS)) {
      assertThat(client.getManifest(app(registry), "v1")).isPresent();
      assertThat(registry.log().requests("GET", "/token"))
          .allMatch(r -> !r.headers().has("Authorization"));
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void anIdentityTokenIsExchangedByPost(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        RegistryClient client = client(kind, new Credentials.IdentityToken("refresh-me"))) {
      assertThat(client.getManifest(app(registry), "v1")).isPresent();
      assertThat(registry.log().requests("POST", "/token")).hasSize(1);
      assertThat(registry.log().carrying("refresh-me"))
          .allMatch(r -> r.path().equals("/token") && r.form().contains("refresh-me"));
    }
  }

  @ParameterizedTest
  @CsvSource({"SOCKET,404", "SOCKET,405", "JDK,404", "JDK,405"})
  void whereTokensAreNotExchangedTheyAreShownAsPasswords(TransportKind kind, int status)
      throws Exception {
    try (EmbeddedRegistry registry = registry(Auth.bearer().user("ci", "refresh-me"));
        RegistryClient client = client(kind, new Credentials.IdentityToken("ci", "refresh-me"))) {
      registry
          .faults()
          .on(RequestMatch.tokens().method("POST"))
          .does(Effects.status(status, "UNSUPPORTED", "no"));
      assertThat(client.getManifest(app(registry), "v1")).isPresent();
      assertThat(registry.log().lines())
          .containsExactly(
              "GET /v2/app/manifests/v1 → 401",
              "POST /token → " + status,
              "GET /token?service=bulla&scope=repository%3Aapp%3Apull → 200",
              "GET /v2/app/manifests/v1 → 200");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void anIdentityTokenThatIsRefusedIsNotTriedAsAPassword(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        RegistryClient client = client(kind, new Credentials.IdentityToken("ci", "stale"))) {
      assertThat(refusal(client, registry).kind()).isEqualTo(Kind.UNAUTHORIZED);
      assertThat(registry.log().requests("GET", "/token")).isEmpty();
      assertThat(registry.log().requests("POST", "/token")).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void anIdentityTokenIsNoAnswerToARegistryThatWantsPasswords(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(Auth.basic().user("ci", "refresh-me"));
        RegistryClient client = client(kind, new Credentials.IdentityToken("ci", "refresh-me"))) {
      RegistryException refused = refusal(client, registry);
      assertThat(refused.kind()).isEqualTo(Kind.UNAUTHORIZED);
      assertThat(refused.hint().orElseThrow()).contains("was not sent", "the command line");
      assertThat(registry.log().withCredentials()).isEmpty();
    }
  }

  /** Services hand out the same token for a while; its life began when it was issued. */
  @ParameterizedTest
  @CsvSource({
    "SOCKET,2026-11-21T09:59:00Z,37,2",
    "SOCKET,2026-11-21T09:59:00Z,35,1",
    "JDK,2026-11-21T09:59:00Z,37,2",
    // the clocks disagree: the token's own lifetime counts
    "SOCKET,2026-11-21T10:30:00Z,80,1",
    "SOCKET,2026-11-21T09:00:00Z,80,1",
    "SOCKET,2026-11-21T11:00:00+01:00,80,1",
    "SOCKET,yesterday,80,1",
  })
  void theTimeATokenWasIssuedCounts(
      TransportKind kind, String issuedAt, int secondsLater, int tokens) throws Exception {
    TestPace pace = new TestPace();
    try (EmbeddedRegistry registry = registry(Auth.none());
        RegistryClient client =
            builder(kind, GOOD).pace(pace).timeout(Duration.ofHours(1)).build()) {
      registry
          .faults()
          .on(RequestMatch.manifests())
          .does(stage ->
              stage.request().headers().has("Authorization")
                  ? stage.proceed()
                  : Effects.challenge("Bearer realm=\"" + registry.uri() + "/token\"")
                      .apply(stage));
      registry
          .faults()
          .on(RequestMatch.tokens())
          .does(stage ->
              WireResponse.of(200)
                  .withBody(
                      WireBody.of(
                          Bytes.utf8(
                              "{\"token\":\"t\",\"expires_in\":100,\"issued_at\":\""
                                  + issuedAt
                                  + "\"}"))));
      client.getManifest(app(registry), "v1");
      pace.pass(Duration.ofSeconds(secondsLater));
      client.getManifest(app(registry), "v1");
      assertThat(registry.log().requests("GET", "/token")).hasSize(tokens);
    }
  }

  /** What mounting a blob takes: writing here, reading there, with one token for both. */
  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void oneTokenServesSeveralRepositories(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        HttpTransport transport = kind.create()) {
      IMAGE.pushTo(registry.repository("base"), "v1");
      RegistryCaller caller = caller(transport, CredentialSource.always(GOOD, "the command line"));
      Repository app = app(registry);
      Repository base = Repository.parse(registry.host() + "/base");
      CallBudget budget = CallBudget.startingNow(Pace.SYSTEM, Duration.ofMinutes(1));
      Call mount =
          Call.of(app, "POST", "blobs/uploads/?from=base", Scope.push("app"))
              .needing(Scope.pull("base"));
      assertThat(caller.ask(mount, budget).status()).isEqualTo(202);
      Call read = Call.of(base, "GET", "manifests/v1", Scope.pull("base"));
      assertThat(caller.ask(read, budget).status()).isEqualTo(200);
      Call write = Call.of(app, "POST", "blobs/uploads/", Scope.push("app"));
      assertThat(caller.ask(write, budget).status()).isEqualTo(202);
      assertThat(registry.log().requests("GET", "/token"))
          .extracting(r -> r.rawQuery().replace("%3A", ":").replace("%2C", ","))
          .containsExactly(
              "service=bulla&scope=repository:app:pull,push&scope=repository:base:pull");
      assertThat(registry.log().requests())
          .extracting(r -> r.status().getAsInt())
          .containsExactly(401, 200, 202, 200, 202);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void repositoriesWithCredentialsOfTheirOwnShareNoToken(TransportKind kind) throws Exception {
    CredentialSource perRepository =
        repository ->
            new CredentialAnswer(
                repository.path().equals("base")
                    ? new Credentials.Basic("reader", "r")
                    : new Credentials.Basic("ci", "correct horse"),
                "a file");
    try (EmbeddedRegistry registry = registry(bearer().user("reader", "r"));
        HttpTransport transport = kind.create()) {
      IMAGE.pushTo(registry.repository("base"), "v1");
      RegistryCaller caller = caller(transport, perRepository);
      Repository app = app(registry);
      Repository base = Repository.parse(registry.host() + "/base");
      CallBudget budget = CallBudget.startingNow(Pace.SYSTEM, Duration.ofMinutes(1));
      caller.ask(
          Call.of(app, "POST", "blobs/uploads/?from=base", Scope.push("app"))
              .needing(Scope.pull("base")),
          budget);
      caller.ask(Call.of(base, "GET", "manifests/v1", Scope.pull("base")), budget);
      assertThat(registry.log().requests("GET", "/token"))
          .extracting(r -> r.headers().first("Authorization").orElseThrow())
          .doesNotHaveDuplicates()
          .hasSize(2);
    }
  }

  private static RegistryCaller caller(HttpTransport transport, CredentialSource source) {
    HostRules rules = new HostRules(false, Set.of(), Set.of(), Set.of());
    Egress egress =
        new Egress(rules, (host, within) -> InetAddress.getAllByName(host), origin -> false);
    Wire wire = new Wire(transport, "test", WireLog.SILENT, Pace.SYSTEM);
    Authorizer authorizer = new Authorizer(wire, source, rules, egress, Pace.SYSTEM, false);
    return new RegistryCaller(wire, authorizer, rules, egress, Pace.SYSTEM, false);
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aRegistryTokenIsShownAsItIs(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        RegistryClient client = client(kind, new Credentials.RegistryToken("not-a-good-one"))) {
      RegistryException refused = refusal(client, registry);
      assertThat(refused.kind()).isEqualTo(Kind.UNAUTHORIZED);
      assertThat(registry.log().requests("GET", "/token")).isEmpty();
      assertThat(registry.log().carrying("Bearer not-a-good-one")).hasSize(1);
      assertThat(registry.log().count()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aTokenIsRenewedBeforeItExpires(TransportKind kind) throws Exception {
    TestPace pace = new TestPace();
    try (EmbeddedRegistry registry = registry(bearer().lifetime(Duration.ofSeconds(100)));
        RegistryClient client =
            builder(kind, GOOD).pace(pace).timeout(Duration.ofHours(1)).build()) {
      Repository app = app(registry);
      client.getManifest(app, "v1");
      pace.pass(Duration.ofSeconds(89));
      client.getManifest(app, "v1");
      assertThat(registry.log().requests("GET", "/token")).hasSize(1);
      pace.pass(Duration.ofSeconds(2));
      client.getManifest(app, "v1");
      assertThat(registry.log().requests("GET", "/token")).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aTokenThatIsNoLongerAcceptedIsReplacedOnce(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        RegistryClient client = client(kind, GOOD)) {
      Repository app = app(registry);
      client.getManifest(app, "v1");
      registry.expireTokens();
      registry.log().clear();
      assertThat(client.getManifest(app, "v1")).isPresent();
      assertThat(registry.log().requests())
          .extracting(r -> r.status().getAsInt())
          .containsExactly(401, 200, 200);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aRegistryThatNeverAcceptsItsTokensIsNotAskedForEver(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        RegistryClient client = client(kind, GOOD)) {
      AtomicInteger scope = new AtomicInteger();
      registry
          .faults()
          .on(RequestMatch.manifests())
          .does(stage ->
              WireResponse.of(401)
                  .with(
                      "WWW-Authenticate",
                      "Bearer realm=\""
                          + registry.uri()
                          + "/token\",service=\"bulla\",scope=\"repository:r"
                          + scope.incrementAndGet()
                          + ":pull\""));
      RegistryException refused = refusal(client, registry);
      assertThat(refused.kind()).isEqualTo(Kind.UNAUTHORIZED);
      assertThat(registry.log().requests("GET", ".*/manifests/.*")).hasSize(3);
      assertThat(registry.log().requests("GET", "/token")).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource({"SOCKET,true", "SOCKET,false", "JDK,true", "JDK,false"})
  void wrongCredentialsAreUnauthorizedAndNamed(TransportKind kind, boolean basic) throws Exception {
    try (EmbeddedRegistry registry =
            registry(basic ? Auth.basic().user("ci", "correct horse") : bearer());
        RegistryClient client = client(kind, BAD)) {
      RegistryException refused = refusal(client, registry);
      assertThat(refused.kind()).isEqualTo(Kind.UNAUTHORIZED);
      assertThat(refused.status()).hasValue(401);
      assertThat(refused.hint().orElseThrow())
          .contains("the command line", "were not accepted")
          .doesNotContain("wrong");
      assertThat(refused.message()).startsWith("GET http://").doesNotContain("wrong");
    }
  }

  @ParameterizedTest
  @CsvSource({"SOCKET,true", "SOCKET,false", "JDK,true", "JDK,false"})
  void missingCredentialsAreUnauthorizedWithAdvice(TransportKind kind, boolean basic)
      throws Exception {
    try (EmbeddedRegistry registry =
            registry(basic ? Auth.basic().user("ci", "correct horse") : bearer());
        RegistryClient client = client(kind, Credentials.ANONYMOUS)) {
      RegistryException refused = refusal(client, registry);
      assertThat(refused.kind()).isEqualTo(Kind.UNAUTHORIZED);
      assertThat(refused.hint().orElseThrow()).contains("no credentials were found");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void credentialsThatCannotBeReadAreNotAnonymity(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer().anonymousPull());
        RegistryClient client =
            RegistryClient.builder(kind.create())
                .credentials(repository -> {
                  throw new ConfigurationException("config.json is broken", "mend it");
                })
                .build()) {
      RegistryException refused = refusal(client, registry);
      assertThat(refused.kind()).isEqualTo(Kind.UNAUTHORIZED);
      assertThat(refused.message()).contains("config.json is broken");
      assertThat(refused.hint()).contains("mend it");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SOCKET|{}",
        "SOCKET|{\"token\":\"\"}",
        "SOCKET|{\"token\":7}",
        "SOCKET|[]",
        "SOCKET|nope",
        "SOCKET|{\"token\":\"a\\r\\nX-Injected: 1\"}",
        "SOCKET|{\"token\":\"a b\"}",
        "JDK|{}",
        "JDK|{\"token\":\"\"}",
        "JDK|{\"token\":7}",
        "JDK|[]",
        "JDK|nope",
        "JDK|{\"token\":\"a\\r\\nX-Injected: 1\"}",
        "JDK|{\"token\":\"a b\"}"
      })
  void tokenAnswersThatHoldNoTokenAreErrors(TransportKind kind, String body) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        RegistryClient client = client(kind, GOOD)) {
      registry
          .faults()
          .on(RequestMatch.tokens())
          .does(Effects.answer(WireResponse.of(200).withText("application/json", body)));
      assertThat(refusal(client, registry).kind()).isIn(Kind.BAD_RESPONSE, Kind.UNAUTHORIZED);
      assertThat(registry.log().requests()).noneMatch(r -> r.headers().has("X-Injected"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOCKET,404,BAD_RESPONSE",
    "SOCKET,403,DENIED",
    "SOCKET,401,UNAUTHORIZED",
    "SOCKET,400,BAD_RESPONSE",
    "SOCKET,500,SERVER_ERROR",
    "SOCKET,429,THROTTLED",
    "SOCKET,302,BAD_RESPONSE",
    "JDK,404,BAD_RESPONSE",
    "JDK,403,DENIED",
    "JDK,401,UNAUTHORIZED",
    "JDK,400,BAD_RESPONSE",
    "JDK,500,SERVER_ERROR",
    "JDK,429,THROTTLED",
    "JDK,302,BAD_RESPONSE"
  })
  void aTokenServiceThatFailsNeverMakesThingsLookAbsent(
      TransportKind kind, int status, Kind expected) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        RegistryClient client = builder(kind, GOOD).pace(new TestPace()).build()) {
      registry.faults().on(RequestMatch.tokens()).does(Effects.status(status));
      RegistryException refused = refusal(client, registry);
      assertThat(refused.kind()).isEqualTo(expected);
      assertThat(refused.message()).contains("/token");
      int attempts = status == 500 || status == 429 ? 4 : 1;
      assertThat(registry.log().requests("GET", "/token")).hasSize(attempts);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aPassingFaultOfTheTokenServicePasses(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        RegistryClient client = builder(kind, GOOD).pace(new TestPace()).build()) {
      registry
          .faults()
          .on(RequestMatch.tokens())
          .first(3)
          .does(Effects.inTurn(Effects.status(503), Effects.drop(), Effects.status(500)));
      assertThat(client.getManifest(app(registry), "v1")).isPresent();
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void manyAtOnceShareOneToken(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        RegistryClient client = client(kind, GOOD)) {
      Repository app = app(registry);
      List<Integer> sixteen = java.util.stream.IntStream.range(0, 16).boxed().toList();
      List<Boolean> found =
          FanOut.limit(16).map(sixteen, i -> client.getManifest(app, "v1").isPresent());
      assertThat(found).hasSize(16).containsOnly(true);
      assertThat(registry.log().requests("GET", "/token")).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void whatTheChallengeNamesIsAskedForToo(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry(bearer());
        RegistryClient client = client(kind, GOOD)) {
      registry
          .faults()
          .on(RequestMatch.manifests())
          .first(1)
          .does(
              Effects.challenge(
                  "Bearer service=bulla , scope=\"repository:renamed/app:pull\", realm=\""
                      + registry.uri()
                      + "/token\""));
      client.getManifest(app(registry), "v1");
      assertThat(registry.log().requests("GET", "/token").get(0).rawQuery())
          .isEqualTo(
              "service=bulla&scope=repository%3Arenamed%2Fapp%3Apull"
                  + "&scope=repository%3Aapp%3Apull");
    }
  }
}
