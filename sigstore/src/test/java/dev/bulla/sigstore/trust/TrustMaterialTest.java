package dev.bulla.sigstore.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.ErrorCode;
import dev.bulla.sigstore.tuf.TufException;
import dev.bulla.sigstore.tuf.TufException.Reason;
import dev.bulla.sigstore.tuf.TufSource;
import dev.bulla.testkit.sigstore.VirtualTuf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustMaterialTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant END = NOW.plus(Duration.ofDays(7));
  private static final String MIRROR = "https://tuf.example.test/repo";
  private static final Bytes ROOT = Bytes.utf8("{\"root\":1}");
  private static final Bytes CONFIG = Bytes.utf8("{\"config\":1}");

  @TempDir Path folder;

  private final List<String> notices = new ArrayList<>();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private VirtualTuf repository;
  private Path home;
  private Path rootFile;
  private boolean reachable = true;

  @BeforeEach
  void repository() throws Exception {
    repository =
        VirtualTuf.of(
            Map.of(TrustMaterial.TRUSTED_ROOT, ROOT, TrustMaterial.SIGNING_CONFIG, CONFIG), END);
    home = folder.resolve("home");
    rootFile = folder.resolve("root.json");
    Files.write(rootFile, repository.firstRoot().toByteArray());
  }

  private TufSource open(String mirror) {
    return (path, limit) -> {
      asked.add(mirror + " " + path);
      if (!reachable) {
        throw new TufException(Reason.UNREACHABLE, "no connection");
      }
      return Optional.ofNullable(repository.files().get(path));
    };
  }

  private TrustMaterial material(TrustSettings settings, Instant now) {
    return new TrustMaterial(settings, this::open, InstantSource.fixed(now), notices::add);
  }

  private TrustMaterial online(Instant now) {
    return material(
        new TrustSettings(home, Optional.of(MIRROR), Optional.of(rootFile), false), now);
  }

  private TrustMaterial offline(Instant now) {
    return material(new TrustSettings(home, Optional.of(MIRROR), Optional.of(rootFile), true), now);
  }

  private TrustMaterial unconfigured(boolean offline, Instant now) {
    return material(new TrustSettings(home, Optional.empty(), Optional.empty(), offline), now);
  }

  @Test
  void bothDocumentsComeWithOneQuestionForWhatIsNew() throws Exception {
    TrustMaterial material = online(NOW);
    assertThat(asked).isEmpty();
    assertThat(material.trustedRoot()).isEqualTo(ROOT);
    assertThat(material.signingConfig()).isEqualTo(CONFIG);
    assertThat(material.trustedRoot()).isEqualTo(ROOT);
    assertThat(asked.stream().filter(path -> path.endsWith(" timestamp.json"))).hasSize(1);
    assertThat(notices).isEmpty();
  }

  @Test
  void aNewRunAsksForTheNewestRootAndTimestampOnly() throws Exception {
    online(NOW).trustedRoot();
    asked.clear();
    online(NOW).trustedRoot();
    assertThat(asked).containsExactly(MIRROR + " 2.root.json", MIRROR + " timestamp.json");
  }

  @Test
  void aNewRunSeesWhatWasPublished() throws Exception {
    online(NOW).trustedRoot();
    Bytes newer = Bytes.utf8("{\"root\":2}");
    repository.publish(Map.of(TrustMaterial.TRUSTED_ROOT, newer), END);
    assertThat(online(NOW).trustedRoot()).isEqualTo(newer);
  }

  @Test
  void aMirrorThatIsGoneIsNoFailureWhileNothingHasExpired() throws Exception {
    online(NOW).trustedRoot();
    reachable = false;
    assertThat(online(END.minusSeconds(1)).trustedRoot()).isEqualTo(ROOT);
    assertThat(notices).hasSize(1).first().asString().contains("could not be renewed");
  }

  @Test
  void aMirrorThatIsGoneIsAFailureOnceSomethingHasExpired() throws Exception {
    online(NOW).trustedRoot();
    reachable = false;
    assertFails(online(END), "error getting live trusted root: ", "no connection");
    assertThat(notices).isEmpty();
  }

  @Test
  void whatAMirrorDoesWrongIsNotMadeGoodByWhatIsKept() throws Exception {
    online(NOW).trustedRoot();
    repository = VirtualTuf.of(Map.of(TrustMaterial.TRUSTED_ROOT, ROOT), END);
    assertFails(online(NOW), "error getting live trusted root: ", "signed by 0");
  }

  @Test
  void theFailureOfTheSigningConfigurationNamesIt() {
    reachable = false;
    assertThatExceptionOfType(BullaException.class)
        .isThrownBy(() -> online(NOW).signingConfig())
        .withMessageStartingWith("error getting signing config from TUF: ")
        .withMessageContaining(MIRROR)
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNDECIDED));
  }

  // ---- offline

  @Test
  void offlineNobodyIsAsked() throws Exception {
    online(NOW).signingConfig();
    online(NOW).trustedRoot();
    asked.clear();
    assertThat(offline(NOW).trustedRoot()).isEqualTo(ROOT);
    assertThat(offline(NOW).signingConfig()).isEqualTo(CONFIG);
    assertThat(asked).isEmpty();
  }

  @Test
  void offlineWhatHasExpiredIsRefused() throws Exception {
    online(NOW).trustedRoot();
    assertThat(offline(END.minusSeconds(1)).trustedRoot()).isEqualTo(ROOT);
    assertFails(offline(END), "error getting live trusted root: kept of ", "valid until " + END);
  }

  @Test
  void offlineWithNothingKeptThereIsNothing() {
    assertFails(offline(NOW), "error getting live trusted root: kept of ", "nothing");
    assertThat(asked).isEmpty();
  }

  @Test
  void offlineWithNothingKeptTheReleasesTrustedRootCountsAsLongAsItsRoot() throws Exception {
    Instant end = Instant.parse("2026-11-20T13:58:18Z");
    Bytes released = KnownInstance.PUBLIC_GOOD.trustedRoot().orElseThrow();
    assertThat(unconfigured(true, end.minusSeconds(1)).trustedRoot()).isEqualTo(released);
    assertThat(notices).hasSize(1).first().asString().contains("this release", end.toString());
    assertFails(unconfigured(true, end), "error getting live trusted root: ", end.toString());
    assertThat(asked).isEmpty();
  }

  @Test
  void onlineTheReleasesTrustedRootIsNoSubstitute() {
    reachable = false;
    assertFails(unconfigured(false, NOW), "error getting live trusted root: ", "no connection");
  }

  @Test
  void stagingIsNeverAnsweredWithThePublicInstancesTrustedRoot() {
    TrustSettings staging =
        new TrustSettings(
            home, Optional.of(KnownInstance.STAGING.mirror()), Optional.empty(), true);
    assertFails(material(staging, NOW), "error getting live trusted root: ", "nothing");
  }

  // ---- which instance

  @Test
  void withoutAnyChoiceItIsThePublicInstance() {
    assertFails(unconfigured(false, NOW), "", KnownInstance.PUBLIC_GOOD.mirror());
    assertThat(asked)
        .first()
        .asString()
        .isEqualTo(KnownInstance.PUBLIC_GOOD.mirror() + " 16.root.json");
  }

  @Test
  void anotherMirrorNeedsARootOfItsOwn() {
    TrustSettings noRoot = new TrustSettings(home, Optional.of(MIRROR), Optional.empty(), false);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> material(noRoot, NOW).trustedRoot())
        .withMessage(
            "error setting TUF options: error setting root: could not find cached root.json");
    assertThat(asked).isEmpty();
  }

  @Test
  void theMirrorAndTheRootThatCosignKeepsAreHeeded() throws Exception {
    Files.createDirectories(home.resolve("tuf.example.test-repo"));
    Files.writeString(home.resolve("remote.json"), "{\"mirror\":\"" + MIRROR + "\"}");
    Files.copy(rootFile, home.resolve("tuf.example.test-repo").resolve("root.json"));
    assertThat(unconfigured(false, NOW).trustedRoot()).isEqualTo(ROOT);
  }

  @Test
  void theVariableWinsOverTheChoiceOfInitialize() throws Exception {
    Files.createDirectories(home);
    Files.writeString(home.resolve("remote.json"), "{\"mirror\":\"https://other.test\"}");
    assertThat(online(NOW).trustedRoot()).isEqualTo(ROOT);
    assertThat(asked).allMatch(request -> request.startsWith(MIRROR));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"mirror\":1}", "{\"mirror\""})
  void aDamagedChoiceIsNamed(String remote) throws Exception {
    Files.createDirectories(home);
    Files.writeString(home.resolve("remote.json"), remote);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> unconfigured(false, NOW).trustedRoot())
        .withMessageStartingWith("error setting TUF options: error setting TUF mirror: ")
        .withMessageContaining("remote.json");
  }

  @Test
  void aRootFileThatIsMissingIsNamed() {
    TrustSettings settings =
        new TrustSettings(
            home, Optional.of(MIRROR), Optional.of(folder.resolve("absent.json")), false);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> material(settings, NOW).trustedRoot())
        .withMessageEndingWith("error reading root.json given by TUF_ROOT_JSON");
  }

  @ParameterizedTest
  @CsvSource({
    "https://tuf-repo-cdn.sigstore.dev, tuf-repo-cdn.sigstore.dev",
    "http://127.0.0.1:8080/Repo, 127.0.0.1-8080-repo",
    "https://../x, ",
    "https://.., ",
    "https://bulla, ",
    "https://targets, ",
    "https://, ",
    "'https://a b', ",
    "https://a\\b, "
  })
  void onlyAPlainNameIsAFolder(String mirror, String name) {
    assertThat(TrustHome.folderName(mirror)).isEqualTo(Optional.ofNullable(name));
  }

  // ---- the home

  @Test
  void aHomeThatCannotBeWrittenToIsNoReasonToGoWithout() throws Exception {
    home = Files.createFile(folder.resolve("file")).resolve("below");
    assertThat(online(NOW).trustedRoot()).isEqualTo(ROOT);
  }

  @Test
  void manyMayStartAtOnceWithNothingKept() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Bytes> one = () -> online(NOW).trustedRoot();
      for (Future<Bytes> result : threads.invokeAll(Collections.nCopies(64, one))) {
        assertThat(result.get()).isEqualTo(ROOT);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(offline(NOW).trustedRoot()).isEqualTo(ROOT);
  }

  private static void assertFails(TrustMaterial material, String start, String detail) {
    assertThatExceptionOfType(BullaException.class)
        .isThrownBy(material::trustedRoot)
        .withMessageStartingWith(start)
        .withMessageContaining(detail)
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNDECIDED))
        .satisfies(e -> assertThat(e.hint()).isPresent());
  }
}
