package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.kms.KmsFault;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code auth.usePodPullSecrets}: whose secrets open which image, and for whom. */
class PodPullSecretsTest {

  private static final String MUTATE = "/mutate";

  @TempDir Path folder;

  static Stream<Auth> auths() {
    return Stream.of(
        Auth.basic().user(PrivateImages.USER, PrivateImages.PASSWORD),
        Auth.bearer().user(PrivateImages.USER, PrivateImages.PASSWORD));
  }

  private static String ofPod(WholeWebhook webhook, String pod) throws Exception {
    return webhook.denialIn("shop", MUTATE, "", "Pod", pod);
  }

  private static String digest(PrivateImages images) {
    return images.registry.host() + "/app@" + PrivateImages.SIGNED.digest();
  }

  /** Nothing that anybody can read shows a password, nor what docker makes of it. */
  private static void assertNoSecretIsShown(WholeWebhook webhook, String... denials)
      throws Exception {
    List<String> shown = new ArrayList<>(webhook.log);
    shown.addAll(List.of(denials));
    shown.add(webhook.metrics());
    shown.add(webhook.statusPage());
    assertThat(shown)
        .hasSizeGreaterThan(2)
        .noneMatch(text -> text.contains(PrivateImages.PASSWORD))
        .noneMatch(text -> text.contains(PrivateImages.OTHERS))
        .noneMatch(text -> text.contains(PrivateImages.USER));
  }

