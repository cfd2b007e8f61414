package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RegistryFixture;
import dev.bulla.testkit.registry.StoredRepository;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestReporter;

/**
 * Every check of {@code verify} in the vectors that real cosign made, against what is expected of
 * it. What asks for trust material that this version cannot read, by older flags and variables or
 * over the network, must not succeed; with the log ignored the rest of it is checked all the same.
 */
class CosignVectorsTest {

  /** What a check asks for, in the order in which it is looked at. */
  private enum Need {
    /** Something that is not built yet and says so. */
    NOT_BUILT,
    /** A certificate. */
    CERTIFICATE,
    /** A key, and a log entry. */
    LOG,
    /** A key alone. */
    KEY
  }

  /**
   * Refused for what the log says alone: with the log ignored there is nothing wrong with them. The
   * first has a bundle by another key and a good legacy signature, which cosign does not look at
   * then; we look at both.
   */
  private static final Set<String> ONLY_THE_LOG_REFUSES =
      Set.of(
          "cosign-repository/bundle-wrong-key",
          "image-bundle-key-rekor2-tsa/tlog-foreign",
          "image-bundle-key-rekor2-tsa/tlog-none",
          "image-bundle-key-rekor2-tsa/log-index",
          "image-bundle-key-rekor2-tsa/proof-hash",
          "image-bundle-key-rekor2-tsa/tlog-plus-foreign",
          "image-bundle-key-rekor2-tsa/root-tlog-key",
          "image-bundle-parsing/body-v1",
          "image-bundle-parsing/v2-promise",
          "image-legacy-key-rekor1-tsa/bundle-none",
          "image-legacy-key-rekor1-tsa/set-bit");

  /** One line of a {@code case.json}. */
  private record Check(
      Path directory,
      String name,
      String expect,
      Optional<String> repository,
      List<String> arguments,
      Map<String, String> environment) {

    String title() {
      return directory.getFileName() + "/" + name;
    }

    Need need() {
      if (arguments.contains("--attachment")) {
        return Need.NOT_BUILT;
      }
      if (!arguments.contains("--key")) {
        return Need.CERTIFICATE;
      }
      return arguments.contains("--insecure-ignore-tlog") ? Need.KEY : Need.LOG;
    }
  }

  private static List<Check> checks()
      throws IOException, URISyntaxException, MalformedInputException {
    return checks("args");
  }

  /**
   * @param lines which of the recorded lines: {@code args}, or {@code args_2_5_0}, which only some
   *     checks have
   */
  private static List<Check> checks(String lines)
      throws IOException, URISyntaxException, MalformedInputException {
    Path root = Path.of(CosignVectorsTest.class.getResource("/vectors/cosign-3.1.1").toURI());
    List<Path> cases;
    try (Stream<Path> found = Files.list(root)) {
      cases = found.filter(Files::isDirectory).sorted().toList();
    }
    List<Check> checks = new ArrayList<>();
    for (Path directory : cases) {
      Bytes json = Bytes.of(Files.readAllBytes(directory.resolve("case.json")));
      JsonObject document = JsonParser.parseObject(json, directory.toString());
      for (JsonValue value : ((JsonArray) document.get("checks").orElseThrow()).values()) {
        JsonObject check = (JsonObject) value;
        if (check.get(lines).isEmpty()) {
          continue;
        }
        List<String> arguments = words(check.get(lines).get());
        if (!arguments.get(0).equals("verify")) {
          continue;
        }
        Map<String, String> environment = new HashMap<>();
        if (check.get("env").isPresent()
            && check.get("env").get() instanceof JsonObject variables) {
          for (JsonObject.Member member : variables.members()) {
            environment.put(member.name(), ((JsonString) member.value()).value());
          }
        }
        checks.add(
            new Check(
                directory,
                text(check, "name").orElseThrow(),
                text(check, "expect").orElseThrow(),
                text(check, "repo"),
                arguments,
                environment));
      }
    }
    return checks;
  }

