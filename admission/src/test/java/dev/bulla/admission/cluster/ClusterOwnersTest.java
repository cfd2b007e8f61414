package dev.bulla.admission.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.decide.Decider;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.ImageDecision;
import dev.bulla.admission.decide.ImageDecision.Fate;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.KeyException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.testkit.kms.KmsFault;
import dev.bulla.testkit.kms.KubernetesServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows K15, Z2 and D12: what an owner says counts as far as it was admitted here. */
class ClusterOwnersTest {

  private static final String DIGEST = "sha256:" + "4f".repeat(32);
  private static final String APP = "signed.io/app:1@" + DIGEST;
  private static final String SIDE = "signed.io/side:1@" + DIGEST;
  private static final String UID = "d7d3f2b8-0000-4000-8000-000000000001";
  private static final String WEB = owner("apps/v1", "Deployment", "web", UID);
  private static final String WEB_PATH = "/apis/apps/v1/namespaces/shop/deployments/web";
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Features CHILDREN = new Features(false, false, false, true);

  private static final String CONFIG =
      """
      validators:
      - {name: allow, type: static, approve: true}
      - name: mine
        type: cosign
        trustRoots: [{name: default, key: "k8s://a/b"}]
      policy:
      - {pattern: "allowed.io/*", validator: allow}
      - {pattern: "signed.io/*", validator: mine}
      - {pattern: "watched.io/*", validator: mine, with: {mode: insecureValidateOnly}}
      """;

  @TempDir private Path folder;

  private final List<String> notices = new CopyOnWriteArrayList<>();
  private final AtomicBoolean registryIsAway = new AtomicBoolean();
  private KubernetesServer server;
  private Cluster cluster;
  private Decider decider;

  @BeforeEach
  void start() throws Exception {
    server = KubernetesServer.start("Bearer t0ken", "v1.36.3");
    cluster = cluster("t0ken", InstantSource.system());
    decider = decider(CHILDREN, false);
  }

  @AfterEach
  void stop() {
    cluster.close();
    server.close();
  }

  private Cluster cluster(String token, InstantSource clock) throws Exception {
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(kubeconfig, server.kubeconfig("tokenFile: token"));
    Files.writeString(folder.resolve("token"), token);
    return new Cluster(
        KmsContext.of(Map.of("KUBECONFIG", kubeconfig.toString()), folder, Duration.ofSeconds(20)),
        folder.resolve("account"),
        clock);
  }

  private Decider decider(Features features, boolean strict) throws Exception {
    return new Decider(
        ConfigLoader.load(CONFIG, "config.yaml"),
        features,
        (image, rule, deadline) -> {
          if (registryIsAway.get()) {
            throw new ConfigurationException("the registry is away");
          }
          return Digest.parse(DIGEST);
        },
        new ClusterOwners(cluster, strict, InstantSource.system(), notices::add),
        InstantSource.system());
  }

  private static String podSpec(String... images) {
    StringBuilder containers = new StringBuilder();
    for (String image : images) {
      containers.append(containers.isEmpty() ? "" : ",").append("{'image':'" + image + "'}");
    }
    return "{'containers':[" + containers + "]}";
  }

  private static String owner(String apiVersion, String kind, String name, String uid) {
    return "{'apiVersion':'%s','kind':'%s','name':'%s','uid':'%s'}"
        .formatted(apiVersion, kind, name, uid);
  }

  /** An object whose pods are those of a template. */
  private static String object(String name, String uid, String owners, String podSpec) {
    return ("{'metadata':{'name':'%s','namespace':'shop','uid':'%s','ownerReferences':[%s]},"
            + "'spec':{'template':{'spec':%s}}}")
        .formatted(name, uid, owners, podSpec);
  }

  private static JsonObject json(String text) throws Exception {
    return JsonParser.parseObject(Bytes.utf8(text.replace('\'', '"')), "test");
  }

  private static ReviewRequest review(String group, String kind, String object) throws Exception {
    return review("CREATE", group, kind, object, false);
  }

  private static ReviewRequest review(
      String operation, String group, String kind, String object, boolean dryRun) throws Exception {
    return ReviewRequest.parse(
        Bytes.utf8(
            ("{'apiVersion':'admission.k8s.io/v1','kind':'AdmissionReview','request':{'uid':'u',"
                    + "'kind':{'group':'%s','version':'v1','kind':'%s'},'operation':'%s',"
                    + "'namespace':'shop','dryRun':%s,'object':%s}}")
                .formatted(group, kind, operation, dryRun, object)
                .replace('\'', '"')));
  }

