package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {

  private static final SampleImage SIGNED = SampleImage.image("signed");

  private static final String NO_ITEMS = "{\"kind\":\"List\",\"items\":[]}";

  @TempDir Path folder;

  private EmbeddedRegistry registry;
  private Lines lines;

  @BeforeEach
  void start() throws Exception {
    registry = EmbeddedRegistry.start();
    SIGNED.pushTo(registry.repository("app"), "signed");
    SampleImage.image("unsigned").pushTo(registry.repository("app"), "unsigned");
    lines = new Lines(folder).environment("COSIGN_PASSWORD", "pw");
    lines.run("generate-key-pair");
    lines.run("sign", "--key", "cosign.key", "--tlog-upload=false", image("signed"));
    lines.file(
        "config.yaml",
        """
        validators:
        - name: default
          type: cosign
          trustRoots:
          - name: default
            key: |
        KEY
        - name: allow
          type: static
          approve: true
        - name: deny
          type: static
        policy:
        - pattern: "*:*"
          validator: deny
        - pattern: "REGISTRY/*:*"
          with: {verifyInTransparencyLog: false}
        - pattern: "registry.k8s.io/*:*"
          validator: allow
        """
            .replace("KEY\n", Files.readString(folder.resolve("cosign.pub")).indent(6))
            .replace("REGISTRY", registry.host()));
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private String image(String tag) {
    return registry.host() + "/app:" + tag;
  }

  private Lines.Result check(String manifest, String... more) throws Exception {
    String[] line =
        new String[] {
          "admission",
          "check",
          "--config",
          "config.yaml",
          "--allow-http-registry",
          registry.host(),
          "-"
        };
    String[] whole = java.util.Arrays.copyOf(line, line.length + more.length);
    System.arraycopy(more, 0, whole, line.length, more.length);
    return lines.typing(manifest, whole);
  }

  private static String deployment(String name, String... images) {
    StringBuilder text =
        new StringBuilder(
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: "
                + name
                + ", namespace: shop}\nspec:\n  template:\n    spec:\n      containers:\n");
    for (String image : images) {
      text.append("      - name: c\n        image: " + image + "\n");
    }
    return text.toString();
  }

  @Test
  void saysWhatBecomesOfEachObjectAndImage() throws Exception {
    Lines.Result result =
        check(
            "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n"
                + deployment("good", image("signed"), "registry.k8s.io/pause:3.9")
                + deployment("bad", image("unsigned")));

    assertThat(result.stdout())
        .isEqualTo(
            """
            admitted  Deployment shop/good
                      SIGNED: verified
                        is SIGNED@DIGEST
                      registry.k8s.io/pause:3.9: static allow
            denied    Deployment shop/bad
                      UNSIGNED: error during cosign validation of image UNSIGNED: error validating image: [no signatures found]; rule "REGISTRY/*:*", more: bulla tree UNSIGNED
            2 objects looked at: 1 admitted, 1 denied, 0 undecided; 1 of other kinds left out
            denied: UNSIGNED in 1 object, the first shop/bad
                      error during cosign validation of image UNSIGNED: error validating image: [no signatures found]; rule "REGISTRY/*:*", more: bulla tree UNSIGNED
            """
                .replace("REGISTRY", registry.host())
                .replace("UNSIGNED", image("unsigned"))
                .replace("SIGNED", image("signed"))
                .replace("DIGEST", SIGNED.digest().toString()));
    assertThat(result.stderr()).startsWith("Error: 1 of 2 objects would be denied: ");
    assertThat(result.exit()).isEqualTo(10);
  }

  @Test
  void listsOfKubectlAreTakenApart() throws Exception {
    Lines.Result result =
        check(
            ("{'apiVersion':'v1','kind':'List','items':[{'apiVersion':'v1','kind':'Pod',"
                    + "'metadata':{'name':'a','namespace':'n'},'spec':{'containers':[{'image':'"
                    + image("signed")
                    + "'}]}}]}")
                .replace('\'', '"'),
            "--output",
            "json");

    assertThat(result.stderr()).isEmpty();
    assertThat(result.exit()).isZero();
    assertThat(result.stdout())
        .contains("\"name\": \"n/a\"", "\"result\": \"admitted\"", "@" + SIGNED.digest());
  }

  @Test
  void whatCouldNotBeLookedAtIsTheWorst() throws Exception {
    Lines.Result result =
        check(
            deployment("bad", image("unsigned")) + deployment("gone", registry.host() + "/none:1"));
    assertThat(result.exit()).isEqualTo(10);

    registry.close();
    assertThat(check(deployment("good", image("signed")), "--timeout", "5s").exit()).isEqualTo(20);
  }

  @Test
  void aRuleThatDeniesIsAnOrdinaryFailure() throws Exception {
    Lines.Result result = check(deployment("other", "docker.io/library/nginx:1"));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stdout()).contains("static deny for image docker.io/library/nginx:1");
  }

  private static String pods(int count, List<String> images) {
    StringBuilder items = new StringBuilder();
    for (int i = 0; i < count; i++) {
      items
          .append(i == 0 ? "" : ",")
          .append("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p" + i)
          .append("\",\"namespace\":\"n\"},\"spec\":{\"containers\":[{\"image\":\"")
          .append(images.get(i % images.size()) + "\"}]}}");
    }
    return "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[" + items + "]}";
  }

  @Test
  void aThousandPodsCostTheRequestsOfTheirImages() throws Exception {
    EmbeddedRegistry away = EmbeddedRegistry.start();
    away.close();
    SIGNED.pushTo(registry.repository("app"), "again");
    lines.file(
        "config.yaml",
        Files.readString(folder.resolve("config.yaml"))
            + "- pattern: \"AWAY/*:*\"\n  with: {verifyInTransparencyLog: false}\n"
                .replace("AWAY", away.host()));
    List<String> images =
        List.of(
            image("signed"),
            image("again"),
            image("unsigned"),
            image("missing"),
            away.host() + "/app:1");
    String[] reach = {"--allow-http-registry", away.host()};
    long before = registry.log().count();
    check(pods(images.size(), images), reach);
    long once = registry.log().count() - before;

    Lines.Result result = check(pods(1000, images), reach);

    assertThat(registry.log().count() - before - once).isEqualTo(once);
    assertThat(result.exit()).isEqualTo(20);
    assertThat(result.stderr()).startsWith("Error: 600 of 1000 objects would be denied: ");
    List<String> summary =
        result.stdout().lines().dropWhile(line -> !line.contains("looked at")).toList();
    assertThat(summary)
        .hasSize(7)
        .startsWith("1000 objects looked at: 400 admitted, 400 denied, 200 undecided")
        .contains(
            "denied: " + image("unsigned") + " in 200 objects, the first n/p2",
            "denied: " + image("missing") + " in 200 objects, the first n/p3",
            "undecided: " + away.host() + "/app:1 in 200 objects, the first n/p4");
    assertThat(result.stdout().lines().filter(line -> line.startsWith("undecided Pod n/")))
        .hasSize(200);
  }

  @Test
  void aPersonAtATerminalSeesHowFarItIs() throws Exception {
    String manifest = pods(4, List.of(image("signed"), image("unsigned")));

    assertThat(check(manifest).stderr()).doesNotContain("Looking");
    lines.watched();
    Lines.Result watched = check(manifest);

    assertThat(watched.stderr()).startsWith("\rLooking at images 0/2 |");
    assertThat(watched.stdout()).startsWith("admitted  Pod n/p0\n").doesNotContain("Looking");
  }

  @Test
  void whatIsNoManifestIsMalformed() throws Exception {
    assertThat(check("a: [").exit()).isEqualTo(21);
    assertThat(check("- 1").exit()).isEqualTo(21);
    assertThat(check("a: &a [*a]").exit()).isEqualTo(21);
    assertThat(check("{\"kind\": 1").exit()).isEqualTo(21);
  }

  @Test
  void aStreamWithoutAnObjectIsMalformed() throws Exception {
    for (String nothing : List.of("", "---\n---\n", "# a comment\n", "null", NO_ITEMS)) {
      Lines.Result result = check(nothing);

      assertThat(result.exit()).as(nothing).isEqualTo(21);
      assertThat(result.stdout()).isEmpty();
      assertThat(result.stderr()).contains("standard input: holds no object");
    }
    assertThat(check("---\n---\nkind: Service\nmetadata: {name: s}\n").exit()).isZero();
  }

  @Test
  void anchorsAndMergesAreReadAsKubectlReadsThem() throws Exception {
    Lines.Result result =
        check(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: merged}
            spec:
              containers:
              - &bad {name: a, image: "UNSIGNED"}
              - {<<: *bad, name: b}
              initContainers:
              - {<<: [{name: c}, {image: "SIGNED"}, *bad]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: whole}
            spec:
              <<: {containers: [{name: a, image: "UNSIGNED"}]}
            """
                .replace("UNSIGNED", image("unsigned"))
                .replace("SIGNED", image("signed")));

    assertThat(result.exit()).isEqualTo(10);
    assertThat(result.stdout())
        .contains(image("signed") + ": verified", "2 objects looked at: 0 admitted, 2 denied");
  }

  @Test
  void aBombIsRefusedAndItsPlaceNamed() throws Exception {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
      String all = ("*a" + (i - 1) + ", ").repeat(9) + "*a" + (i - 1);
      bomb.append("a" + i + ": &a" + i + " [" + all + "]\n");
    }
    Lines.Result result = check(bomb.toString());

    assertThat(result.exit()).isEqualTo(21);
    assertThat(result.stderr())
        .contains("standard input:1: yaml: nested too deeply, or too much of it");
  }

  @Test
  void aNetworkThatIsNoneIsNamed() throws Exception {
    Lines.Result result =
        check(deployment("good", image("signed")), "--refuse-network", "10.0.0.0/99");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("10.96.0.0/12 or fd00::/8");
    assertThat(check(deployment("good", image("signed")), "--refuse-network", "127.0.0.0/8").exit())
        .as("named by --allow-http-registry")
        .isZero();
  }
}
