package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The webhook in front of a real API server: what is stored, and what a user is told. Images lie on
 * a real registry, signed by bulla and by real cosign.
 */
@Interop
@DisplayName("the webhook (kube-apiserver)")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class AdmissionTest {

  private static final String GUARDED = "{\"guarded-by\": \"main\"}";
  private static final String ADMITTED = KubeKind.containers("allowed.example/any:1");
  private static final AtomicInteger NAMES = new AtomicInteger();

  private static KubeServer cluster;
  private static Webhook main;
  private static Map<SigningWay, Image> signed;
  private static Image unsigned;

  private final Bench bench;

  AdmissionTest(Bench bench) {
    this.bench = bench;
  }

  /** Not before all of them: cells that are left out are then named. */
  @BeforeEach
  void start(Bench bench) throws Exception {
    if (cluster != null) {
      return;
    }
    cluster = KubeServer.start(bench.peers());
    signed = new EnumMap<>(SigningWay.class);
    for (SigningWay way :
        List.of(
            SigningWay.BULLA_BOTH,
            SigningWay.COSIGN2_LEGACY,
            SigningWay.COSIGN3_LEGACY,
            SigningWay.COSIGN3_BUNDLE)) {
      signed.put(way, bench.signed(RegistryKind.OLAREG, way));
    }
    unsigned = Samples.image(bench.shelf(RegistryKind.OLAREG, "unsigned"), "v1");
    main = Webhook.start(bench.peers(), config(bench), host(bench), Map.of(), "");
    // reinvoked when another one changes the object after it
    Registration.of("a-main", main, "/mutate", "main").mutating(cluster, "IfNeeded");
    Registration.of("a-main", main, "/validate", "main").validating(cluster);
    cluster.makeNamespace("guarded", GUARDED);
    cluster.makeNamespace("free", "{}");
    Registration.await(cluster, main, "guarded", ADMITTED);
  }

  @AfterAll
  static void stop() {
    if (main != null) {
      main.close();
      main = null; // a cell that failed is asked once more
    }
    if (cluster != null) {
      cluster.close();
      cluster = null; // a cell that failed is asked once more
    }
  }

  /** Signed by any of the three programs; what is called {@code allowed} needs no signature. */
  static String config(Bench bench) {
    StringBuilder roots = new StringBuilder();
    for (Program program : List.of(Program.BULLA, Program.COSIGN2, Program.COSIGN3)) {
      roots
          .append("  - name: ")
          .append(program.command())
          .append("\n    key: |\n")
          .append(
              new String(bench.keys().generatedBy(program).publicPem(), StandardCharsets.UTF_8)
                  .indent(6));
    }
    return """
    validators:
    - name: allow
      type: static
      approve: true
    - name: deny
      type: static
      approve: false
    - name: signed
      type: cosign
      trustRoots:
    %spolicy:
    - pattern: "*:*"
      validator: deny
    - pattern: "allowed.example/*"
      validator: allow
    - pattern: "%s/interop/*"
      validator: signed
      with:
        trustRoot: "*"
        threshold: 1
        verifyInTransparencyLog: false
    """
        .formatted(roots, host(bench));
  }

  private static String host(Bench bench) {
    return bench.registry(RegistryKind.OLAREG).host();
  }

  private static Image signedImage() {
    return signed.get(SigningWay.BULLA_BOTH);
  }

  private static String name() {
    return "n" + NAMES.incrementAndGet();
  }

  private static HttpResponse<String> create(String namespace, KubeKind kind, String podSpec) {
    return cluster.ask("POST", kind.collection(namespace), kind.object(name(), "", podSpec));
  }

  private static String expect(int status, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return answer.body();
  }

  /** What is denied, and the whole message that its user reads. */
  private static String denied(HttpResponse<String> answer, Workplace place) {
    return place.jq(".message", expect(403, answer).getBytes(StandardCharsets.UTF_8));
  }

  private static String jq(Workplace place, String filter, String json) {
    return place.jq(filter, json.getBytes(StandardCharsets.UTF_8));
  }

  static Stream<Arguments> kindsAndWays() {
    SigningWay[] ways = {
      SigningWay.BULLA_BOTH,
      SigningWay.COSIGN2_LEGACY,
      SigningWay.COSIGN3_LEGACY,
      SigningWay.COSIGN3_BUNDLE
    };
    return Stream.of(KubeKind.values())
        .map(kind -> Arguments.of(kind, ways[kind.ordinal() % ways.length]));
  }

  @ParameterizedTest(name = "{0}, signed by {1}")
  @MethodSource("kindsAndWays")
  @DisplayName("W1-W16: unsigned is denied, signed is stored with its digest")
  @Order(1)
  void everyKind(KubeKind kind, SigningWay way, Workplace place) {
    assertThat(denied(create("guarded", kind, KubeKind.containers(unsigned.byTag())), place))
        .startsWith(
            "admission webhook \"a-main.bulla.test\" denied the request: error during cosign"
                + " validation of image "
                + unsigned.byTag()
                + ": ");
    Image image = signed.get(way);
    String stored =
        expect(201, create("guarded", kind, KubeKind.containers(image.byTag(), image.byDigest())));
    assertThat(jq(place, "[" + kind.podSpec() + ".containers[].image] | join(\" \")", stored))
        .isEqualTo(image.byTag() + "@" + image.digest() + " " + image.byDigest());
  }

  @Test
  @DisplayName("init containers and image volumes are looked at and pinned")
  @Order(2)
  void everyPlace(Workplace place) {
    String places =
        """
        {"containers": [%s], "initContainers": [{"name": "i", "image": "%s"}],
         "volumes": [{"name": "v", "image": {"reference": "%s"}}]}
        """;
    String good = signedImage().byTag();
    String container = KubeKind.container("c", good);
    String stored =
        expect(201, create("guarded", KubeKind.POD, places.formatted(container, good, good)));
    assertThat(
            jq(
                place,
                ".spec | [.containers[0].image, .initContainers[0].image,"
                    + " .volumes[0].image.reference] | unique | join(\" \")",
                stored))
        .isEqualTo(good + "@" + signedImage().digest());
    String bad = unsigned.byTag();
    denied(create("guarded", KubeKind.POD, places.formatted(container, bad, good)), place);
    denied(create("guarded", KubeKind.POD, places.formatted(container, good, bad)), place);
  }

  @Test
  @DisplayName("ephemeral containers: the subresource is looked at and pinned")
  @Order(3)
  void ephemeralContainers(Workplace place) {
    String name = name();
    String collection = KubeKind.POD.collection("guarded");
    String pod = KubeKind.POD.object(name, "", KubeKind.containers(signedImage().byTag()));
    String stored = expect(201, cluster.ask("POST", collection, pod));
    String path = collection + "/" + name + "/ephemeralcontainers";
    String with = ".spec.ephemeralContainers = [{name: \"d\", image: \"%s\"}]";
    assertThat(
            denied(
                cluster.ask("PUT", path, jq(place, with.formatted(unsigned.byTag()), stored)),
                place))
        .contains(unsigned.byTag());
    assertThat(
            jq(
                place,
                ".spec.ephemeralContainers[0].image",
                expect(
                    200,
                    cluster.ask(
                        "PUT", path, jq(place, with.formatted(signedImage().byTag()), stored)))))
        .isEqualTo(signedImage().byTag() + "@" + signedImage().digest());
  }

  @Test
  @DisplayName("kubectl debug on a pod from before the webhook: the new container alone is judged")
  @Order(3)
  void ephemeralContainersOfAnOldPod(Workplace place) throws Exception {
    cluster.makeNamespace("late", "{}");
    String collection = KubeKind.POD.collection("late");
    String name = name();
    String pod = KubeKind.POD.object(name, "", KubeKind.containers(unsigned.byTag()));
    String stored = expect(201, cluster.ask("POST", collection, pod));
    String namespace = expect(200, cluster.ask("GET", "/api/v1/namespaces/late", ""));
    expect(
        200,
        cluster.ask(
            "PUT",
            "/api/v1/namespaces/late",
            jq(place, ".metadata.labels += " + GUARDED, namespace)));
    Registration.await(cluster, main, "late", ADMITTED);

    String path = collection + "/" + name + "/ephemeralcontainers";
    String with = ".spec.ephemeralContainers = [{name: \"d\", image: \"%s\"}]";
    denied(cluster.ask("PUT", path, jq(place, with.formatted(unsigned.byTag()), stored)), place);
    assertThat(
            jq(
                place,
                ".spec | [.containers[0].image, .ephemeralContainers[0].image] | join(\" \")",
                expect(
                    200,
                    cluster.ask(
                        "PUT", path, jq(place, with.formatted(signedImage().byTag()), stored)))))
        .isEqualTo(unsigned.byTag() + " " + signedImage().byTag() + "@" + signedImage().digest());
  }

  @Test
  @DisplayName("a dry run is answered like any request, and nothing is stored")
  @Order(4)
  void dryRun(Workplace place) {
    String collection = KubeKind.POD.collection("guarded");
    String name = name();
    String bad = KubeKind.POD.object(name, "", KubeKind.containers(unsigned.byTag()));
    String good = KubeKind.POD.object(name, "", KubeKind.containers(signedImage().byTag()));
    denied(cluster.ask("POST", collection + "?dryRun=All", bad), place);
    assertThat(
            jq(
                place,
                ".spec.containers[0].image",
                expect(201, cluster.ask("POST", collection + "?dryRun=All", good))))
        .endsWith("@" + signedImage().digest());
    expect(404, cluster.ask("GET", collection + "/" + name, ""));
  }

  @Test
  @DisplayName("rules that admit and deny by name need no signature; subresources of others pass")
  @Order(5)
  void staticRules(Workplace place) {
    String stored =
        expect(
            201,
            create("guarded", KubeKind.DEPLOYMENT, KubeKind.containers("allowed.example/any:1")));
    assertThat(jq(place, ".spec.template.spec.containers[0].image", stored))
        .isEqualTo("allowed.example/any:1");
    assertThat(
            denied(create("guarded", KubeKind.POD, KubeKind.containers("docker.io/any:1")), place))
        .contains("static deny for image docker.io/any:1 using rule *:*");
    String path =
        KubeKind.DEPLOYMENT.collection("guarded") + "/" + jq(place, ".metadata.name", stored);
    String scale = expect(200, cluster.ask("GET", path + "/scale", ""));
    expect(200, cluster.ask("PUT", path + "/scale", jq(place, ".spec.replicas = 3", scale)));
  }

  @Test
  @DisplayName("namespaces without the label are left alone")
  @Order(6)
  void otherNamespaces() {
    expect(201, create("free", KubeKind.POD, KubeKind.containers(unsigned.byTag())));
  }

  @Test
  @DisplayName("what another webhook adds afterwards is denied by /validate, or pinned when signed")
  @Order(7)
  void sidecars(Workplace place) throws Exception {
    try (SidecarInjector injector = SidecarInjector.start()) {
      // asked after ours, which is not asked again in the first namespace
      Registration.of("b-once", main, "/mutate", "once").mutating(cluster, "Never");
      Registration.of("b-once", main, "/validate", "once").validating(cluster);
      injector.register(cluster, "c-sidecars");
      cluster.makeNamespace("once", "{\"guarded-by\": \"once\", \"sidecars\": \"yes\"}");
      cluster.makeNamespace("again", "{\"guarded-by\": \"main\", \"sidecars\": \"yes\"}");
      injector.inject("allowed.example/sidecar:1");
      Registration.await(cluster, main, "once", ADMITTED);
      Registration.await(() -> {
        cluster.ask(
            "POST",
            KubeKind.POD.collection("again") + "?dryRun=All",
            KubeKind.POD.object("first", "", ADMITTED));
        return injector.asked() > 0;
      });
      String pod = KubeKind.containers(signedImage().byTag());

      injector.inject(unsigned.byTag());
      assertThat(denied(create("once", KubeKind.POD, pod), place))
          .startsWith("admission webhook \"b-once.bulla.test\" denied the request: ")
          .contains(unsigned.byTag());
      denied(create("again", KubeKind.POD, pod), place);

      injector.inject(signedImage().byTag());
      String stored = expect(201, create("again", KubeKind.POD, pod));
      assertThat(jq(place, "[.spec.containers[].image] | unique | join(\" \")", stored))
          .isEqualTo(signedImage().byTag() + "@" + signedImage().digest());
      assertThat(injector.asked()).isPositive();
    }
  }

  @Test
  @DisplayName("detection mode lets through and warns")
  @Order(8)
  void detectionMode() throws Exception {
    try (Webhook detecting =
        Webhook.start(
            bench.peers(), config(bench), host(bench), Map.of("DETECTION_MODE", "true"), "")) {
      Registration.of("d-detecting", detecting, "/mutate", "detecting").mutating(cluster, "Never");
      Registration.of("d-detecting", detecting, "/validate", "detecting").validating(cluster);
      cluster.makeNamespace("detecting", "{\"guarded-by\": \"detecting\"}");
      Registration.await(cluster, detecting, "detecting", ADMITTED);
      HttpResponse<String> answer =
          create("detecting", KubeKind.POD, KubeKind.containers(unsigned.byTag()));
      expect(201, answer);
      assertThat(String.join("\n", answer.headers().allValues("Warning")))
          .contains("detection mode active")
          .contains(unsigned.byTag());
    }
  }

  @ParameterizedTest(name = "signatureFormat: {0}")
  @ValueSource(strings = {"auto", "legacy", "bundle"})
  @DisplayName("signatures of the format that counts do, whoever made them; others are named")
  @Order(8)
  void formats(String format, Workplace place) throws Exception {
    String config =
        config(bench)
            .replace("type: cosign\n", "type: cosign\n  signatureFormat: " + format + "\n");
    try (Webhook webhook = Webhook.start(bench.peers(), config, host(bench), Map.of(), "")) {
      String label = "format-" + format;
      Registration.of("d-" + label, webhook, "/mutate", label).mutating(cluster, "Never");
      Registration.of("d-" + label, webhook, "/validate", label).validating(cluster);
      cluster.makeNamespace(label, "{\"guarded-by\": \"" + label + "\"}");
      Registration.await(cluster, webhook, label, ADMITTED);
      signed.forEach((way, image) -> {
        HttpResponse<String> answer =
            create(label, KubeKind.POD, KubeKind.containers(image.byTag()));
        boolean counts =
            switch (format) {
              case "legacy" -> way.writesLegacy();
              case "bundle" -> way.writesBundle();
              default -> true;
            };
        if (counts) {
          assertThat(jq(place, ".spec.containers[0].image", expect(201, answer)))
              .as(way.toString())
              .isEqualTo(image.byTag() + "@" + image.digest());
        } else {
          assertThat(denied(answer, place))
              .as(way.toString())
              .contains(
                  format.equals("legacy")
                      ? "a Sigstore bundle does not count here"
                      : "a signature in the older format does not count here");
        }
      });
    }
  }

  @Test
  @DisplayName(
      "children of admitted owners and unchanged objects need no registry; strangers are denied")
  @Order(9)
  void childrenAndUpdates(Workplace place) throws Exception {
    try (PeerRegistry registry = PeerRegistry.start(RegistryKind.OLAREG, bench.peers())) {
      Shelf shelf = new Shelf(registry.host(), "interop/child");
      Image image = Samples.image(shelf, "v1");
      SigningWay.COSIGN2_LEGACY.sign(
          place, bench.keys(), bench.keys().generatedBy(Program.COSIGN2), image.byDigest());
      cluster.configure(place, cluster.administrator());
      try (Webhook webhook =
          Webhook.start(
              bench.peers(),
              config(bench).replace(host(bench), registry.host()),
              registry.host(),
              Map.of("CACHE_EXPIRY_SECONDS", "0", "AUTOMATIC_UNCHANGED_APPROVAL", "true"),
              place.folder().resolve("kubeconfig").toString())) {
        Registration.of("e-children", webhook, "/mutate", "children").mutating(cluster, "Never");
        Registration.of("e-children", webhook, "/validate", "children").validating(cluster);
        cluster.makeNamespace("children", "{\"guarded-by\": \"children\"}");
        Registration.await(cluster, webhook, "children", ADMITTED);
        String owner =
            expect(
                201, create("children", KubeKind.DEPLOYMENT, KubeKind.containers(image.byTag())));
        String pinned = jq(place, ".spec.template.spec.containers[0].image", owner);
        registry.kill();

        String replicas = expect(201, child(place, owner, KubeKind.REPLICA_SET, pinned));
        expect(201, child(place, replicas, KubeKind.POD, pinned));
        denied(child(place, owner, KubeKind.REPLICA_SET, image.byTag()), place);
        denied(create("children", KubeKind.POD, KubeKind.containers(unsigned.byTag())), place);
        assertThat(webhook.metric("connaisseur_validations_skipped_total", "child"))
            .isGreaterThanOrEqualTo(2);

        String path =
            KubeKind.DEPLOYMENT.collection("children") + "/" + jq(place, ".metadata.name", owner);
        String now = expect(200, cluster.ask("GET", path, ""));
        expect(200, cluster.ask("PUT", path, jq(place, ".spec.replicas = 7", now)));
        denied(
            cluster.ask(
                "PUT",
                path,
                jq(
                    place,
                    ".spec.template.spec.containers[0].image = \"" + unsigned.byTag() + "\"",
                    now)),
            place);
      }
    }
  }

  private static HttpResponse<String> child(
      Workplace place, String owner, KubeKind kind, String image) {
    String reference =
        jq(
            place,
            "{apiVersion, kind, name: .metadata.name, uid: .metadata.uid, controller: true}"
                + " | tojson",
            owner);
    return cluster.ask(
        "POST",
        kind.collection("children"),
        kind.object(
            name(), ", \"ownerReferences\": [" + reference + "]", KubeKind.containers(image)));
  }

  @Test
  @DisplayName("a webhook that is not there: failurePolicy decides; when it is back, it is asked")
  @Order(10)
  void failurePolicy() throws Exception {
    for (String policy : List.of("Fail", "Ignore")) {
      String name = "f-" + policy.toLowerCase(java.util.Locale.ROOT);
      Webhook gone = Webhook.start(bench.peers(), config(bench), host(bench), Map.of(), "");
      try (gone) {
        new Registration(
                name,
                gone.url() + "/mutate",
                gone.authority().certificatePem(),
                "{\"matchLabels\": {\"guarded-by\": \"" + name + "\"}}",
                policy)
            .mutating(cluster, "Never");
        cluster.makeNamespace(name, "{\"guarded-by\": \"" + name + "\"}");
        Registration.await(() ->
            create(name, KubeKind.POD, KubeKind.containers(unsigned.byTag())).statusCode() == 403);
        gone.kill();
        HttpResponse<String> answer =
            create(name, KubeKind.POD, KubeKind.containers(signedImage().byTag()));
        if (policy.equals("Ignore")) {
          expect(201, answer);
        } else {
          assertThat(expect(500, answer)).contains("failed calling webhook");
          gone.killAndRestart();
          expect(201, create(name, KubeKind.POD, KubeKind.containers(signedImage().byTag())));
          expect(403, create(name, KubeKind.POD, KubeKind.containers(unsigned.byTag())));
        }
      }
    }
  }

  @Test
  @DisplayName(
      "the API server is started again under load: nothing unsigned comes in, what is signed does")
  @Order(11)
  void restartOfTheServer(Workplace place) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger admittedUnsigned = new AtomicInteger();
    AtomicInteger unanswered = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> load = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Image image = i == 0 ? unsigned : signedImage();
        load.add(
            threads.submit(() -> {
              while (!over.get()) {
                try {
                  int status =
                      create("guarded", KubeKind.POD, KubeKind.containers(image.byTag()))
                          .statusCode();
                  admittedUnsigned.addAndGet(image == unsigned && status == 201 ? 1 : 0);
                } catch (UncheckedIOException e) {
                  unanswered.incrementAndGet();
                  LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }
              }
              return null;
            }));
      }
      try {
        cluster.restart();
      } finally {
        over.set(true);
      }
      for (Future<?> thread : load) {
        thread.get();
      }
    }
    assertThat(admittedUnsigned).hasValue(0);
    assertThat(unanswered.get()).as("requests to the server that was ended").isPositive();
    denied(create("guarded", KubeKind.POD, KubeKind.containers(unsigned.byTag())), place);
    expect(201, create("guarded", KubeKind.POD, KubeKind.containers(signedImage().byTag())));
  }
}