  private static ReviewRequest deployment(String uid, String... images) throws Exception {
    return review("apps", "Deployment", object("web", uid, "", podSpec(images)));
  }

  /** What /validate sees of the deployment, which the API server has from then on. */
  private void admitDeployment(Decider by, String podSpec) throws Exception {
    String object = object("web", UID, "", podSpec);
    by.decide(review("apps", "Deployment", object), LONG);
    server.put(WEB_PATH, json(object));
  }

  private static ReviewRequest child(String owners, String... images) throws Exception {
    return review("apps", "ReplicaSet", object("web-1", "", owners, podSpec(images)));
  }

  private static ReviewRequest pod(String owners, String... images) throws Exception {
    return review(
        "",
        "Pod",
        "{'metadata':{'name':'web-1','ownerReferences':[%s]},'spec':%s}"
            .formatted(owners, podSpec(images)));
  }

  /** How the images of a request are decided while no registry answers. */
  private List<Fate> alone(Decider by, ReviewRequest request) throws Exception {
    registryIsAway.set(true);
    Decision decision = by.decide(request, LONG);
    registryIsAway.set(false);
    return decision.images().stream().map(ImageDecision::fate).toList();
  }

  @Test
  @ConnaisseurRow("K15")
  void aChildHasTheImagesThatItsOwnerWasAdmittedWith() throws Exception {
    admitDeployment(decider, podSpec(APP, SIDE));
    assertThat(alone(decider, child(WEB, APP, SIDE))).containsExactly(Fate.CHILD, Fate.CHILD);
    assertThat(alone(decider, child(WEB, APP, "signed.io/other:1@" + DIGEST)))
        .containsExactly(Fate.CHILD, Fate.FAILED);
    assertThat(alone(decider, child(WEB, "signed.io/app:1@sha256:" + "aa".repeat(32))))
        .as("another digest")
        .containsExactly(Fate.FAILED);
    assertThat(alone(decider, child(WEB, "signed.io/app:1")))
        .as("a tag, which may mean something else by now")
        .containsExactly(Fate.FAILED);
  }

  @Test
  void theServerIsAskedOnceForAllImagesOfARequest() throws Exception {
    admitDeployment(decider, podSpec(APP, SIDE));
    int before = server.requests();
    decider.decide(child(WEB, APP, SIDE, "signed.io/more:1"), LONG);
    assertThat(server.requests() - before).isEqualTo(1);
  }

  @Test
  @ConnaisseurRow("K15")
  void initContainersEphemeralContainersAndImageVolumesOfTheOwnerCount() throws Exception {
    String volume = "signed.io/vol:1@" + DIGEST;
    admitDeployment(
        decider,
        ("{'initContainers':[{'image':'%s'}],'containers':[{'image':'%s'}],"
                + "'volumes':[{'name':'v','image':{'reference':'%s'}}]}")
            .formatted(SIDE, APP, volume));
    assertThat(alone(decider, child(WEB, APP, SIDE, volume))).containsOnly(Fate.CHILD);

    String pod =
        ("{'metadata':{'name':'p','namespace':'shop','uid':'pod'},'spec':{'containers':"
                + "[{'image':'%s'}],'ephemeralContainers':[{'image':'%s'}]}}")
            .formatted(APP, SIDE);
    decider.decide(review("UPDATE", "", "Pod", pod, false), LONG);
    server.put("/api/v1/namespaces/shop/pods/p", json(pod));
    assertThat(alone(decider, child(owner("v1", "Pod", "p", "pod"), SIDE)))
        .containsExactly(Fate.CHILD);
  }

  @ParameterizedTest
  @CsvSource({
    "v1,'',ReplicationController,replicationcontrollers",
    "apps/v1,apps,ReplicaSet,replicasets",
    "apps/v1,apps,DaemonSet,daemonsets",
    "apps/v1,apps,StatefulSet,statefulsets",
    "batch/v1,batch,Job,jobs",
    "batch/v1,batch,CronJob,cronjobs",
  })
  @ConnaisseurRow("K15")
  void ownersAreOfAnyKindThatRunsImages(
      String apiVersion, String group, String kind, String resource) throws Exception {
    String object = object("web", UID, "", podSpec(APP));
    if (kind.equals("CronJob")) {
      object =
          object.replace("'spec':{'template'", "'spec':{'jobTemplate':{'spec':{'template'") + "}}";
    }
    decider.decide(review(group, kind, object), LONG);
    String root = group.isEmpty() ? "/api/v1" : "/apis/" + apiVersion;
    server.put(root + "/namespaces/shop/" + resource + "/web", json(object));
    assertThat(alone(decider, pod(owner(apiVersion, kind, "web", UID), APP)))
        .containsExactly(Fate.CHILD);
  }

