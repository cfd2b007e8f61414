package dev.bulla.sigstore.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.sigstore.tuf.MintedRepository.Signers;
import dev.bulla.sigstore.tuf.MintedRepository.SigningKey;
import dev.bulla.sigstore.tuf.TufException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TufClientTest {

  private static final Instant NOW = MintedRepository.NOW;
  private static final String PAST = "2026-01-01T00:00:00Z";
  private static final String NAME = "trusted_root.json";

  @TempDir Path home;

  private MintedRepository repository;
  private Bytes firstRoot;
  private FileTufStore store;

  @BeforeEach
  void repository() {
    repository = new MintedRepository();
    firstRoot = repository.rootFile(1);
    store = new FileTufStore(home.resolve("kept"));
  }

  private TufClient client() {
    return new TufClient(repository, store, firstRoot);
  }

  private Bytes target() throws TufException {
    return client().refresh(NOW).target(NAME);
  }

  private void assertRefused(Reason reason) {
    assertThatExceptionOfType(TufException.class)
        .isThrownBy(this::target)
        .satisfies(e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTargetComesWithAndWithoutConsistentSnapshots(boolean consistent) throws Exception {
    repository.files.clear();
    repository.consistent = consistent;
    repository.publishRoot();
    repository.publish();
    firstRoot = repository.rootFile(1);
    assertThat(target()).isEqualTo(repository.targets.get(NAME));
  }

  @Test
  void whatIsKeptIsNotFetchedAgain() throws Exception {
    target();
    repository.asked.clear();
    target();
    assertThat(repository.asked).containsExactly("2.root.json", "timestamp.json");
  }

  @Test
  void newVersionsReplaceOlderOnes() throws Exception {
    target();
    repository.targets.put(NAME, Bytes.utf8("newer"));
    repository.next();
    assertThat(target()).isEqualTo(Bytes.utf8("newer"));
  }

  // ---- roots

  @Test
  void rootsAreFollowedOneByOne() throws Exception {
    for (int i = 0; i < 3; i++) {
      Signers before = repository.root;
      repository.root = new Signers(2);
      repository.root.threshold = 2;
      repository.rootVersion++;
      repository.publishRoot(before.keys.toArray(SigningKey[]::new));
    }
    target();
    repository.asked.clear();
    target();
    assertThat(repository.asked).startsWith("5.root.json");
  }

  @Test
  void aRootThatTheOneBeforeDidNotSignIsRefused() {
    repository.root = new Signers(2);
    repository.rootVersion = 2;
    repository.publishRoot();
    assertRefused(Reason.UNSIGNED);
  }

  @Test
  void aRootThatDidNotSignItselfIsRefused() {
    List<SigningKey> before = repository.root.keys;
    repository.root = new Signers(1);
    repository.rootVersion = 2;
    repository.files.put("2.root.json", MintedRepository.signed(repository.rootBody(), before));
    assertRefused(Reason.UNSIGNED);
  }

  @Test
  void aRootUnderAnotherVersionIsRefused() {
    repository.rootVersion = 3;
    repository.publishRoot();
    repository.files.put("2.root.json", repository.rootFile(3));
    assertRefused(Reason.WRONG_VERSION);
    repository.files.put("2.root.json", firstRoot);
    assertRefused(Reason.WRONG_VERSION);
  }

  @Test
  void anExpiredRootIsRefusedUnlessANewerOneFollows() throws Exception {
    repository.expires.put("root", PAST);
    repository.publishRoot();
    firstRoot = repository.rootFile(1);
    assertRefused(Reason.EXPIRED);
    repository.expires.clear();
    repository.rootVersion = 2;
    repository.publishRoot();
    assertThat(target()).isEqualTo(repository.targets.get(NAME));
  }

  @Test
  void aFirstRootThatIsNotSignedIsNoAnchor() {
    firstRoot =
        MintedRepository.signed(repository.rootBody(), List.of(repository.root.keys.get(0)));
    assertRefused(Reason.UNSIGNED);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void thresholdsAreAtLeastOne(long threshold) {
    repository.timestamp.threshold = threshold;
    repository.publishRoot();
    firstRoot = repository.rootFile(1);
    assertRefused(Reason.MALFORMED);
  }

  /** One key under two ids is one key. */
  @Test
  void aThresholdCountsKeysNotTheirIds() {
    SigningKey one = new SigningKey("ed25519");
    SigningKey again = new SigningKey(one.pair, "another spelling");
    repository.timestamp = new Signers(0);
    repository.timestamp.keys.addAll(List.of(one, again));
    repository.timestamp.threshold = 2;
    repository.publishRoot();
    firstRoot = repository.rootFile(1);
    repository.publish();
    assertRefused(Reason.UNSIGNED);
  }

  @Test
  void oneSignatureCountsOnceHoweverOftenItStandsThere() {
    SigningKey key = repository.timestamp.keys.get(0);
    repository.timestamp.keys.add(new SigningKey());
    repository.timestamp.threshold = 2;
    repository.publishRoot();
    firstRoot = repository.rootFile(1);
    repository.timestamp.keys.set(1, key);
    repository.publish();
    assertRefused(Reason.UNSIGNED);
  }

  @Test
  void aKeyUnderTheIdsOfOthersIsStillOneKey() {
    JsonObject body = repository.rootBody();
    SigningKey stranger = new SigningKey();
    JsonObject keys = (JsonObject) body.get("keys").orElseThrow();
    JsonObject.Builder exchanged = JsonObject.builder();
    keys.members().forEach(member -> exchanged.put(member.name(), stranger.json));
    JsonObject.Builder root = JsonObject.builder();
    body.members()
        .forEach(member ->
            root.put(
                member.name(), member.name().equals("keys") ? exchanged.build() : member.value()));
    List<SigningKey> underTheirIds = new ArrayList<>();
    for (SigningKey key : repository.root.keys) {
      underTheirIds.add(new SigningKey(stranger.pair, key.json, key.id));
    }
    firstRoot = MintedRepository.signed(root.build(), underTheirIds);
    assertRefused(Reason.UNSIGNED);
  }

  // ---- rollback and freeze

  @Test
  void anOlderTimestampIsRefused() throws Exception {
    Bytes old = repository.files.get("timestamp.json");
    repository.next();
    target();
    repository.files.put("timestamp.json", old);
    assertRefused(Reason.WRONG_VERSION);
  }

  @Test
  void aTimestampThatListsAnOlderSnapshotIsRefused() throws Exception {
    repository.next();
    target();
    repository.snapshotVersion = 1;
    repository.timestampVersion++;
    repository.publishSnapshot();
    assertRefused(Reason.WRONG_VERSION);
  }

  @Test
  void aSnapshotThatListsOlderTargetsIsRefused() throws Exception {
    repository.next();
    target();
    repository.targetsVersion = 1;
    repository.snapshotVersion++;
    repository.timestampVersion++;
    repository.publish();
    assertRefused(Reason.WRONG_VERSION);
  }

  @Test
  void aSnapshotThatForgetsARoleIsRefused() throws Exception {
    repository.otherRoles.put("other", 1L);
    repository.next();
    target();
    repository.otherRoles.clear();
    repository.next();
    assertRefused(Reason.WRONG_VERSION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"timestamp", "snapshot", "targets"})
  void nothingThatIsOverCounts(String role) {
    repository.expires.put(role, PAST);
    repository.publish();
    assertRefused(Reason.EXPIRED);
  }

  /** The snapshot and the targets that were kept are looked at by today's clock too. */
  @ParameterizedTest
  @ValueSource(strings = {"snapshot", "targets"})
  void whatWasKeptExpires(String role) throws Exception {
    repository.expires.put(role, "2026-01-02T00:00:00Z");
    repository.publish();
    target();
    TufClient later = client();
    assertThatExceptionOfType(TufException.class)
        .isThrownBy(() -> later.refresh(Instant.parse("2026-01-02T00:00:00Z")))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.EXPIRED));
  }

  /** A thief's version would otherwise keep every honest one out for ever. */
  @Test
  void newKeysMakeAStolenKeysVersionsForgotten() throws Exception {
    repository.timestampVersion = 1_000_000;
    repository.publish();
    target();
    repository.timestamp = new Signers(1);
    repository.rootVersion = 2;
    repository.publishRoot();
    repository.timestampVersion = 2;
    repository.publish();
    assertThat(target()).isEqualTo(repository.targets.get(NAME));
  }

  // ---- mix and match

  @ParameterizedTest
  @CsvSource({"snapshot", "targets"})
  void whatIsListedUnderOneVersionHasIt(String role) {
    Bytes first = repository.files.get("1." + role + ".json");
    repository.next();
    repository.putMetadata(role, 2, first);
    if (role.equals("snapshot")) {
      repository.publishTimestamp();
    }
    assertRefused(Reason.WRONG_VERSION);
  }

  @Test
  void aSnapshotOfOtherBytesIsRefused() {
    Bytes listed = repository.files.get("1.snapshot.json");
    repository.files.put("1.snapshot.json", Bytes.utf8(" ".repeat(listed.size())));
    assertRefused(Reason.WRONG_CONTENT);
  }

  @Test
  void aTargetOfOtherBytesIsRefused() {
    for (String path : List.copyOf(repository.files.keySet())) {
      if (path.startsWith("targets/")) {
        repository.files.put(path, Bytes.utf8("[]"));
      }
    }
    assertRefused(Reason.WRONG_CONTENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"timestamp", "snapshot", "targets"})
  void everyRoleIsSignedByItsOwnKeys(String role) {
    Signers stranger = new Signers(1);
    switch (role) {
      case "timestamp" -> repository.timestamp = stranger;
      case "snapshot" -> repository.snapshot = stranger;
      default -> repository.targetsSigners = stranger;
    }
    repository.publish();
    assertRefused(Reason.UNSIGNED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"timestamp.json", "1.snapshot.json", "1.targets.json"})
  void whatIsMissingIsNamed(String path) {
    repository.files.remove(path);
    assertRefused(Reason.MISSING);
  }

  @Test
  void nothingLongerThanItsLimitIsTaken() {
    repository.files.put("timestamp.json", Bytes.owning(new byte[TufClient.MAX_TIMESTAMP + 1]));
    assertRefused(Reason.MALFORMED);
    repository.files.put("2.root.json", Bytes.owning(new byte[TufClient.MAX_ROOT + 1]));
    assertRefused(Reason.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "{\"signed\":{},\"signatures\":[]}", "\u0000"})
  void whatIsNoMetadataIsRefused(String text) {
    repository.files.put("timestamp.json", Bytes.utf8(text));
    assertRefused(Reason.MALFORMED);
  }

  @Test
  void aFailureLeavesWhatIsTrusted() throws Exception {
    Bytes before = target();
    Bytes good = repository.files.get("timestamp.json");
    repository.files.put("timestamp.json", Bytes.utf8("{}"));
    assertRefused(Reason.MALFORMED);
    repository.files.put("timestamp.json", good);
    assertThat(target()).isEqualTo(before);
  }

  // ---- names

  @ParameterizedTest
  @ValueSource(strings = {"../up", "/rooted", "a//b", "a/./b", "..", ".", "a/.."})
  void namesThatLeadElsewhereAreNotAsked(String name) throws Exception {
    repository.targets.put(name, Bytes.utf8("x"));
    repository.next();
    TufTargets targets = client().refresh(NOW);
    assertThatExceptionOfType(TufException.class).isThrownBy(() -> targets.target(name));
    assertThat(repository.asked).noneMatch(path -> path.contains(".."));
    assertKeptInside();
  }

  @ParameterizedTest
  @ValueSource(strings = {"CON", "a\\..\\b", "nul\u0000byte", "a b?c#d%2e", "ü", "A", "deep/er"})
  void namesAreNeverPathsOfTheStore(String name) throws Exception {
    repository.targets.put(name, Bytes.utf8("x" + name));
    repository.next();
    TufTargets targets = client().refresh(NOW);
    // the repository in memory knows the names as they are, a server their escaped form
    assertThatExceptionOfType(TufException.class)
        .isThrownBy(() -> targets.target("missing"))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NO_SUCH_TARGET));
    if (PercentText.encode(name).equals(name)) {
      assertThat(targets.target(name)).isEqualTo(Bytes.utf8("x" + name));
    } else {
      assertThatExceptionOfType(TufException.class).isThrownBy(() -> targets.target(name));
    }
    assertKeptInside();
  }

  private void assertKeptInside() throws IOException {
    try (Stream<Path> all = Files.walk(home)) {
      assertThat(all.filter(Files::isRegularFile))
          .isNotEmpty()
          .allSatisfy(file -> {
            assertThat(file.getParent()).isEqualTo(home.resolve("kept"));
            assertThat(file.getFileName().toString()).matches("[a-z0-9.-]+");
          });
    }
  }

  // ---- delegations

  @Test
  void aDelegatedRoleSpeaksOfItsNamesOnly() throws Exception {
    Signers signers = delegate("packages.example", "packages.example/*", MintedRepository.LATER);
    assertThat(client().refresh(NOW).target("packages.example/keys.json"))
        .isEqualTo(Bytes.utf8("keys"));
    assertThat(signers.keys).hasSize(1);
    TufTargets targets = client().refresh(NOW);
    assertThatExceptionOfType(TufException.class)
        .isThrownBy(() -> targets.target("elsewhere/keys.json"))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NO_SUCH_TARGET));
  }

  @Test
  void anExpiredDelegatedRoleIsRefused() throws Exception {
    delegate("packages.example", "packages.example/*", PAST);
    TufTargets targets = client().refresh(NOW);
    assertThatExceptionOfType(TufException.class)
        .isThrownBy(() -> targets.target("packages.example/keys.json"))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.EXPIRED));
  }

  private Signers delegate(String role, String pattern, String expires) {
    Signers signers = new Signers(1);
    Bytes keys = Bytes.utf8("keys");
    JsonObject entries =
        JsonObject.builder()
            .put("packages.example/keys.json", MintedRepository.entry(keys))
            .put("elsewhere/keys.json", MintedRepository.entry(keys))
            .build();
    repository.files.put(
        "targets/packages.example/" + Digest.sha256(keys).hex() + ".keys.json", keys);
    repository.expires.put("targets", expires);
    repository.putMetadata(
        role,
        1,
        MintedRepository.signed(
            repository.body("targets", 1).put("targets", entries).build(), signers.keys));
    repository.expires.clear();
    JsonObject.Builder one = JsonObject.builder();
    MintedRepository.role(signers).members().forEach(m -> one.put(m.name(), m.value()));
    one.put("name", role)
        .put("paths", JsonArray.of(new JsonString(pattern)))
        .put("terminating", JsonBoolean.TRUE);
    SigningKey key = signers.keys.get(0);
    repository.delegations =
        Optional.of(
            JsonObject.builder()
                .put("keys", JsonObject.builder().put(key.id, key.json).build())
                .put("roles", JsonArray.of(one.build()))
                .build());
    repository.otherRoles.put(role, 1L);
    repository.next();
    return signers;
  }

  @ParameterizedTest
  @CsvSource({
    "*, a, true",
    "*, a/b, false",
    "a/*, a/b, true",
    "a/*, a/b/c, false",
    "a/*/c, a/b/c, true",
    "*.json, x.json, true",
    "*.json, x.jso, false",
    "a?c, abc, true",
    "a?c, a/c, false",
    "a**b, axyb, true",
    "abc, abc, true",
    "abc, abcd, false"
  })
  void patternsStopAtSlashes(String pattern, String name, boolean matches) {
    assertThat(TufTargets.matches(pattern, name)).isEqualTo(matches);
  }

  // ---- the store

  @Test
  void aHomeThatCannotBeWrittenToIsNoReasonToGoWithout() throws Exception {
    Path file = Files.createFile(home.resolve("file"));
    store = new FileTufStore(file.resolve("below"));
    assertThat(target()).isEqualTo(repository.targets.get(NAME));
  }

  @Test
  void damagedFilesAreFetchedAgain() throws Exception {
    Bytes sound = target();
    try (Stream<Path> kept = Files.list(home.resolve("kept"))) {
      for (Path file : kept.toList()) {
        Files.write(file, new byte[] {1, 2, 3});
      }
    }
    assertThat(target()).isEqualTo(sound);
  }

  @Test
  void manyMayStartAtOnceWithNothingKept() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Bytes> one = this::target;
      for (Future<Bytes> result : threads.invokeAll(Collections.nCopies(16, one))) {
        assertThat(result.get()).isEqualTo(repository.targets.get(NAME));
      }
    } finally {
      threads.shutdownNow();
    }
    assertKeptInside();
  }

  // ---- what is real

  @ParameterizedTest
  @ValueSource(strings = {"tuf-public-good-root.json", "tuf-staging-root.json"})
  void sigstoresOwnRootsAreRead(String name) throws Exception {
    try (InputStream in = TufClientTest.class.getResourceAsStream("/vectors/roots/" + name)) {
      Root root = Root.read(Bytes.of(in.readAllBytes()));
      assertThat(root.consistent()).isTrue();
      assertThat(root.root().threshold()).isGreaterThanOrEqualTo(1);
    }
  }
}
