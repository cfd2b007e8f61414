package dev.bulla.sigstore.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.sigstore.tuf.MintedRepository.Signers;
import dev.bulla.sigstore.tuf.MintedRepository.SigningKey;
import dev.bulla.sigstore.tuf.TufException.Reason;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The cases of theupdateframework/tuf-conformance (main, 2025) that {@link TufClientTest} does not
 * have already: key rotations, delegation graphs, names of roles, and what a client keeps.
 */
class TufConformanceTest {

  private static final Instant NOW = MintedRepository.NOW;

  private final MintedRepository repository = new MintedRepository();
  private final MemoryTufStore store = new MemoryTufStore();
  private final List<SigningKey> keys = new ArrayList<>();
  private Bytes firstRoot = repository.rootFile(1);

  TufConformanceTest() {
    for (int i = 0; i < 10; i++) {
      keys.add(new SigningKey());
    }
  }

  private TufTargets refresh() throws TufException {
    return new TufClient(repository, store, firstRoot).refresh(NOW);
  }

  private void assertRefused(Reason reason) {
    assertThatExceptionOfType(TufException.class)
        .isThrownBy(this::refresh)
        .satisfies(e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
  }

  private Signers signers(String indexes, long threshold) {
    Signers signers = new Signers(0);
    for (int i = 0; i < indexes.length(); i++) {
      signers.keys.add(keys.get(indexes.charAt(i) - '0'));
    }
    signers.threshold = threshold;
    return signers;
  }

  // ---- key rotations

  /** Versions of the root: keys, threshold, and who signed; the last may have to be refused. */
  @ParameterizedTest
  @CsvSource({
    "1 1 1|2 1 21|2 1 2, true",
    "1 1 314|2 1 3214|2 1 324, true",
    "01234 3 024|01234 3 041|01234 3 013|01234 3 013, true",
    "01234 3 024|01345 3 041, true",
    "01234 3 024|01345 3 0245|01345 3 045, true",
    "01234 3 024|56789 3 024567|56789 3 567, true",
    "123 1 1|123 2 12, true",
    "123 2 12|123 1 12|123 1 1, true",
    "1 1 1|12 2 12, true",
    "1 1 1|2 1 234, false",
    "1 1 1|2 1 134, false",
    "01234 3 024|01345 3 024, false",
    "01234 3 024|01345 3 045, false",
    "123 1 1|123 2 2, false",
    "123 2 12|123 1 1, false"
  })
  void rootsRotateTheirKeys(String versions, boolean accepted) throws Exception {
    repository.rootVersion = 0;
    for (String version : versions.split("\\|")) {
      String[] parts = version.split(" ");
      repository.root = signers(parts[0], Long.parseLong(parts[1]));
      repository.rootVersion++;
      repository.files.put(
          repository.rootVersion + ".root.json",
          MintedRepository.signed(repository.rootBody(), signers(parts[2], 1).keys));
    }
    firstRoot = repository.rootFile(1);
    if (accepted) {
      refresh();
    } else {
      assertRefused(Reason.UNSIGNED);
    }
    long trusted = accepted ? repository.rootVersion : repository.rootVersion - 1;
    Optional<Bytes> kept = store.read("root.json", TufClient.MAX_ROOT);
    assertThat(kept.orElse(firstRoot)).isEqualTo(repository.rootFile(trusted));
  }

  /** Each role below the root in turn: its keys, its threshold, and who signed. */
  @ParameterizedTest
  @CsvSource({
    "2, 1, 2, true",
    "1, 1, 314, true",
    "2, 1, 134, false",
    "01345, 3, 024, false",
    "01345, 3, 04, false",
    "01234, 3, 024, true",
    "01234, 3, 041, true",
    "01234, 3, 013, true",
    "01234, 3, 123, true",
    "01234, 3, 234, true"
  })
  void rolesRotateTheirKeys(String named, long threshold, String signing, boolean accepted)
      throws Exception {
    for (String role : List.of("timestamp", "snapshot", "targets")) {
      MintedRepository fresh = repository;
      Signers declared = signers(named, threshold);
      Signers before = set(fresh, role, declared);
      fresh.rootVersion++;
      fresh.publishRoot();
      set(fresh, role, signers(signing, 1));
      fresh.next();
      if (accepted) {
        refresh();
        set(fresh, role, declared);
      } else {
        assertRefused(Reason.UNSIGNED);
        set(fresh, role, before);
      }
    }
  }

  private static Signers set(MintedRepository repository, String role, Signers signers) {
    Signers before;
    switch (role) {
      case "timestamp" -> {
        before = repository.timestamp;
        repository.timestamp = signers;
      }
      case "snapshot" -> {
        before = repository.snapshot;
        repository.snapshot = signers;
      }
      default -> {
        before = repository.targetsSigners;
        repository.targetsSigners = signers;
      }
    }
    return before;
  }

  // ---- what a client keeps

  /** §5.4.3: of one version there is one timestamp. */
  @Test
  void anotherTimestampOfTheSameVersionChangesNothing() throws Exception {
    refresh();
    Bytes first = repository.files.get("timestamp.json");
    repository.snapshotVersion = 100;
    repository.publishSnapshot();
    assertThat(repository.files.get("timestamp.json")).isNotEqualTo(first);
    refresh();
    assertThat(store.read("timestamp.json", 1 << 20)).contains(first);
  }

  @Test
  void anotherTimestampOfTheSameVersionDoesNotProlongIt() throws Exception {
    repository.expires.put("timestamp", "2026-01-02T00:00:00Z");
    repository.timestampVersion++;
    repository.publishTimestamp();
    refresh();
    repository.expires.put("timestamp", "2026-02-01T00:00:00Z");
    repository.publishTimestamp();
    assertThatExceptionOfType(TufException.class)
        .isThrownBy(() ->
            new TufClient(repository, store, firstRoot)
                .refresh(Instant.parse("2026-01-02T00:00:00Z")))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.EXPIRED));
  }

  /** Version 3 lists a snapshot of version 2, of which the client has one already. */
  @Test
  void anOlderSnapshotInThePlaceOfOneThatIsKeptIsNotAskedFor() throws Exception {
    repository.next();
    refresh();
    repository.asked.clear();
    repository.files.put("2.snapshot.json", Bytes.utf8("older"));
    refresh();
    assertThat(repository.asked).containsExactly("2.root.json", "timestamp.json");
  }

  @Test
  void anExpiredRootIsKeptAndNothingElseIsAskedFor() throws Exception {
    refresh();
    repository.expires.put("root", "2025-12-01T00:00:00Z");
    repository.rootVersion++;
    repository.publishRoot();
    repository.asked.clear();
    assertRefused(Reason.EXPIRED);
    assertThat(repository.asked).containsExactly("2.root.json", "3.root.json");
    assertThat(store.read("root.json", TufClient.MAX_ROOT)).contains(repository.rootFile(2));
  }

  // ---- keys

  /** §4: unknown members are signed too, and mean nothing. Ids of keys are names. */
  @Test
  void membersThatNobodyKnowsAreNoReasonToRefuse() throws Exception {
    refresh();
    JsonObject.Builder keys = JsonObject.builder();
    JsonObject body = repository.rootBody();
    ((JsonObject) body.get("keys").orElseThrow())
        .members()
        .forEach(member -> keys.put(member.name(), extended((JsonObject) member.value())));
    JsonObject.Builder extended = JsonObject.builder();
    body.members()
        .forEach(member ->
            extended.put(
                member.name(),
                switch (member.name()) {
                  case "keys" -> keys.build();
                  case "version" -> new JsonNumber("2");
                  default -> member.value();
                }));
    extended.put("custom-field", "value");
    repository.files.put(
        "2.root.json", MintedRepository.signed(extended.build(), repository.root.keys));
    refresh();
    assertThat(store.read("root.json", TufClient.MAX_ROOT)).contains(repository.rootFile(2));
  }

  private static JsonObject extended(JsonObject key) {
    JsonObject.Builder more = JsonObject.builder();
    key.members().forEach(member -> more.put(member.name(), member.value()));
    return more.put("extra-field", JsonObject.builder().put("a", 1).build())
        .put("keyid_hash_algorithms", JsonArray.of(new JsonString("md5")))
        .build();
  }

  @Test
  void keysThatARoleNamesAndNobodyHasDoNotCount() throws Exception {
    refresh();
    SigningKey stranger = new SigningKey();
    Signers named = signers("12", 3);
    repository.snapshot = named;
    repository.rootVersion++;
    JsonObject body = repository.rootBody();
    JsonObject roles = (JsonObject) body.get("roles").orElseThrow();
    named.keys.add(stranger);
    JsonObject withStranger =
        with(body, "roles", with(roles, "snapshot", MintedRepository.role(named)));
    repository.files.put(
        "2.root.json", MintedRepository.signed(withStranger, repository.root.keys));
    repository.next();
    assertRefused(Reason.UNSIGNED);
  }

  private static JsonObject with(JsonObject object, String name, JsonValue value) {
    JsonObject.Builder changed = JsonObject.builder();
    object
        .members()
        .forEach(member ->
            changed.put(member.name(), member.name().equals(name) ? value : member.value()));
    return changed.build();
  }

  // ---- delegations

  /** Edges {@code FROM>TO}, {@code !} for terminating, {@code ~} for names that do not match. */
  @ParameterizedTest
  @CsvSource({
    "T>A, A",
    "T>A T>B, A B",
    "T>A T>B B>C, A B C",
    "T>A T>B A>C A>D, A C D B",
    "T>A T>B A>C C>D, A C D B",
    "T>A T>B A>C! A>D, A C",
    "T>A T>B A>C! C>D, A C D",
    "T>A~ T>B A>C, B",
    "T>A T>B A>C~ C>D, A B",
    "T>A T>B B>C C>D D>B, A B C D",
    "T>A T>B B>C A>C, A C B",
    "T>A T>B B>C A>C~, A B C"
  })
  void delegationsAreFollowedInTheirOrder(String edges, String visited) throws Exception {
    Map<String, List<String>> graph = new LinkedHashMap<>();
    for (String edge : edges.split(" ")) {
      graph.computeIfAbsent(edge.substring(0, 1), from -> new ArrayList<>()).add(edge.substring(2));
      graph.computeIfAbsent(edge.substring(2, 3), from -> new ArrayList<>());
    }
    publish(graph);
    assertThatExceptionOfType(TufException.class)
        .isThrownBy(() -> refresh().target("missingpath"))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NO_SUCH_TARGET));
    assertThat(repository.asked.stream().filter(path -> path.matches("1\\.[A-D]\\.json")))
        .containsExactly(
            Arrays.stream(visited.split(" "))
                .map(role -> "1." + role + ".json")
                .toArray(String[]::new));
  }

  private void publish(Map<String, List<String>> graph) {
    for (String role : new TreeSet<>(graph.keySet())) {
      if (role.equals("T")) {
        continue;
      }
      putRole(role, delegations(graph.get(role)));
    }
    repository.delegations = Optional.of(delegations(graph.getOrDefault("T", List.of())));
    repository.next();
  }

  private void putRole(String role, JsonObject delegations) {
    JsonObject body =
        repository
            .body("targets", 1)
            .put("targets", JsonObject.EMPTY)
            .put("delegations", delegations)
            .build();
    repository.putMetadata(role, 1, MintedRepository.signed(body, List.of(keys.get(0))));
    repository.otherRoles.put(role, 1L);
  }

  private JsonObject delegations(List<String> targets) {
    List<JsonObject> roles = new ArrayList<>();
    for (String target : targets) {
      String name = target.replaceAll("[!~]$", "");
      JsonObject.Builder role = JsonObject.builder();
      MintedRepository.role(signers("0", 1))
          .members()
          .forEach(member -> role.put(member.name(), member.value()));
      roles.add(
          role.put("name", name)
              .put("paths", JsonArray.of(new JsonString(target.endsWith("~") ? "*.py" : "*")))
              .put("terminating", target.endsWith("!") ? JsonBoolean.TRUE : JsonBoolean.FALSE)
              .build());
    }
    SigningKey key = keys.get(0);
    return JsonObject.builder()
        .put("keys", JsonObject.builder().put(key.id, key.json).build())
        .put("roles", JsonArray.of(roles))
        .build();
  }

  /** A role's name is one part of an address, whatever is in it. */
  @ParameterizedTest
  @ValueSource(strings = {"?", "#", "/delegatedrole", "../delegatedrole", "a b", "%2e%2e"})
  void namesOfRolesAreEscapedWhole(String role) throws Exception {
    List<JsonObject> none = List.of();
    JsonObject nothing =
        JsonObject.builder().put("keys", JsonObject.EMPTY).put("roles", JsonArray.of(none)).build();
    putRole(role, nothing);
    String escaped = URLEncoder.encode(role, StandardCharsets.UTF_8).replace("+", "%20");
    Bytes file = repository.files.remove("1." + role + ".json");
    repository.files.put("1." + escaped + ".json", file);
    repository.delegations = Optional.of(delegations(List.of(role)));
    repository.next();
    assertThatExceptionOfType(TufException.class)
        .isThrownBy(() -> refresh().target("missing"))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NO_SUCH_TARGET));
    assertThat(repository.asked).contains("1." + escaped + ".json");
  }
}