  @Test
  @ConnaisseurRow("K15")
  void anOwnerThatTheServerHasOtherwiseApprovesOfNothing() throws Exception {
    admitDeployment(decider, podSpec(APP));

    server.put(WEB_PATH, json(object("web", "another", "", podSpec(APP))));
    assertThat(alone(decider, child(WEB, APP))).as("UID").containsExactly(Fate.FAILED);

    server.put(WEB_PATH, json(object("web", UID, "", podSpec(APP)).replace("shop", "mall")));
    assertThat(alone(decider, child(WEB, APP))).as("namespace").containsExactly(Fate.FAILED);

    server.put(WEB_PATH, json(object("web", UID, "", podSpec(SIDE))));
    assertThat(alone(decider, child(WEB, APP))).as("new images").containsExactly(Fate.FAILED);
    assertThat(alone(decider, child(WEB, SIDE)))
        .as("images that were not admitted here")
        .containsExactly(Fate.FAILED);

    server.put(WEB_PATH, json(object("web", UID, "", podSpec(APP))));
    for (String stranger :
        List.of(
            "",
            owner("apps/v1", "Deployment", "gone", UID),
            owner("apps/v1", "Deployment", "../../../secrets/web", UID),
            owner("apps/v1beta1", "Deployment", "web", UID),
            owner("argoproj.io/v1", "Rollout", "web", UID),
            owner("apps/v1", "Deployment", "web", "unknown"))) {
      assertThat(alone(decider, child(stranger, APP))).as(stranger).containsExactly(Fate.FAILED);
    }
    assertThat(alone(decider, child(WEB, APP))).containsExactly(Fate.CHILD);
  }

  @Test
  @ConnaisseurRow("K15")
  void twoOwnersApproveOfTheImagesOfBoth() throws Exception {
    admitDeployment(decider, podSpec(APP));
    String second = object("job", "second", "", podSpec(SIDE));
    decider.decide(review("batch", "Job", second), LONG);
    server.put("/apis/batch/v1/namespaces/shop/jobs/job", json(second));
    String both = WEB + "," + owner("batch/v1", "Job", "job", "second");
    assertThat(alone(decider, pod(both, APP, SIDE))).containsExactly(Fate.CHILD, Fate.CHILD);

    String many = WEB + ("," + WEB).repeat(ClusterOwners.MAX_OWNERS);
    assertThat(alone(decider, pod(many, APP))).as("too many").containsExactly(Fate.FAILED);
  }

  @Test
  void grandchildrenAreApprovedByDigestToo() throws Exception {
    admitDeployment(decider, podSpec(APP));
    String replicas = object("web-1", "replicas", WEB, podSpec(APP));
    assertThat(alone(decider, review("apps", "ReplicaSet", replicas))).containsExactly(Fate.CHILD);
    server.put("/apis/apps/v1/namespaces/shop/replicasets/web-1", json(replicas));
    assertThat(alone(decider, pod(owner("apps/v1", "ReplicaSet", "web-1", "replicas"), APP)))
        .containsExactly(Fate.CHILD);
  }

  @Test
  void strictLooksAtPodsAndTrustsTheOwnersOfOthers() throws Exception {
    Decider strict = decider(CHILDREN, true);
    admitDeployment(strict, podSpec(APP));
    assertThat(alone(strict, child(WEB, APP))).containsExactly(Fate.CHILD);
    assertThat(alone(strict, pod(WEB, APP))).containsExactly(Fate.FAILED);
  }

