package dev.bulla.sigstore.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.sigstore.tuf.MintedRepository.Signers;
import dev.bulla.sigstore.tuf.MintedRepository.SigningKey;
import dev.bulla.sigstore.tuf.TufException.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The cases of theupdateframework/tuf-conformance about recovery, time and delegated targets.
 * docs/trust.md says for each case of that suite which test it is.
 */
class TufSuiteTest {

  private static final Instant NOW = MintedRepository.NOW;
  private static final Instant LATER = Instant.parse("2026-01-20T00:00:00Z");
  private static final String SOON = "2026-01-08T00:00:00Z";
  private static final String NAME = "trusted_root.json";

  private final MintedRepository repository = new MintedRepository();
  private final MemoryTufStore store = new MemoryTufStore();
  private final Bytes firstRoot = repository.rootFile(1);
  private final SigningKey delegated = new SigningKey();

  private TufTargets refresh(Instant at) throws TufException {
    return new TufClient(repository, store, firstRoot).refresh(at);
  }

  private void assertRefused(Reason reason, Action action) {
    assertThatExceptionOfType(TufException.class)
        .isThrownBy(action::run)
        .satisfies(e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
  }

  /** Asks for something. */
  private interface Action {
    void run() throws TufException;
  }

  private Bytes kept(String file) {
    String place =
        file.equals("targets.json")
            ? "targets-" + Digest.sha256(Bytes.utf8(file)).hex() + ".json"
            : file;
    return store.read(place, 1 << 20).orElseThrow();
  }

  // ---- what the snapshot lists

  @Test
  void targetsOfOtherBytesThanListedAreRefused() throws Exception {
    repository.hashesInSnapshot = true;
    repository.next();
    refresh(NOW);
    Bytes before = kept("targets.json");
    repository.targets.put("one", Bytes.utf8("one"));
    repository.next();
    Bytes listed = repository.files.get("3.targets.json");
    // of the same length, and signed by the same keys
    repository.targets.remove("one");
    repository.targets.put("two", Bytes.utf8("two"));
    Map<String, Bytes> sound = Map.copyOf(repository.files);
    repository.publish();
    Bytes other = repository.files.get("3.targets.json");
    assertThat(other).isNotEqualTo(listed);
    repository.files.putAll(sound);
    repository.files.put("3.targets.json", other);
    assertRefused(Reason.WRONG_CONTENT, () -> refresh(NOW).target(NAME));
    assertThat(kept("targets.json")).isEqualTo(before);
    repository.files.put("3.targets.json", listed);
    assertThat(refresh(NOW).target(NAME)).isEqualTo(repository.targets.get(NAME));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void neitherSnapshotNorTargetsGoBack(boolean hashes) throws Exception {
    repository.hashesInSnapshot = hashes;
    repository.next();
    repository.next();
    refresh(NOW).target(NAME);
    repository.targetsVersion = 1;
    repository.snapshotVersion++;
    repository.timestampVersion++;
    repository.publish();
    assertRefused(Reason.WRONG_VERSION, () -> refresh(NOW).target(NAME));
    repository.targetsVersion = 4;
    repository.snapshotVersion = 1;
    repository.timestampVersion++;
    repository.publish();
    assertRefused(Reason.WRONG_VERSION, () -> refresh(NOW).target(NAME));
  }

  // ---- recovery from versions that ran ahead

  /** The snapshot's new key makes the version of the targets that it listed forgotten. */
  @Test
  void aNewKeyOfTheSnapshotLetsTheTargetsGoBack() throws Exception {
    repository.targetsVersion = 100;
    repository.snapshotVersion++;
    repository.timestampVersion++;
    repository.publish();
    refresh(NOW).target(NAME);
    repository.snapshot = new Signers(1);
    repository.rootVersion++;
    repository.publishRoot();
    repository.targetsVersion = 2;
    repository.snapshotVersion++;
    repository.timestampVersion++;
    repository.publish();
    assertThat(refresh(NOW).target(NAME)).isEqualTo(repository.targets.get(NAME));
    assertThat(kept("targets.json")).isEqualTo(repository.files.get("2.targets.json"));
  }

  @Test
  void newKeysOfSnapshotAndTimestampLetTheSnapshotGoBack() throws Exception {
    repository.snapshotVersion = 99_999;
    repository.timestampVersion++;
    repository.publish();
    refresh(NOW).target(NAME);
    repository.snapshot = new Signers(1);
    repository.timestamp = new Signers(1);
    repository.rootVersion++;
    repository.publishRoot();
    repository.snapshotVersion = 1;
    repository.timestampVersion++;
    repository.publish();
    assertThat(refresh(NOW).target(NAME)).isEqualTo(repository.targets.get(NAME));
    assertThat(kept("snapshot.json")).isEqualTo(repository.files.get("1.snapshot.json"));
  }

  // ---- time

  /** What is kept and over still says which versions were seen. */
  @Test
  void anExpiredTimestampIsReplacedByANewerOne() throws Exception {
    repository.expires.put("timestamp", SOON);
    repository.next();
    refresh(NOW).target(NAME);
    assertRefused(Reason.EXPIRED, () -> refresh(LATER));
    repository.expires.clear();
    repository.next();
    assertThat(refresh(LATER).target(NAME)).isEqualTo(repository.targets.get(NAME));
    assertThat(kept("timestamp.json")).isEqualTo(repository.files.get("timestamp.json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"timestamp", "snapshot", "targets"})
  void anExpiredNewVersionIsNotKept(String role) throws Exception {
    refresh(NOW).target(NAME);
    Bytes before = kept(role + ".json");
    repository.expires.put(role, "2025-12-01T00:00:00Z");
    repository.next();
    assertRefused(Reason.EXPIRED, () -> refresh(NOW).target(NAME));
    assertThat(kept(role + ".json")).isEqualTo(before);
  }

  // ---- the first root

  @Test
  void aFirstRootWithoutAVersionIsNoAnchorAndNothingIsAskedFor() throws Exception {
    JsonObject.Builder body = JsonObject.builder();
    for (var member : repository.rootBody().members()) {
      if (!member.name().equals("version")) {
        body.put(member.name(), member.value());
      }
    }
    Bytes root = MintedRepository.signed(body.build(), repository.root.keys);
    assertRefused(
        Reason.MALFORMED, () -> new TufClient(repository, store, root).refresh(NOW).target(NAME));
    assertThat(repository.asked).isEmpty();
  }

  // ---- targets

  @Test
  void whatIsKeptIsNotReplacedByOtherBytesUnderItsName() throws Exception {
    repository.targets.put("other", Bytes.utf8("other"));
    repository.next();
    Bytes sound = refresh(NOW).target(NAME);
    for (String path : List.copyOf(repository.files.keySet())) {
      if (path.startsWith("targets/")) {
        repository.files.put(path, Bytes.utf8("evil!"));
      }
    }
    assertRefused(Reason.WRONG_CONTENT, () -> refresh(NOW).target("other"));
    try {
      assertThat(refresh(NOW).target(NAME)).isEqualTo(sound);
    } catch (TufException e) {
      assertThat(e.reason()).isEqualTo(Reason.WRONG_CONTENT);
    }
  }

  // ---- delegated targets

  private void delegate(String expires, String... names) {
    Map<String, JsonValue> entries = new LinkedHashMap<>();
    for (String name : names) {
      Bytes content = Bytes.utf8(name);
      entries.put(name, MintedRepository.entry(content));
      int slash = name.lastIndexOf('/') + 1;
      repository.files.put(
          "targets/"
              + name.substring(0, slash)
              + Digest.sha256(content).hex()
              + "."
              + name.substring(slash),
          content);
    }
    long version = repository.otherRoles.getOrDefault("delegated", 0L) + 1;
    repository.expires.put("targets", expires);
    repository.putMetadata(
        "delegated",
        version,
        MintedRepository.signed(
            repository.body("targets", version).put("targets", JsonObject.sorted(entries)).build(),
            List.of(delegated)));
    repository.expires.clear();
    repository.otherRoles.put("delegated", version);
    repository.delegations = Optional.of(roles(Map.of("delegated", List.of("delegatedpath/*"))));
    repository.next();
  }

  private JsonObject roles(Map<String, List<String>> paths) {
    Signers signers = new Signers(0);
    signers.keys.add(delegated);
    signers.threshold = 1;
    List<JsonObject> roles = new ArrayList<>();
    paths.forEach((name, patterns) -> {
      JsonObject.Builder role = JsonObject.builder();
      MintedRepository.role(signers).members().forEach(m -> role.put(m.name(), m.value()));
      roles.add(
          role.put("name", name)
              .put("paths", JsonArray.of(patterns.stream().map(JsonString::new).toList()))
              .put("terminating", JsonBoolean.FALSE)
              .build());
    });
    return JsonObject.builder()
        .put("keys", JsonObject.builder().put(delegated.id, delegated.json).build())
        .put("roles", JsonArray.of(roles))
        .build();
  }

  @Test
  void aDelegatedRoleThatWasKeptExpires() throws Exception {
    delegate(SOON, "delegatedpath/first", "delegatedpath/second");
    assertThat(refresh(NOW).target("delegatedpath/first"))
        .isEqualTo(Bytes.utf8("delegatedpath/first"));
    assertRefused(Reason.EXPIRED, () -> refresh(LATER).target("delegatedpath/second"));
    // a newer one is taken in its place
    delegate(MintedRepository.LATER, "delegatedpath/first", "delegatedpath/second");
    assertThat(refresh(LATER).target("delegatedpath/second"))
        .isEqualTo(Bytes.utf8("delegatedpath/second"));
  }

  /** targets delegates to A and B, and B to C and D; which are asked for whose name. */
  @ParameterizedTest
  @CsvSource({
    "targetfile, '', true",
    "README.md, A, true",
    "releases/x/x_v1, B C, true",
    "releases/y/y_v1.zip, B D, true",
    "releases/z/z_v1.zip, B, false"
  })
  void aNameIsLookedForWhereEveryRoleOnTheWayMaySpeakOfIt(String name, String asked, boolean found)
      throws Exception {
    repository.targets.put("targetfile", Bytes.utf8("targetfile"));
    put("A", Map.of(), "README.md");
    Map<String, List<String>> below = new LinkedHashMap<>();
    below.put("C", List.of("releases/x/*"));
    below.put("D", List.of("releases/y/*.zip"));
    put("B", below);
    put("C", Map.of(), "releases/x/x_v1");
    put("D", Map.of(), "releases/y/y_v1.zip", "releases/z/z_v1.zip");
    Map<String, List<String>> top = new LinkedHashMap<>();
    top.put("A", List.of("*.doc", "*.md"));
    top.put("B", List.of("releases/*/*"));
    repository.delegations = Optional.of(roles(top));
    repository.next();
    if (found) {
      assertThat(refresh(NOW).target(name)).isEqualTo(Bytes.utf8(name));
    } else {
      assertRefused(Reason.NO_SUCH_TARGET, () -> refresh(NOW).target(name));
    }
    assertThat(
            repository.asked.stream()
                .filter(path -> path.matches("1\\.[A-D]\\.json"))
                .map(path -> path.substring(2, 3)))
        .containsExactly(asked.isEmpty() ? new String[0] : asked.split(" "));
  }

  private void put(String role, Map<String, List<String>> below, String... names) {
    Map<String, JsonValue> entries = new LinkedHashMap<>();
    for (String name : names) {
      Bytes content = Bytes.utf8(name);
      entries.put(name, MintedRepository.entry(content));
      int slash = name.lastIndexOf('/') + 1;
      repository.files.put(
          "targets/"
              + name.substring(0, slash)
              + Digest.sha256(content).hex()
              + "."
              + name.substring(slash),
          content);
    }
    JsonObject.Builder body =
        repository.body("targets", 1).put("targets", JsonObject.sorted(entries));
    if (!below.isEmpty()) {
      body.put("delegations", roles(below));
    }
    repository.putMetadata(role, 1, MintedRepository.signed(body.build(), List.of(delegated)));
    repository.otherRoles.put(role, 1L);
  }
}
