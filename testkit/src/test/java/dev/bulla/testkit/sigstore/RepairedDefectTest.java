package dev.bulla.testkit.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.VerificationException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonValue;
import dev.bulla.key.VerificationKey;
import dev.bulla.testkit.sigstore.Defects.Asked;
import dev.bulla.testkit.sigstore.Defects.Pair;
import dev.bulla.trust.TrustedRoot;
import dev.bulla.verify.IdentityPolicy;
import dev.bulla.verify.Policy;
import dev.bulla.verify.SignedBlob;
import dev.bulla.verify.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each conformance case that has to fail, minted anew: refused for the reason that the table of the
 * cases gives, and accepted when nothing but that defect is repaired. So it is the defect that the
 * verifier saw, and not something else that was wrong with the case.
 */
final class RepairedDefectTest {

  private static final Path KINDS =
      Path.of("../core/src/test/resources/vectors/conformance/kinds.tsv");

  private static final Defects DEFECTS = new Defects();

  /**
   * A row of the table.
   *
   * @param expected the reason; {@code -} where what the user brought cannot be read
   */
  record Row(String name, String kind, String expected) {

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Row> bad() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(KINDS)) {
      List<String> cells = List.of(line.split("\t", -1));
      if (!line.startsWith("#") && cells.get(0).endsWith("_fail")) {
        rows.add(new Row(cells.get(0), cells.get(1), cells.get(2)));
      }
    }
    return rows;
  }

  @Test
  void everyCaseThatFailsIsMinted() throws Exception {
    assertThat(bad()).hasSizeGreaterThan(30);
    assertThat(DEFECTS.byName().keySet())
        .containsExactlyInAnyOrderElementsOf(bad().stream().map(Row::name).toList());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void isRefusedForItsReasonAndAcceptedWhenOnlyThatIsRepaired(Row row) throws Exception {
    Pair pair = DEFECTS.byName().get(row.name()).mint();

    assertThat(verdict(pair.broken())).isEqualTo(row.expected());
    assertThat(verdict(pair.repaired())).isEqualTo("accepted");
    assertThat(difference(pair)).as("what was repaired").hasSize(1);
    Set<String> members = differingMembers(pair.broken().bundle(), pair.repaired().bundle());
    members.addAll(differingMembers(pair.broken().root(), pair.repaired().root()));
    assertThat(members).allMatch(member -> pair.where().stream().anyMatch(w -> in(w, member)));
    assertThat(pair.where()).allMatch(where -> members.stream().anyMatch(m -> in(where, m)));
  }

  private static String verdict(Asked asked) {
    Policy policy;
    try {
      policy = policy(asked).acceptingAnyPredicate();
    } catch (MalformedInputException e) {
      return "-";
    }
    try {
      Verifier.verify(SignedBlob.of(asked.artifact(), List.of(candidate(asked.bundle()))), policy);
      return "accepted";
    } catch (VerificationException e) {
      return e.refusals().get(0).reason().name();
    }
  }

  private static Policy policy(Asked asked) throws MalformedInputException {
    TrustedRoot root = TrustedRoot.parse(asked.root());
    if (asked.keyPem().isPresent()) {
      Bytes pem = Bytes.utf8(asked.keyPem().get());
      return Policy.requiringKey(VerificationKey.parsePem(pem, "key")).withTrustedRoot(root);
    }
    return Policy.requiringIdentity(IdentityPolicy.exactly(Defects.NAME, Defects.ISSUER), root);
  }

  private static Candidate candidate(Bytes bundle) {
    Origin origin = new Origin("bundle", 0);
    try {
      return new BundleSignature(origin, BundleJson.parse(bundle), bundle);
    } catch (MalformedInputException e) {
      return new Unreadable(origin, e);
    }
  }

  /** Which of the things that a verdict depends on differ. */
  private static Set<String> difference(Pair pair) {
    Set<String> names = new TreeSet<>();
    if (!pair.broken().bundle().equals(pair.repaired().bundle())) {
      names.add("bundle");
    }
    if (!pair.broken().artifact().equals(pair.repaired().artifact())) {
      names.add("artifact");
    }
    if (!pair.broken().root().equals(pair.repaired().root())) {
      names.add("root");
    }
    if (!pair.broken().keyPem().equals(pair.repaired().keyPem())) {
      names.add("key");
    }
    return names;
  }

  private static boolean in(String where, String member) {
    return member.equals(where) || member.startsWith(where + ".") || member.startsWith(where + "[");
  }

  private static Set<String> differingMembers(Bytes one, Bytes other)
      throws MalformedInputException {
    Map<String, JsonValue> broken = members(one);
    Map<String, JsonValue> repaired = members(other);
    Set<String> names = new TreeSet<>(broken.keySet());
    names.addAll(repaired.keySet());
    names.removeIf(name -> broken.containsKey(name) && broken.get(name).equals(repaired.get(name)));
    return names;
  }

  /** Every value of a document that has no parts, by its path. */
  private static Map<String, JsonValue> members(Bytes json) throws MalformedInputException {
    Map<String, JsonValue> found = new TreeMap<>();
    collect("", JsonParser.parse(json, "bundle"), found);
    return found;
  }

  private static void collect(String path, JsonValue value, Map<String, JsonValue> found) {
    if (value instanceof JsonObject object) {
      for (JsonObject.Member member : object.members()) {
        collect(path.isEmpty() ? member.name() : path + "." + member.name(), member.value(), found);
      }
    } else if (value instanceof JsonArray array) {
      for (int i = 0; i < array.size(); i++) {
        collect(path + "[" + i + "]", array.values().get(i), found);
      }
    } else {
      found.put(path, value);
    }
  }
}
