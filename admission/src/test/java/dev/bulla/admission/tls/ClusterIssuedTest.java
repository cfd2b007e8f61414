package dev.bulla.admission.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.admission.cluster.Cluster;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.testkit.kms.KmsFault;
import dev.bulla.testkit.kms.KubernetesServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterIssuedTest {

  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");
  private static final Instant WORN = NOW.plus(Duration.ofDays(2500));
  private static final String MUTATING =
      "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/bulla-webhook";
  private static final String VALIDATING =
      "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/bulla-webhook";

  @TempDir private Path folder;

  private final AtomicReference<Instant> clock = new AtomicReference<>(NOW);
  private final List<String> news = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final List<ClusterIssued> replicas = new ArrayList<>();
  private KubernetesServer server;
  private Cluster cluster;

  @BeforeEach
  void start() throws Exception {
    server = KubernetesServer.start("Bearer t0ken", "v1.36.3");
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(kubeconfig, server.kubeconfig("token: t0ken"));
    cluster =
        new Cluster(
            KmsContext.of(
                Map.of("KUBECONFIG", kubeconfig.toString()), folder, Duration.ofSeconds(20)),
            InstantSource.system());
    server.put(MUTATING, registration(""));
    server.put(VALIDATING, registration(""));
  }

  @AfterEach
  void stop() {
    replicas.forEach(ClusterIssued::close);
    cluster.close();
    server.close();
  }

  private static JsonObject registration(String bundle) throws MalformedInputException {
    return registration(bundle, 1);
  }

  private static JsonObject registration(String bundle, int version)
      throws MalformedInputException {
    return JsonParser.parseObject(
        Bytes.utf8(
            """
            {"metadata": {"name": "bulla-webhook", "resourceVersion": "%2$d"},
             "webhooks": [{"name": "one.svc", "clientConfig": {"caBundle": "%1$s"}},
                          {"name": "two.svc", "clientConfig": {"service": {"name": "svc"}}}]}
            """
                .formatted(bundle, version)),
        "test");
  }

  private static JsonObject unfilled(int version) {
    try {
      return registration("", version);
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  private static IssuedOptions options() throws ConfigurationException {
    return IssuedOptions.parse(
        "bulla/certs",
        List.of("bulla-svc.bulla.svc"),
        List.of("mutating/bulla-webhook", "validating/bulla-webhook"),
        Duration.ofDays(7));
  }

  private ClusterIssued replica() throws Exception {
    ClusterIssued issued =
        ClusterIssued.start(options(), cluster, clock::get, news::add, failures::add);
    replicas.add(issued);
    return issued;
  }

  private List<X509Certificate> believed(String path) throws Exception {
    List<List<X509Certificate>> bundles = new ArrayList<>();
    JsonArray webhooks =
        (JsonArray) server.object(path).orElseThrow().get("webhooks").orElseThrow();
    for (JsonValue value : webhooks.values()) {
      String encoded =
          PublishedAuthorities.text(
              PublishedAuthorities.object((JsonObject) value, "clientConfig"), "caBundle");
      bundles.add(ServerIdentity.certificates(Base64Text.decode(encoded, "test"), "test"));
    }
    assertThat(bundles).hasSize(2);
    assertThat(bundles.get(1)).isEqualTo(bundles.get(0));
    return bundles.get(0);
  }

  private Map<String, Bytes> stored() throws Exception {
    Map<String, Bytes> members = new TreeMap<>();
    for (JsonObject.Member member :
        PublishedAuthorities.object(server.secret("bulla", "certs").orElseThrow(), "data")
            .members()) {
      members.put(member.name(), Base64Text.decode(((JsonString) member.value()).value(), "test"));
    }
    return members;
  }

  private static X509Certificate shown(ClusterIssued replica) throws Exception {
    Bytes identity = Bytes.owning(Files.readAllBytes(replica.identity()));
    return ServerIdentity.parse(identity, identity).chain().get(0);
  }

  @Test
  void theFirstReplicaMakesWhatAllOfThemShow() throws Exception {
    ClusterIssued first = replica();
    ClusterIssued second = replica();

    assertThat(shown(second)).isEqualTo(shown(first));
    assertThat(SelfIssued.authorities(stored()))
        .isEqualTo(believed(MUTATING))
        .isEqualTo(believed(VALIDATING))
        .allMatch(authority -> SelfIssued.isBy(shownOrFail(first), authority));
    assertThat(news).containsExactly("certificates renewed in secret bulla/certs");
    assertThat(Files.getPosixFilePermissions(first.identity()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.getPosixFilePermissions(first.identity().getParent()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  private static X509Certificate shownOrFail(ClusterIssued replica) {
    try {
      return shown(replica);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsInTheSecretBesidesStays() throws Exception {
    server.put("bulla", "certs", "theirs", Bytes.utf8("x"));

    replica();

    assertThat(stored()).containsEntry("theirs", Bytes.utf8("x")).containsKey("ca.crt");
  }

  @Test
  void aSecondAuthorityIsBelievedBeforeItSignsAndTheFirstUntilItsEnd() throws Exception {
    ClusterIssued one = replica();
    ClusterIssued two = replica();
    List<X509Certificate> first = believed(MUTATING);

    clock.set(WORN);
    one.look();
    assertThat(believed(MUTATING)).hasSize(2).containsAll(first).isEqualTo(believed(VALIDATING));
    assertThat(SelfIssued.isBy(shown(one), first.get(0))).isTrue();
    two.look();
    assertThat(shown(two)).isEqualTo(shown(one));

    clock.set(WORN.plus(Duration.ofDays(8)));
    two.look();
    assertThat(believed(MUTATING)).hasSize(2);
    assertThat(SelfIssued.isBy(shown(two), believed(MUTATING).get(1))).isTrue();
    // this one has not looked yet, and is believed as well
    assertThat(SelfIssued.isBy(shown(one), believed(MUTATING).get(0))).isTrue();

    clock.set(NOW.plus(Duration.ofDays(3651)));
    one.look();
    assertThat(believed(MUTATING)).hasSize(1).doesNotContainAnyElementsOf(first);
  }

  @Test
  void anAuthorityThatOneRegistrationDoesNotHaveDoesNotSign() throws Exception {
    ClusterIssued one = replica();
    X509Certificate first = believed(MUTATING).get(0);
    clock.set(WORN);
    one.look();
    // somebody puts back an older state
    server.put(VALIDATING, registration(Base64Text.encode(SelfIssued.pem(List.of(first)))));

    clock.set(WORN.plus(Duration.ofDays(8)));
    one.look();
    assertThat(SelfIssued.isBy(shown(one), first)).isTrue();
    assertThat(believed(VALIDATING)).hasSize(2);

    one.look();
    assertThat(SelfIssued.isBy(shown(one), first)).isFalse();
  }

  @Test
  void authoritiesOfSomebodyElseAreBelievedUntilTheyExpire() throws Exception {
    X509Certificate theirs =
        new CertificateMaker()
            .authority("theirs", NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(2)))
            .certificate();
    X509Certificate another =
        new CertificateMaker()
            .authority(
                "bulla-admission-ca", NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(9)))
            .certificate();
    String bundle = Base64Text.encode(SelfIssued.pem(List.of(theirs, another)));
    server.put(
        MUTATING,
        JsonParser.parseObject(
            Bytes.utf8(
                """
                {"metadata": {"resourceVersion": "1"},
                 "webhooks": [{"name": "one.svc", "clientConfig": {"caBundle": "%1$s"}},
                              {"name": "two.svc", "clientConfig": {"caBundle": "%1$s"}}]}
                """
                    .formatted(bundle)),
            "test"));

    ClusterIssued one = replica();
    // one of ours whose secret was deleted is not believed any more
    assertThat(believed(MUTATING)).hasSize(2).contains(theirs).doesNotContain(another);

    clock.set(NOW.plus(Duration.ofDays(3)));
    one.look();
    assertThat(believed(MUTATING)).hasSize(1).doesNotContain(theirs);
  }

  @Test
  void aDeletedSecretIsABeginningFromNothing() throws Exception {
    ClusterIssued one = replica();
    X509Certificate first = believed(MUTATING).get(0);
    server.forget("bulla", "certs");

    one.look();

    assertThat(believed(MUTATING)).hasSize(1).doesNotContain(first);
    assertThat(SelfIssued.isBy(shown(one), believed(MUTATING).get(0))).isTrue();
  }

  @Test
  void anApiServerThatIsAwayLeavesTheCertificateAsItIs() throws Exception {
    ClusterIssued one = replica();
    X509Certificate before = shown(one);
    clock.set(NOW.plus(Duration.ofDays(61)));
    server.fail(KmsFault.NOT_PERMITTED, 1);

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(one::look)
        .satisfies(e ->
            assertThat(e.message()).contains("get on mutatingwebhookconfigurations bulla-webhook"));
    assertThat(shown(one)).isEqualTo(before);

    one.look();
    assertThat(shown(one)).isNotEqualTo(before);
  }

  @Test
  void aRegistrationThatIsNotThereYetIsFilledOnceItIs() throws Exception {
    server.forget(VALIDATING);
    ClusterIssued one = replica();
    assertThat(one.missing()).containsExactly("validating/bulla-webhook");
    one.look();
    assertThat(news).filteredOn(line -> line.contains("is not there")).hasSize(1);

    server.put(VALIDATING, registration(""));
    one.look();

    assertThat(believed(VALIDATING)).isEqualTo(believed(MUTATING));
    assertThat(one.missing()).isEmpty();
    assertThat(news)
        .contains("registration validating/bulla-webhook is there now, and its caBundle is kept");
    assertThat(failures).isEmpty();
  }

  @Test
  void thatNobodyAsksIsAFailureUntilSomebodyDoes() throws Exception {
    server.forget(VALIDATING);
    server.forget(MUTATING);
    ClusterIssued one = replica();
    assertThat(failures)
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("bulla-webhook is not there"));

    server.put(MUTATING, registration(""));
    one.look();

    assertThat(SelfIssued.authorities(stored())).isEqualTo(believed(MUTATING));
    assertThat(one.missing()).containsExactly("validating/bulla-webhook");
    assertThat(failures).hasSize(2);
  }

  @Test
  void whereOthersAlwaysComeBetweenItSaysSoAndTriesAgainLater() throws Exception {
    AtomicInteger version = new AtomicInteger(100);
    AtomicBoolean disturbed = new AtomicBoolean();
    ClusterIssued one =
        ClusterIssued.start(
            options(),
            cluster,
            // so that each attempt has something to renew
            () -> clock.updateAndGet(now -> now.plus(Duration.ofDays(61))),
            line -> {
              if (disturbed.get()) {
                server.put(MUTATING, unfilled(version.incrementAndGet()));
              }
            },
            failures::add);
    replicas.add(one);
    X509Certificate before = shown(one);

    server.put(MUTATING, unfilled(version.get()));
    disturbed.set(true);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(one::look)
        .satisfies(e -> assertThat(e.message()).contains("all the time"));
    assertThat(shown(one)).isEqualTo(before);

    disturbed.set(false);
    one.look();
    assertThat(shown(one)).isNotEqualTo(before);
    assertThat(believed(MUTATING)).isEqualTo(SelfIssued.authorities(stored()));
  }

  @Test
  void anEmptiedSecretIsABeginningFromNothingToo() throws Exception {
    ClusterIssued one = replica();
    X509Certificate first = believed(MUTATING).get(0);
    JsonObject.Builder emptied = JsonObject.builder();
    for (JsonObject.Member member : server.secret("bulla", "certs").orElseThrow().members()) {
      if (!member.name().equals("data")) {
        emptied.put(member.name(), member.value());
      }
    }
    assertThat(
            cluster.replaceIfSame(
                "/api/v1/namespaces/bulla/secrets/certs", emptied.build(), "update"))
        .isPresent();
    assertThat(stored()).isEmpty();

    one.look();

    assertThat(believed(MUTATING)).hasSize(1).doesNotContain(first);
    assertThat(SelfIssued.isBy(shown(one), believed(MUTATING).get(0))).isTrue();
  }

  @Test
  void itsKeyGoesWithTheProcess() throws Exception {
    ClusterIssued one = replica();
    Path shown = one.identity();

    one.close();

    assertThat(shown.getParent()).doesNotExist();
  }

  @Test
  void replicasThatStartTogetherAgree() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<ClusterIssued> all = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 3; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  all.add(
                      ClusterIssued.start(options(), cluster, clock::get, line -> {}, line -> {}));
                } catch (BullaException | IOException e) {
                  throw new AssertionError(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    replicas.addAll(all);

    assertThat(all).hasSize(3);
    assertThat(all).extracting(ClusterIssuedTest::shownOrFail).containsOnly(shown(all.get(0)));
    assertThat(believed(MUTATING)).isEqualTo(SelfIssued.authorities(stored())).hasSize(1);
  }

  @Test
  void whatFlagsSayIsLookedAt() {
    for (String secret : new String[] {"certs", "a/b/c", "A/b", "a/../b"}) {
      assertThatExceptionOfType(ConfigurationException.class)
          .isThrownBy(
              () -> IssuedOptions.parse(secret, List.of("a"), List.of("mutating/b"), Duration.ZERO))
          .satisfies(e -> assertThat(e.message()).contains("NAMESPACE/SECRET"));
    }
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> IssuedOptions.parse("a/b", List.of(), List.of("mutating/b"), Duration.ZERO))
        .satisfies(e -> assertThat(e.message()).contains("--tls-name"));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> IssuedOptions.parse("a/b", List.of("a b"), List.of("mutating/b"), Duration.ZERO))
        .satisfies(e -> assertThat(e.message()).contains("no host name"));
    for (String registration : new String[] {"b", "other/b", "mutating/../x"}) {
      assertThatExceptionOfType(ConfigurationException.class)
          .isThrownBy(
              () -> IssuedOptions.parse("a/b", List.of("a"), List.of(registration), Duration.ZERO))
          .satisfies(e -> assertThat(e.message()).contains("mutating/NAME"));
    }
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> IssuedOptions.parse("a/b", List.of("a"), List.of(), Duration.ZERO))
        .satisfies(e -> assertThat(e.message()).contains("--registration"));
  }
}
