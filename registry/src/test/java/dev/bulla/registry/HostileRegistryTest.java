package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.ScriptedTransport.Reply;
import dev.bulla.registry.transport.TransportKind;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.Effect;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a registry says: bounded, checked, and never taken for absence. */
class HostileRegistryTest {

  private static final SampleImage IMAGE = SampleImage.image("hello");
  private static final Bytes BLOB = IMAGE.blobs().values().iterator().next();
  private static final Digest BLOB_DIGEST = Digest.sha256(BLOB);

  /** Every operation that reads, and every one that writes. */
  enum Operation {
    GET_BY_TAG(true) {
      @Override
      Object run(RegistryClient client, Repository app) throws RegistryException {
        return client.getManifest(app, "v1");
      }
    },
    GET_BY_DIGEST(true) {
      @Override
      Object run(RegistryClient client, Repository app) throws RegistryException {
        return client.getManifest(app, IMAGE.digest().toString());
      }
    },
    HEAD_BY_TAG(true) {
      @Override
      Object run(RegistryClient client, Repository app) throws RegistryException {
        return client.headManifest(app.tag("v1"));
      }
    },
    GET_BLOB(true) {
      @Override
      Object run(RegistryClient client, Repository app) throws RegistryException {
        return client.getBlob(app, BLOB_DIGEST, 1 << 20);
      }
    },
    HEAD_BLOB(true) {
      @Override
      Object run(RegistryClient client, Repository app) throws RegistryException {
        return client.hasBlob(app, BLOB_DIGEST);
      }
    },
    REFERRERS(true) {
      @Override
      Object run(RegistryClient client, Repository app) throws RegistryException {
        return client.referrers(app, IMAGE.digest());
      }
    },
    TAGS(true) {
      @Override
      Object run(RegistryClient client, Repository app) throws RegistryException {
        return client.tags(app);
      }
    },
    PUT_BLOB(false) {
      @Override
      Object run(RegistryClient client, Repository app) throws RegistryException {
        client.putBlob(app, Bytes.utf8("new"));
        return "put";
      }
    },
    PUT_MANIFEST(false) {
      @Override
      Object run(RegistryClient client, Repository app) throws RegistryException {
        return client.putManifest(app, "v1", IMAGE.mediaType(), IMAGE.manifest());
      }
    },
    DELETE(false) {
      @Override
      Object run(RegistryClient client, Repository app) throws RegistryException {
        client.deleteManifest(app, "v1");
        return "deleted";
      }
    };

    final boolean reads;

    Operation(boolean reads) {
      this.reads = reads;
    }

    abstract Object run(RegistryClient client, Repository app) throws RegistryException;

    boolean hasBody() {
      return this != HEAD_BY_TAG && this != HEAD_BLOB;
    }
  }

  private static EmbeddedRegistry registry() throws Exception {
    EmbeddedRegistry registry = EmbeddedRegistry.start();
    IMAGE.pushTo(registry.repository("app"), "v1");
    return registry;
  }

  private static RegistryClient client(TransportKind kind) {
    return RegistryClient.builder(kind.create()).pace(new TestPace()).build();
  }

  private static Repository app(EmbeddedRegistry registry) throws Exception {
    return Repository.parse(registry.host() + "/app");
  }

  private static RegistryException failure(
      RegistryClient client, EmbeddedRegistry registry, Operation operation) throws Exception {
    Repository app = app(registry);
    RegistryException failure =
        catchThrowableOfType(RegistryException.class, () -> operation.run(client, app));
    assertThat(failure).as(operation + " must fail").isNotNull();
    return failure;
  }