  private static List<String> words(JsonValue arguments) {
    List<String> words = new ArrayList<>();
    for (JsonValue word : ((JsonArray) arguments).values()) {
      words.add(((JsonString) word).value());
    }
    return words;
  }

  private static Optional<String> text(JsonObject object, String name) {
    return object.get(name).map(value -> ((JsonString) value).value());
  }

  /** A registry that holds what a check is about. */
  private static EmbeddedRegistry registry(Check check, boolean listsReferrers)
      throws IOException, MalformedInputException {
    EmbeddedRegistry registry = EmbeddedRegistry.start();
    if (!listsReferrers) {
      registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    }
    // what is about a folder has no repository
    if (check.repository().isPresent()) {
      RegistryFixture.read(check.directory().resolve(check.repository().get()))
          .loadInto(registry.repository("case"));
    }
    if (Files.exists(check.directory().resolve("sigs"))) {
      RegistryFixture.read(check.directory().resolve("sigs")).loadInto(registry.repository("sigs"));
    }
    return registry;
  }

  private static InProcess.Result run(Check check, boolean listsReferrers, String... more)
      throws IOException, MalformedInputException {
    try (EmbeddedRegistry registry = registry(check, listsReferrers)) {
      List<String> line = new ArrayList<>();
      for (String word : check.arguments()) {
        line.add(filled(word, check, registry));
      }
      line.addAll(List.of(more));
      InProcess process = InProcess.in(check.directory());
      for (Map.Entry<String, String> variable : check.environment().entrySet()) {
        process.environment(variable.getKey(), filled(variable.getValue(), check, registry));
      }
      return process.run(line);
    }
  }

  private static String filled(String word, Check check, EmbeddedRegistry registry) {
    return word.replace("$REG/<repository loaded from sigs/>", registry.host() + "/sigs")
        .replace("$REG/$REPO", registry.host() + "/case")
        .replace("$DIR", check.directory().toString());
  }