  @ParameterizedTest
  @MethodSource("auths")
  void theSecretOfThePodLetsSignaturesDecide(Auth auth) throws Exception {
    try (PrivateImages images = new PrivateImages(folder, auth)) {
      images.secret("shop", "pull", PrivateImages.PASSWORD);
      try (WholeWebhook webhook = images.webhook()) {
        assertThat(ofPod(webhook, images.pod(images.image("signed"), "pull"))).isEmpty();
        assertThat(ofPod(webhook, images.pod(digest(images), "pull"))).isEmpty();
        String unsigned = ofPod(webhook, images.pod(images.image("unsigned"), "pull"));

        assertThat(unsigned).contains("no signatures found");
        assertNoSecretIsShown(webhook, unsigned);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"default, serviceAccountName", "robot, serviceAccountName", "robot, serviceAccount"})
  void soDoesTheSecretOfItsServiceAccount(String account, String member) throws Exception {
    try (PrivateImages images = new PrivateImages(folder)) {
      images.account("shop", account, "pull");
      images.secret("shop", "pull", PrivateImages.PASSWORD);
      String named = account.equals("default") ? "" : "'" + member + "':'" + account + "',";
      String spec = images.spec(images.image("signed")).replaceFirst("\\{", "{" + named);
      try (WholeWebhook webhook = images.webhook()) {
        assertThat(ofPod(webhook, "{'metadata':{'name':'web'},'spec':" + spec + "}")).isEmpty();
        assertThat(
                ofPod(
                    webhook,
                    images
                        .pod(images.image("signed"))
                        .replaceFirst("'spec':\\{", "'spec':{'serviceAccountName':'other',")))
            .contains("neither the pod nor its service account names pull secrets");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"apps, Deployment", "apps, DaemonSet", "batch, Job", "'', ReplicationController"})
  void theTemplateNamesThoseOfItsPods(String group, String kind) throws Exception {
    try (PrivateImages images = new PrivateImages(folder);
        WholeWebhook webhook = images.webhook()) {
      images.secret("shop", "pull", PrivateImages.PASSWORD);
      String template = "{'spec':" + images.spec(images.image("signed"), "pull") + "}";
      String object = "{'metadata':{'name':'web'},'spec':{'template':" + template + "}}";

      assertThat(webhook.denialIn("shop", MUTATE, group, kind, object)).isEmpty();
      assertThat(webhook.denialIn("shop", MUTATE, group, kind, object.replace("'pull'", "'no'")))
          .contains("error during cosign validation", "not there, or without credentials: no");
      assertThat(
              webhook.denialIn(
                  "shop",
                  MUTATE,
                  "batch",
                  "CronJob",
                  "{'metadata':{'name':'web'},'spec':{'jobTemplate':{'spec':{'template':"
                      + template
                      + "}}}}"))
          .isEmpty();
    }
  }

  @Test
  void theOlderTypeOfSecretIsReadAndAnyOtherIsNot() throws Exception {
    try (PrivateImages images = new PrivateImages(folder);
        WholeWebhook webhook = images.webhook()) {
      String config = PrivateImages.config(images.registry.host(), PrivateImages.PASSWORD);
      String older = config.substring("{\"auths\":".length(), config.length() - 1);
      images.secret("shop", "older", "kubernetes.io/dockercfg", older);
      images.secret("shop", "opaque", "Opaque/json", config);
      images.secret("shop", "broken", "kubernetes.io/dockerconfigjson", config.substring(0, 60));
      images.secret(
          "shop", "huge", "kubernetes.io/dockerconfigjson", config + " ".repeat(256 << 10));

      String none = ofPod(webhook, images.pod(images.image("signed"), "opaque", "broken", "huge"));
      assertThat(none).contains("not there, or without credentials: opaque, broken, huge");
      assertThat(ofPod(webhook, images.pod(images.image("signed"), "broken", "older"))).isEmpty();
      assertNoSecretIsShown(webhook, none);
    }
  }

  @Test
  void theSecretOfAnotherNamespaceIsNobodysElse() throws Exception {
    try (PrivateImages images = new PrivateImages(folder);
        WholeWebhook webhook = images.webhook()) {
      images.secret("other", "pull", PrivateImages.PASSWORD);
      String pod = images.pod(images.image("signed"), "pull");
      assertThat(webhook.denialIn("other", MUTATE, "", "Pod", pod)).isEmpty();

      assertThat(ofPod(webhook, pod)).contains("not there, or without credentials: pull");
      for (String name : List.of("../../other/secrets/pull", "..%2f..%2fother/secrets/pull", "A")) {
        assertThat(ofPod(webhook, images.pod(images.image("signed"), name)))
            .contains("not there, or without credentials: ");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rightAndWrongSecretsNeverAnswerForEachOther(boolean byDigest) throws Exception {
    try (PrivateImages images = new PrivateImages(folder);
        WholeWebhook webhook = images.webhook();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      images.secret("right", "pull", PrivateImages.PASSWORD);
      images.secret("wrong", "pull", PrivateImages.OTHERS);
      String image = byDigest ? digest(images) : images.image("signed");
      String pod = images.pod(image, "pull");
      for (int round = 0; round < 3; round++) {
        List<Future<String>> right = new ArrayList<>();
        List<Future<String>> wrong = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          wrong.add(threads.submit(() -> webhook.denialIn("wrong", MUTATE, "", "Pod", pod)));
          right.add(threads.submit(() -> webhook.denialIn("right", MUTATE, "", "Pod", pod)));
        }
        for (Future<String> answer : right) {
          assertThat(answer.get()).isEmpty();
        }
        for (Future<String> answer : wrong) {
          assertThat(answer.get()).contains("tried with the pull secrets pull");
        }
      }
      assertThat(webhook.denialIn("none", MUTATE, "", "Pod", images.pod(image)))
          .contains("neither the pod nor its service account names pull secrets");
      assertNoSecretIsShown(webhook);
    }
  }

  @Test
  void aSecretThatIsReplacedCountsAtOnce() throws Exception {
    try (PrivateImages images = new PrivateImages(folder);
        WholeWebhook webhook = images.webhook()) {
      String pod = images.pod(images.image("signed"), "pull");
      images.secret("shop", "pull", PrivateImages.OTHERS);
      assertThat(ofPod(webhook, pod)).contains("tried with the pull secrets pull");
      images.secret("shop", "pull", PrivateImages.PASSWORD);
      assertThat(ofPod(webhook, pod)).isEmpty();
      images.secret("shop", "pull", PrivateImages.OTHERS);
      assertThat(ofPod(webhook, pod)).contains("tried with the pull secrets pull");
    }
  }

  @Test
  void secretsAreTriedInTurnAndThenTheValidatorsOwnLogin() throws Exception {
    try (PrivateImages images = new PrivateImages(folder)) {
      images.secret("shop", "stale", PrivateImages.OTHERS);
      images.secret("shop", "pull", PrivateImages.PASSWORD);
      try (WholeWebhook webhook = images.webhook()) {
        assertThat(ofPod(webhook, images.pod(images.image("signed"), "stale", "pull"))).isEmpty();
        assertThat(ofPod(webhook, images.pod(digest(images), "stale", "pull"))).isEmpty();
        assertThat(ofPod(webhook, images.pod(images.image("signed"), "stale"))).isNotEmpty();
      }
      Files.createDirectories(folder.resolve("secrets/own"));
      Files.writeString(
          folder.resolve("secrets/own/.dockerconfigjson"),
          PrivateImages.config(images.registry.host(), PrivateImages.PASSWORD));
      try (WholeWebhook webhook =
          images.webhook("{secretName: own, usePodPullSecrets: true}", true)) {
        assertThat(ofPod(webhook, images.pod(images.image("signed")))).isEmpty();
        assertThat(ofPod(webhook, images.pod(digest(images), "stale"))).isEmpty();
      }
    }
  }

  @Test
  void aSecretIsShownToItsOwnRegistryOnly() throws Exception {
    try (PrivateImages images = new PrivateImages(folder);
        EmbeddedRegistry evil =
            EmbeddedRegistry.start(
                EmbeddedRegistry.options().auth(Auth.basic().user("any", "thing")))) {
      images.secret("shop", "pull", PrivateImages.PASSWORD);
      String host = images.registry.host();
      images.secret(
          "shop",
          "part",
          "kubernetes.io/dockerconfigjson",
          PrivateImages.config(host + "/ap", PrivateImages.PASSWORD));
      try (WholeWebhook webhook = images.webhook()) {
        String elsewhere = evil.host() + "/app:signed";
        assertThat(ofPod(webhook, images.pod(elsewhere, "pull"))).isNotEmpty();
        assertThat(evil.log().withCredentials()).isEmpty();
        assertThat(ofPod(webhook, images.pod(images.image("signed"), "part")))
            .contains("the pull secrets part are for other registries or paths");
        assertThat(images.registry.log().withCredentials()).isEmpty();
      }
    }
  }

  @Test
  void eightSecretsAreLookedAt() throws Exception {
    try (PrivateImages images = new PrivateImages(folder);
        WholeWebhook webhook = images.webhook()) {
      images.secret("shop", "s8", PrivateImages.PASSWORD);
      String[] nine = IntStream.range(0, 9).mapToObj(i -> "s" + i).toArray(String[]::new);
      String[] eight = IntStream.range(1, 9).mapToObj(i -> "s" + i).toArray(String[]::new);

      int before = images.cluster.requests();
      assertThat(ofPod(webhook, images.pod(images.image("signed"), nine)))
          .contains("9 pull secrets are named, of which the first 8 are looked at");
      assertThat(images.cluster.requests() - before).isEqualTo(9);
      assertThat(ofPod(webhook, images.pod(images.image("signed"), eight))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_PERMITTED, not permitted: get on secrets in namespace shop",
    "SERVER_ERROR, HTTP 500",
    "SILENCE, the API server did not answer in time"
  })
  void whatTheClusterDoesNotSayLeavesTheImageUndecided(KmsFault fault, String why)
      throws Exception {
    try (PrivateImages images = new PrivateImages(folder);
        WholeWebhook webhook = images.webhook()) {
      images.secret("shop", "pull", PrivateImages.PASSWORD);
      String pod = images.pod(digest(images), "pull");
      images.cluster.fail(fault, 1000);

      String denial = ofPod(webhook, pod);
      assertThat(denial)
          .contains("the pull secret pull could not be read: ", why)
          .doesNotContain("no signatures found");
      assertThat(String.join("\n", webhook.log)).contains("pull secrets of namespace shop: ");
      images.cluster.fail(fault, 0);
      assertThat(ofPod(webhook, pod)).isEmpty();
    }
  }

  @Test
  void whatEverybodyMayReadNeedsNoCluster() throws Exception {
    try (PrivateImages images = new PrivateImages(folder, Auth.none());
        WholeWebhook webhook = images.webhook()) {
      images.cluster.fail(KmsFault.NOT_PERMITTED, 1000);

      assertThat(ofPod(webhook, images.pod(images.image("signed"), "pull"))).isEmpty();
      assertThat(ofPod(webhook, images.pod(images.image("unsigned"), "pull")))
          .contains("no signatures found");
    }
  }

  @Test
  void withoutAClusterThatIsSaidAndTheRestGoesOn() throws Exception {
    try (PrivateImages images = new PrivateImages(folder);
        WholeWebhook webhook = images.webhook("{usePodPullSecrets: true}", false)) {
      assertThat(ofPod(webhook, images.pod(images.image("signed"), "pull")))
          .contains("pull secrets of pods were not looked for: there is no cluster");
      assertThat(String.join("\n", webhook.log))
          .contains("usePodPullSecrets of validator default has no effect");
    }
  }

  @Test
  void validatorsThatDoNotAskForItReadNothing() throws Exception {
    try (PrivateImages images = new PrivateImages(folder);
        WholeWebhook webhook = images.webhook("{usePodPullSecrets: false}", true)) {
      images.secret("shop", "pull", PrivateImages.PASSWORD);

      assertThat(ofPod(webhook, images.pod(images.image("signed"), "pull"))).isNotEmpty();
      assertThat(images.cluster.requests()).isZero();
    }
  }

  @Test
  void checkAsksTheClusterThatIsNamed() throws Exception {
    try (PrivateImages images = new PrivateImages(folder)) {
      images.secret("shop", "pull", PrivateImages.PASSWORD);
      images.configuration("{usePodPullSecrets: true}");
      String manifest =
          "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'web','namespace':'shop'},'spec':"
                  .replace('\'', '"')
              + images.spec(images.image("signed"), "pull").replace('\'', '"')
              + "}";
      Lines lines = new Lines(folder);
      String[] line = {
        "admission",
        "check",
        "--config=values.yaml",
        "--allow-http-registry",
        images.registry.host(),
        "--kubeconfig=kubeconfig",
        "-"
      };

      Lines.Result with = lines.typing(manifest, line);
      assertThat(with.exit()).as(with.stderr()).isZero();
      assertThat(with.stdout()).contains("admitted");
      Lines.Result other = lines.typing(manifest.replace(",\"namespace\":\"shop\"", ""), line);
      assertThat(other.exit()).isEqualTo(20);
      assertThat(other.stdout()).contains("undecided", "the object names no namespace");
      line[5] = "--secrets-dir=secrets";
      Lines.Result without = lines.typing(manifest, line);
      assertThat(without.exit()).isEqualTo(20);
      assertThat(without.stderr()).contains("has no effect", "name one with --kubeconfig");
      assertThat(without.stdout()).contains("undecided");
    }
  }
}