  static Stream<Arguments> statuses() {
    List<Arguments> all = new ArrayList<>();
    Object[][] rows = {
      {401, Kind.UNAUTHORIZED},
      {403, Kind.DENIED},
      {429, Kind.THROTTLED},
      {500, Kind.SERVER_ERROR},
      {502, Kind.SERVER_ERROR},
      {503, Kind.SERVER_ERROR},
      {504, Kind.SERVER_ERROR},
      {408, Kind.TIMEOUT},
      {418, Kind.CLIENT_ERROR},
      {302, Kind.BAD_RESPONSE}
    };
    for (TransportKind transport : TransportKind.values()) {
      for (Object[] row : rows) {
        all.add(Arguments.of(transport, row[0], row[1]));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("statuses")
  void aRefusalIsNamedAtEveryEndpointAndNeverAbsence(TransportKind kind, int status, Kind expected)
      throws Exception {
    for (Operation operation : Operation.values()) {
      try (EmbeddedRegistry registry = registry();
          RegistryClient client = client(kind)) {
        registry.faults().on(RequestMatch.any()).does(Effects.status(status));
        RegistryException failure = failure(client, registry, operation);
        assertThat(failure.kind()).as(operation.toString()).isEqualTo(expected);
        assertThat(failure.message())
            .as(operation.toString())
            .contains("http://" + registry.host() + "/v2/app/");
        boolean passing = List.of(429, 500, 502, 503, 504, 408).contains(status);
        assertThat(registry.log().count()).as(operation.toString()).isEqualTo(passing ? 4 : 1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void anEmptyAnswerIsNoAnswer(TransportKind kind) throws Exception {
    for (Operation operation : Operation.values()) {
      for (Effect effect : List.of(Effects.drop(), Effects.reset())) {
        try (EmbeddedRegistry registry = registry();
            RegistryClient client = client(kind)) {
          registry.faults().on(RequestMatch.any()).does(effect);
          assertThat(failure(client, registry, operation).kind())
              .as(operation.toString())
              .isEqualTo(Kind.UNREACHABLE);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aCutBodyIsNeverAShortSuccess(TransportKind kind) throws Exception {
    for (Operation operation : Operation.values()) {
      if (!operation.reads || !operation.hasBody()) {
        continue;
      }
      try (EmbeddedRegistry registry = registry();
          RegistryClient client = client(kind)) {
        registry.faults().on(RequestMatch.any()).does(Effects.cutInTheMiddle());
        assertThat(failure(client, registry, operation).kind())
            .as(operation.toString())
            .isEqualTo(Kind.BAD_RESPONSE);
        registry.faults().clear();
        registry.log().clear();
        registry.faults().on(RequestMatch.any()).first(1).does(Effects.cutInTheMiddle());
        assertThat(operation.run(client, app(registry))).as(operation + " heals").isNotNull();
        assertThat(registry.log().count()).as(operation.toString()).isEqualTo(2);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aBodyUntilTheConnectionEndsIsCheckedByItsDigest(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry();
        RegistryClient client = client(kind)) {
      registry.faults().on(RequestMatch.any()).does(Effects.untilClose());
      assertThat(client.getBlob(app(registry), BLOB_DIGEST, 1 << 20)).isEqualTo(BLOB);
      registry.faults().on(RequestMatch.any()).does(Effects.flippedBit());
      assertThat(failure(client, registry, Operation.GET_BLOB).kind()).isEqualTo(Kind.BAD_RESPONSE);
    }
  }

  @ParameterizedTest
  @CsvSource({"SOCKET,true", "SOCKET,false", "JDK,true", "JDK,false"})
  void endlessBodiesStopAtTheLimit(TransportKind kind, boolean announced) throws Exception {
    for (Operation operation : Operation.values()) {
      if (!operation.reads || !operation.hasBody()) {
        continue;
      }
      try (EmbeddedRegistry registry = registry();
          RegistryClient client = client(kind)) {
        registry.faults().on(RequestMatch.any()).does(Effects.endlessBody(announced));
        RegistryException failure = failure(client, registry, operation);
        assertThat(failure.kind()).as(operation.toString()).isEqualTo(Kind.TOO_LARGE);
        assertThat(registry.log().count()).as(operation.toString()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"SOCKET,true", "SOCKET,false", "JDK,true", "JDK,false"})
  void endlessErrorPagesAreShownInPart(TransportKind kind, boolean announced) throws Exception {
    for (Operation operation : Operation.values()) {
      if (!operation.hasBody()) {
        continue;
      }
      try (EmbeddedRegistry registry = registry();
          RegistryClient client = client(kind)) {
        registry
            .faults()
            .on(RequestMatch.any())
            .does(Effects.endlessBody(announced), Effects.status(418));
        RegistryException failure = failure(client, registry, operation);
        assertThat(failure.kind()).as(operation.toString()).isEqualTo(Kind.CLIENT_ERROR);
        assertThat(failure.message().length()).isLessThan(2000);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"SOCKET,true", "SOCKET,false", "JDK,true", "JDK,false"})
  void endlessTokensStopAtTheLimit(TransportKind kind, boolean announced) throws Exception {
    try (EmbeddedRegistry registry =
            EmbeddedRegistry.start(EmbeddedRegistry.options().auth(Auth.bearer().anonymousPull()));
        RegistryClient client = client(kind)) {
      registry.faults().on(RequestMatch.tokens()).does(Effects.endlessBody(announced));
      assertThat(failure(client, registry, Operation.GET_BY_TAG).kind()).isEqualTo(Kind.TOO_LARGE);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void nothingIsUnpacked(TransportKind kind) throws Exception {
    for (Operation operation : Operation.values()) {
      if (!operation.reads || !operation.hasBody()) {
        continue;
      }
      try (EmbeddedRegistry registry = registry();
          RegistryClient client = client(kind)) {
        registry.faults().on(RequestMatch.any()).does(Effects.gzipBomb(1L << 27));
        RegistryException failure = failure(client, registry, operation);
        assertThat(failure.kind()).as(operation.toString()).isEqualTo(Kind.BAD_RESPONSE);
        assertThat(failure.message()).contains("content coding");
        assertThat(registry.log().requests())
            .allMatch(r -> r.headers().first("Accept-Encoding").equals(identity()));
      }
    }
  }

  private static java.util.Optional<String> identity() {
    return java.util.Optional.of("identity");
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void contentWithAnotherDigestIsRefused(TransportKind kind) throws Exception {
    for (Operation operation :
        List.of(Operation.GET_BY_DIGEST, Operation.GET_BLOB, Operation.GET_BY_TAG)) {
      try (EmbeddedRegistry registry = registry();
          RegistryClient client = client(kind)) {
        registry.faults().on(RequestMatch.any()).does(Effects.flippedBit());
        RegistryException failure = failure(client, registry, operation);
        assertThat(failure.kind()).as(operation.toString()).isEqualTo(Kind.BAD_RESPONSE);
        assertThat(failure.message()).contains("content has digest sha256:");
        assertThat(registry.log().count()).as(operation.toString()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void theDigestThatARegistryNamesHasToBeTheOneThatWasMeant(TransportKind kind) throws Exception {
    String other = Digest.sha256(Bytes.utf8("other")).toString();
    try (EmbeddedRegistry registry = registry();
        RegistryClient client = client(kind)) {
      registry.faults().on(RequestMatch.any()).does(Effects.header("Docker-Content-Digest", other));
      Repository app = app(registry);
      for (Operation operation :
          List.of(
              Operation.GET_BY_TAG,
              Operation.HEAD_BLOB,
              Operation.PUT_BLOB,
              Operation.PUT_MANIFEST)) {
        assertThat(failure(client, registry, operation).kind())
            .as(operation.toString())
            .isEqualTo(Kind.BAD_RESPONSE);
      }
      assertThat(
              catchThrowableOfType(
                      RegistryException.class, () -> client.headManifest(app.at(IMAGE.digest())))
                  .kind())
          .isEqualTo(Kind.BAD_RESPONSE);
      // asked for by digest, the content itself is the proof
      assertThat(client.getManifest(app, IMAGE.digest().toString()).orElseThrow().body())
          .isEqualTo(IMAGE.manifest());
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void silenceEndsAtTheDeadline(TransportKind kind) throws Exception {
    for (Operation operation : Operation.values()) {
      try (EmbeddedRegistry registry = registry();
          RegistryClient client =
              RegistryClient.builder(kind.create()).timeout(Duration.ofMillis(300)).build()) {
        registry.faults().on(RequestMatch.any()).does(Effects.hang());
        assertThat(failure(client, registry, operation).kind())
            .as(operation.toString())
            .isEqualTo(Kind.TIMEOUT);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aDrippedBodyEndsAtTheDeadline(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry();
        RegistryClient client =
            RegistryClient.builder(kind.create()).timeout(Duration.ofMillis(300)).build()) {
      registry.faults().on(RequestMatch.any()).does(Effects.drip(1, Duration.ofMillis(20)));
      assertThat(failure(client, registry, Operation.GET_BY_TAG).kind()).isEqualTo(Kind.TIMEOUT);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void blobsLargerThanTheCallersLimitAreRefused(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry();
        RegistryClient client = client(kind)) {
      Repository app = app(registry);
      assertThat(client.getBlob(app, BLOB_DIGEST, BLOB.size())).isEqualTo(BLOB);
      RegistryException failure =
          catchThrowableOfType(
              RegistryException.class, () -> client.getBlob(app, BLOB_DIGEST, BLOB.size() - 1));
      assertThat(failure.kind()).isEqualTo(Kind.TOO_LARGE);
      registry.faults().on(RequestMatch.any()).does(Effects.chunked());
      failure =
          catchThrowableOfType(
              RegistryException.class, () -> client.getBlob(app, BLOB_DIGEST, BLOB.size() - 1));
      assertThat(failure.kind()).isEqualTo(Kind.TOO_LARGE);
    }
  }

  // ---- absence

  @ParameterizedTest
  @CsvSource({
    "UNAUTHORIZED,UNAUTHORIZED",
    "DENIED,DENIED",
    "TOOMANYREQUESTS,THROTTLED",
    "UNAVAILABLE,SERVER_ERROR"
  })
  void a404ThatNamesAnotherReasonIsNotAbsence(String code, Kind expected) throws Exception {
    for (Operation operation : Operation.values()) {
      if (!operation.hasBody()) {
        continue;
      }
      try (EmbeddedRegistry registry = registry();
          RegistryClient client = client(TransportKind.SOCKET)) {
        registry.faults().on(RequestMatch.any()).does(Effects.status(404, code, "no"));
        assertThat(failure(client, registry, operation).kind())
            .as(operation.toString())
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void a404FromElsewhereIsNotAbsence() throws Exception {
    ScriptedTransport internet =
        new ScriptedTransport(request ->
            request.url().origin().host().equals("portal.example")
                ? Reply.of(404)
                : Reply.of(302).with("Location", "https://portal.example/login"));
    Repository app = Repository.parse("registry.example/app");
    try (RegistryClient client =
        RegistryClient.builder(internet)
            .names((host, within) -> {
              throw new java.net.UnknownHostException(host);
            })
            .build()) {
      for (Operation operation :
          List.of(
              Operation.GET_BY_TAG,
              Operation.GET_BY_DIGEST,
              Operation.HEAD_BY_TAG,
              Operation.GET_BLOB,
              Operation.REFERRERS,
              Operation.TAGS)) {
        RegistryException failure =
            catchThrowableOfType(RegistryException.class, () -> operation.run(client, app));
        assertThat(failure.kind()).as(operation.toString()).isEqualTo(Kind.BAD_RESPONSE);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void a403IsAbsenceOnlyWhereTheUserSaysSo(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry();
        RegistryClient strict = client(kind);
        RegistryClient told =
            RegistryClient.builder(kind.create()).missingIs403(registry.host()).build()) {
      registry.faults().forbiddenForMissing();
      Repository app = app(registry);
      RegistryException denied =
          catchThrowableOfType(RegistryException.class, () -> strict.getManifest(app, "nope"));
      assertThat(denied.kind()).isEqualTo(Kind.DENIED);
      assertThat(denied.hint().orElseThrow()).contains("--missing-is-403 " + registry.host());
      assertThat(told.getManifest(app, "nope")).isEmpty();
      assertThat(told.headManifest(app.tag("nope"))).isEmpty();
      assertThat(told.hasBlob(app, Digest.sha256(Bytes.utf8("nope")))).isFalse();
      assertThat(
              catchThrowableOfType(RegistryException.class, () -> told.requireManifest(app, "nope"))
                  .kind())
          .isEqualTo(Kind.NOT_FOUND);
    }
  }

  // ---- lists

  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  private static RegistryClient answering(ScriptedTransport.Script script) {
    return RegistryClient.builder(new ScriptedTransport(script)).pace(new TestPace()).build();
  }

  private static Reply list(String manifests) {
    return Reply.of(200)
        .with("Content-Type", INDEX)
        .saying("{\"schemaVersion\":2,\"manifests\":[" + manifests + "]}");
  }

  private static String entries(int from, int count) {
    StringBuilder entries = new StringBuilder();
    for (int i = 0; i < count; i++) {
      entries
          .append(i == 0 ? "" : ",")
          .append("{\"mediaType\":\"a/b\",\"size\":1,\"digest\":\"")
          .append(Digest.sha256(Bytes.utf8("entry " + (from + i))))
          .append("\"}");
    }
    return entries.toString();
  }

  private RegistryException referrersFailure(ScriptedTransport.Script script) throws Exception {
    Repository app = Repository.parse("registry.example/app");
    try (RegistryClient client = answering(script)) {
      return catchThrowableOfType(
          RegistryException.class, () -> client.referrers(app, BLOB_DIGEST));
    }
  }

  @Test
  void tooManyReferrersAreRefused() throws Exception {
    assertThat(referrersFailure(request -> list(entries(0, 1001))).kind())
        .isEqualTo(Kind.TOO_LARGE);
    AtomicInteger page = new AtomicInteger();
    assertThat(
            referrersFailure(
                    request -> {
                      int n = page.incrementAndGet();
                      return list(entries(n * 100, 100))
                          .with("Link", "<?page=" + n + ">; rel=\"next\"");
                    })
                .kind())
        .isEqualTo(Kind.TOO_LARGE);
    assertThat(page).hasValue(11);
  }

  @Test
  void pagesThatGoInACircleAreRefused() throws Exception {
    RegistryException failure =
        referrersFailure(request ->
            list("")
                .with(
                    "Link",
                    request.url().query().equals("page=2")
                        ? "<?page=3>; rel=next"
                        : "<?page=2>; rel=next"));
    assertThat(failure.kind()).isEqualTo(Kind.BAD_RESPONSE);
    assertThat(failure.message()).contains("circle");
  }

  @Test
  void emptyPagesWithoutEndAreRefused() throws Exception {
    AtomicInteger page = new AtomicInteger();
    RegistryException failure =
        referrersFailure(
            request -> list("").with("Link", "<?page=" + page.incrementAndGet() + ">; rel=next"));
    assertThat(failure.kind()).isEqualTo(Kind.BAD_RESPONSE);
    assertThat(failure.message()).contains("pages");
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 400, 405, 406, 500, 401, 403})
  void aPageThatFailsIsNotTheEndOfTheList(int status) throws Exception {
    RegistryException failure =
        referrersFailure(request ->
            request.url().query().isEmpty()
                ? list(entries(0, 1)).with("Link", "<?page=2>; rel=\"next\"")
                : Reply.of(status));
    assertThat(failure).isNotNull();
    assertThat(failure.status()).hasValue(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"schemaVersion\":1,\"manifests\":[]}",
        "{\"schemaVersion\":2}",
        "{\"schemaVersion\":2,\"manifests\":7}",
        "{\"schemaVersion\":2,\"schemaVersion\":2}"
      })
  void aListThatCannotBeReadIsAnErrorNotEmpty(String body) throws Exception {
    RegistryException failure =
        referrersFailure(request -> Reply.of(200).with("Content-Type", INDEX).saying(body));
    assertThat(failure.kind()).isEqualTo(Kind.BAD_RESPONSE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "7", "null", "{\"mediaType\":\"a/b\",\"digest\":\"md5:00\"}"})
  void anEntryThatCannotBeReadIsNamedAndTheOthersCount(String entry) throws Exception {
    try (RegistryClient client = answering(request -> list(entry + "," + entries(0, 2)))) {
      ReferrersAnswer.Listed answer =
          (ReferrersAnswer.Listed)
              client.referrers(Repository.parse("registry.example/app"), BLOB_DIGEST);
      assertThat(answer.descriptors()).hasSize(2);
      assertThat(answer.unreadable())
          .singleElement()
          .satisfies(problem -> assertThat(problem.message()).contains("manifests[0]"));
    }
  }

  @Test
  void pagesThatAreTooLargeTogetherAreRefused() throws Exception {
    AtomicInteger page = new AtomicInteger();
    String filler = "x".repeat(3 << 20);
    RegistryException failure =
        referrersFailure(request ->
            Reply.of(200)
                .with("Content-Type", INDEX)
                .with("Link", "<?page=" + page.incrementAndGet() + ">; rel=next")
                .saying(
                    "{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{\"a\":\""
                        + filler
                        + "\"}}"));
    assertThat(failure.kind()).isEqualTo(Kind.TOO_LARGE);
    assertThat(page.get()).isLessThan(10);
  }

  @Test
  void parametersOfTheMediaTypeDoNotMatter() throws Exception {
    try (RegistryClient client =
        answering(request ->
            Reply.of(200)
                .with("Content-Type", INDEX + "; charset=utf-8")
                .saying("{\"schemaVersion\":2,\"manifests\":[" + entries(0, 2) + "]}"))) {
      ReferrersAnswer answer =
          client.referrers(Repository.parse("registry.example/app"), BLOB_DIGEST);
      assertThat(((ReferrersAnswer.Listed) answer).descriptors()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"tags\":[\"../../etc\"]}",
        "{\"tags\":[\"a\\u001b[31m\"]}",
        "{\"tags\":[7]}",
        "{\"tags\":{}}",
        "[]"
      })
  void tagsThatAreNoneAreRefused(String body) throws Exception {
    Repository app = Repository.parse("registry.example/app");
    try (RegistryClient client = answering(request -> Reply.of(200).saying(body))) {
      RegistryException failure =
          catchThrowableOfType(RegistryException.class, () -> client.tags(app));
      assertThat(failure.kind()).isEqualTo(Kind.BAD_RESPONSE);
      assertThat(failure.message()).doesNotContain("\u001b");
    }
  }

  @Test
  void aRepositoryWithoutTagsHasNone() throws Exception {
    try (RegistryClient client =
        answering(request -> Reply.of(200).saying("{\"name\":\"app\",\"tags\":null}"))) {
      assertThat(client.tags(Repository.parse("registry.example/app"))).isEmpty();
    }
  }

  // ---- two-faced

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aTwoFacedRegistryCannotChangeWhatADigestNames(TransportKind kind) throws Exception {
    SampleImage other = SampleImage.image("another");
    try (EmbeddedRegistry registry = registry();
        RegistryClient client = client(kind)) {
      registry
          .faults()
          .on(RequestMatch.manifests())
          .does(Effects.alternating(Effects.pass(), Effects.body(other.manifest())));
      Repository app = app(registry);
      String digest = IMAGE.digest().toString();
      assertThat(client.getManifest(app, digest)).isPresent();
      assertThat(
              catchThrowableOfType(RegistryException.class, () -> client.getManifest(app, digest))
                  .kind())
          .isEqualTo(Kind.BAD_RESPONSE);
      assertThat(client.getManifest(app, digest)).isPresent();
    }
  }

  @Test
  void hostileMediaTypesAreHarmless() throws Exception {
    for (String type : List.of("x".repeat(5000), "a\u00ffb", "", ";;", "text/html; a=b")) {
      try (RegistryClient client =
          answering(request -> Reply.of(200).with("Content-Type", type).saying("{}"))) {
        MediaType named =
            client
                .getManifest(Repository.parse("registry.example/app"), "v1")
                .orElseThrow()
                .descriptor()
                .mediaType();
        assertThat(named.value().length()).isLessThan(256);
      }
    }
  }
}