  /** The same line without the trust material that this version cannot read. */
  private static Check withoutTrustedRoot(Check check) {
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < check.arguments().size(); i++) {
      if (check.arguments().get(i).equals("--trusted-root")) {
        i++;
      } else {
        arguments.add(check.arguments().get(i));
      }
    }
    return new Check(
        check.directory(),
        check.name(),
        check.expect(),
        check.repository(),
        arguments,
        check.environment());
  }

  @TestFactory
  List<DynamicTest> everyCheck(TestReporter reporter) throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (Check check : checks()) {
      tests.add(DynamicTest.dynamicTest(check.title(), () -> judge(check, reporter)));
    }
    assertThat(tests).hasSize(194);
    return tests;
  }

  /**
   * The lines of the older cosign, which names authorities and logs one by one, in variables; what
   * both versions were asked with a trusted root has to come out the same.
   */
  @TestFactory
  List<DynamicTest> everyCheckWithTheFilesOfCosign2(TestReporter reporter) throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (Check check : checks("args_2_5_0")) {
      if (check.environment().containsKey("SIGSTORE_ROOT_FILE")) {
        tests.add(
            DynamicTest.dynamicTest(
                check.title(), () -> assertStrictVerdict(check, run(check, false), reporter)));
      }
    }
    assertThat(tests).hasSize(43);
    return tests;
  }

  private static void judge(Check recorded, TestReporter reporter) throws Exception {
    // real cosign passes over the root where it is not needed; we say so, which is no verdict
    Check check = recorded.need() == Need.KEY ? withoutTrustedRoot(recorded) : recorded;
    switch (recorded.need()) {
      case KEY -> {
        for (boolean listsReferrers : new boolean[] {false, true}) {
          assertVerdict(check, run(check, listsReferrers), reporter);
        }
      }
      case LOG -> {
        InProcess.Result asked = run(check, false);
        if (check.arguments().contains("--trusted-root")) {
          assertStrictVerdict(check, asked, reporter);
        } else {
          assertThat(asked.exit()).as(asked.stderr()).isNotZero();
          assertThat(asked.stdout()).isEmpty();
        }
        if (check.expect().equals("accept") && !check.arguments().contains("--trusted-root")) {
          assertThat(asked.exit()).as(asked.stderr()).isEqualTo(20);
          assertThat(asked.stderr())
              .contains("its transparency log entry cannot be checked without a trusted root");
        }
        assertVerdict(check, run(check, false, "--insecure-ignore-tlog"), reporter);
      }
      case CERTIFICATE, NOT_BUILT -> {
        InProcess.Result result = run(check, false);
        if (recorded.need() == Need.CERTIFICATE && check.arguments().contains("--trusted-root")) {
          assertStrictVerdict(check, result, reporter);
          return;
        }
        assertThat(result.exit()).as(result.stderr()).isNotZero();
        assertThat(result.stdout()).isEmpty();
      }
    }
  }

  /** As {@link #assertVerdict} without any exception: the log is checked too. */
  private static void assertStrictVerdict(
      Check check, InProcess.Result result, TestReporter reporter) {
    switch (check.expect()) {
      case "accept" -> assertThat(result.exit()).as(result.stderr()).isZero();
      case "reject" -> {
        assertThat(result.exit()).as(result.stderr()).isNotZero();
        assertThat(result.stdout()).isEmpty();
      }
      default -> reporter.publishEntry(check.title(), "exit " + result.exit());
    }
  }

  private static void assertVerdict(Check check, InProcess.Result result, TestReporter reporter) {
    switch (check.expect()) {
      case "accept" -> assertThat(result.exit()).as(result.stderr()).isZero();
      case "reject" -> {
        if (ONLY_THE_LOG_REFUSES.contains(check.title())) {
          assertThat(result.exit()).as(result.stderr()).isZero();
        } else {
          assertThat(result.exit()).as(result.stderr()).isNotZero();
          assertThat(result.stdout()).isEmpty();
        }
      }
      default -> reporter.publishEntry(check.title(), "exit " + result.exit());
    }
  }

  @Test
  void noCheckIsLost() throws Exception {
    Map<String, Integer> counts = new TreeMap<>();
    for (Check check : checks()) {
      counts.merge(check.need() + " " + check.expect(), 1, Integer::sum);
    }

    assertThat(counts.toString())
        .isEqualTo(
            "{CERTIFICATE accept=15, CERTIFICATE either=3, CERTIFICATE reject=59,"
                + " KEY accept=26, KEY either=2, KEY reject=19,"
                + " LOG accept=25, LOG either=7, LOG reject=36,"
                + " NOT_BUILT accept=1, NOT_BUILT reject=1}");
    assertThat(checks())
        .extracting(Check::title)
        .doesNotHaveDuplicates()
        .containsAll(ONLY_THE_LOG_REFUSES);
  }

  /** An image of Connaisseur's tests; its own manifest is not at hand, and not needed for a yes. */
  @Test
  void connaisseursTestImageVerifiesWithAlicesKeyOnly() throws Exception {
    Path directory =
        Path.of(CosignVectorsTest.class.getResource("/vectors/legacy-images/alice-signed").toURI());
    String hex = "071bf7a986f1ca9cb2a1f0bc8392822a7777f90d58f2d2c6f271913e08de7c81";
    try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
      StoredRepository repository = registry.repository("testimage");
      for (String blob : List.of("payload-d8ee807d.json", "config.json")) {
        repository.putBlob(Bytes.of(Files.readAllBytes(directory.resolve(blob))));
      }
      repository.putManifest(
          "application/vnd.oci.image.manifest.v1+json",
          Bytes.of(Files.readAllBytes(directory.resolve("signature-manifest.compact.json"))),
          "sha256-" + hex + ".sig");
      String image = registry.host() + "/testimage@sha256:" + hex;

      assertThat(
              InProcess.in(directory)
                  .run("verify", "--key", "alice.pub", "--insecure-ignore-tlog", image)
                  .exit())
          .isZero();
      assertThat(
              InProcess.in(directory)
                  .run("verify", "--key", "bob.pub", "--insecure-ignore-tlog", image)
                  .exit())
          .isEqualTo(12);
    }
  }
}