  @Test
  void whatWasLetThroughWithoutALookOwnsNothing() throws Exception {
    Decider detecting = decider(new Features(true, false, false, true), false);
    registryIsAway.set(true);
    admitDeployment(detecting, podSpec(APP));
    assertThat(alone(detecting, child(WEB, APP))).as("a warning").containsExactly(Fate.FAILED);

    decider.decide(
        review("CREATE", "apps", "Deployment", object("web", UID, "", podSpec(APP)), true), LONG);
    assertThat(alone(decider, child(WEB, APP))).as("a dry run").containsExactly(Fate.FAILED);

    // of an owner in a namespace that is not looked at, there is no review at all
    assertThat(alone(decider(CHILDREN, false), child(WEB, APP)))
        .as("never reviewed")
        .containsExactly(Fate.FAILED);

    admitDeployment(decider, podSpec("signed.io/app:1"));
    assertThat(alone(decider, child(WEB, "signed.io/app:1")))
        .as("not pinned yet: the answer was a patch")
        .containsExactly(Fate.FAILED);

    admitDeployment(decider, podSpec("watched.io/app:1"));
    assertThat(alone(decider, child(WEB, "watched.io/app:1")))
        .as("insecureValidateOnly pins nothing")
        .containsExactly(Fate.FAILED);
  }

  @Test
  void theRecordIsBoundedAndHoldsWhatIsAdmittedNow() throws Exception {
    AdmittedImages record = new AdmittedImages(2);
    for (String uid : List.of("a", "b", "c")) {
      ReviewRequest request = deployment(uid, APP);
      record.note(request, decider.decide(request, LONG));
    }
    assertThat(record.of("shop", "a")).as("the oldest makes place").isEmpty();
    assertThat(record.of("shop", "b")).containsOnlyKeys(APP);
    assertThat(record.of("mall", "b")).isEmpty();

    ReviewRequest allowed = deployment("b", "allowed.io/other:1");
    record.note(allowed, decider.decide(allowed, LONG));
    assertThat(record.of("shop", "b")).isEmpty();
  }

  @Test
  void anUpdateThatCannotChangeImagesLeavesThemOnRecord() throws Exception {
    AdmittedImages record = new AdmittedImages();
    ReviewRequest created = review("batch", "Job", object("web", "j", "", podSpec(APP)));
    record.note(created, decider.decide(created, LONG));
    ReviewRequest updated =
        new ReviewRequest(
            "",
            "",
            "u",
            created.kind(),
            "UPDATE",
            "",
            "shop",
            ReviewRequest.User.NONE,
            created.object(),
            created.object(),
            false);
    Decision decision = decider.decide(updated, LONG);

    record.note(updated, decision);

    assertThat(decision.images()).isEmpty();
    assertThat(record.of("shop", "j")).containsOnlyKeys(APP);
  }

  @ParameterizedTest
  @EnumSource(names = {"SERVER_ERROR", "NOT_PERMITTED"})
  void anApiServerThatDoesNotSayApprovesOfNothingAndIsNamed(KmsFault fault) throws Exception {
    admitDeployment(decider, podSpec(APP));
    server.fail(fault, 10);
    assertThat(alone(decider, child(WEB, APP))).containsExactly(Fate.FAILED);
    assertThat(notices)
        .singleElement()
        .asString()
        .startsWith("child approval: no images of Deployment shop/web: ");
    server.fail(fault, 0);
    assertThat(alone(decider, child(WEB, APP))).as("once more").containsExactly(Fate.CHILD);
  }

  @Test
  void aSilentApiServerLeavesTimeForTheRegistry() throws Exception {
    admitDeployment(decider, podSpec(APP));
    server.fail(KmsFault.SILENCE, 1);
    Decision decision = decider.decide(child(WEB, APP), LONG);
    assertThat(decision.images()).extracting(ImageDecision::fate).containsExactly(Fate.VERIFIED);
  }

  @Test
  void aNewTokenIsReadWhenTheOldOneIsRefused() throws Exception {
    server.put(WEB_PATH, json("{}"));
    try (Cluster other = cluster("old", InstantSource.system())) {
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(() -> other.get(WEB_PATH, "get"))
          .matches(e -> e.problem() == KeyException.Problem.NOT_AUTHENTICATED);
      Files.writeString(folder.resolve("token"), "t0ken");
      assertThat(other.get(WEB_PATH, "get")).isPresent();
    }
  }

  @Test
  void aNewTokenIsReadEveryFewMinutes() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    server.put(WEB_PATH, json("{}"));
    try (Cluster other = cluster("t0ken", now::get)) {
      assertThat(other.get(WEB_PATH, "get")).isPresent();
      Files.writeString(folder.resolve("token"), "another");
      assertThat(other.get(WEB_PATH, "get")).as("not yet").isPresent();
      now.set(now.get().plus(Duration.ofMinutes(6)));
      assertThatExceptionOfType(KeyException.class).isThrownBy(() -> other.get(WEB_PATH, "get"));
    }
  }
}
