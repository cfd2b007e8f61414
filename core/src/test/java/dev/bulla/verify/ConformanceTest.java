package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.trust.TrustedRoot;
import dev.bulla.vectors.Vectors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The public conformance cases: each gives the expected verdict, and each refusal is for the kind
 * of check that the case is about.
 */
final class ConformanceTest {

  private static final String FOLDER = "conformance/";
  private static final String IDENTITY =
      "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/"
          + ".github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
  private static final String ISSUER = "https://token.actions.githubusercontent.com";

  /** One directory. */
  private record Case(String name, String kind, String expected) {

    boolean has(String file) {
      return Vectors.names(FOLDER + name).contains(file);
    }

    String path(String file) {
      return FOLDER + name + "/" + file;
    }

    Bytes artifact() {
      return Vectors.bytes(has("artifact") ? path("artifact") : FOLDER + "a.txt");
    }

    TrustedRoot root() throws MalformedInputException {
      return TrustedRoot.parse(
          Vectors.bytes(
              has("trusted_root.json")
                  ? path("trusted_root.json")
                  : "roots/public-good-trusted_root.derived.json"));
    }

    String text(String file, String otherwise) throws MalformedInputException {
      return has(file) ? Vectors.text(path(file)).strip() : otherwise;
    }

    Candidate candidate() {
      Origin origin = new Origin(name, 0);
      Bytes raw = Vectors.bytes(path("bundle.sigstore.json"));
      try {
        return new BundleSignature(origin, BundleJson.parse(raw), raw);
      } catch (MalformedInputException e) {
        return new Unreadable(origin, e);
      }
    }

    Policy policy() throws MalformedInputException {
      Policy policy =
          has("key.pub")
              ? Policy.requiringKey(Vectors.publicKey(path("key.pub"))).withTrustedRoot(root())
              : Policy.requiringIdentity(
                  IdentityPolicy.exactly(text("identity", IDENTITY), text("issuer", ISSUER)),
                  root());
      return policy.acceptingAnyPredicate();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Case> all() throws MalformedInputException {
    List<Case> cases = new ArrayList<>();
    for (Vectors.Row row : Vectors.table(FOLDER + "kinds.tsv")) {
      int tab = row.value().indexOf('\t');
      cases.add(
          new Case(row.name(), row.value().substring(0, tab), row.value().substring(tab + 1)));
    }
    return cases;
  }

  static Stream<Case> good() throws MalformedInputException {
    return all().stream().filter(one -> one.expected().equals("accept"));
  }

  /** Those whose fault is in the bundle, and not in what the user brought. */
  static Stream<Case> bad() throws MalformedInputException {
    return all().stream()
        .filter(one -> !one.expected().equals("accept") && !one.expected().equals("-"));
  }

  @ParameterizedTest
  @MethodSource("good")
  void acceptsWhatIsGood(Case one) throws Exception {
    List<Candidate> candidates = List.of(one.candidate());
    VerifiedBlob verified =
        Verifier.verify(SignedBlob.of(one.artifact(), candidates), one.policy()).value();
    assertThat(verified.signatures()).hasSize(1);

    Digest digest = Digest.sha256(one.artifact());
    assertThat(
            Verifier.verify(SignedBlob.withDigest(digest, candidates), one.policy())
                .value()
                .signatures())
        .as("by digest")
        .hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("bad")
  void refusesWhatIsBadForItsOwnReason(Case one) throws Exception {
    Policy policy = one.policy();
    SignedBlob blob = SignedBlob.of(one.artifact(), List.of(one.candidate()));
    VerificationException refusal =
        catchThrowableOfType(VerificationException.class, () -> Verifier.verify(blob, policy));

    assertThat(refusal).as("a refusal").isNotNull();
    assertThat(refusal.refusals())
        .singleElement()
        .satisfies(why ->
            assertThat(why.reason())
                .as(why.detail())
                .isEqualTo(ReasonCode.valueOf(one.expected())));
  }

  @Test
  void aBrokenKeyOfTheUsersIsRefusedWhenItIsRead() {
    assertThat(
            catchThrowableOfType(
                MalformedInputException.class,
                () -> Vectors.publicKey(FOLDER + "managed-key-wrong-key_fail/key.pub")))
        .isNotNull();
  }

  @Test
  void aRootThatLacksABeginningIsRefusedWhenItIsRead() {
    MalformedInputException refusal =
        catchThrowableOfType(
            MalformedInputException.class,
            () ->
                TrustedRoot.parse(
                    Vectors.bytes(
                        FOLDER + "trust-root-tlog-missing-validity-start_fail/trusted_root.json")));

    assertThat(refusal.what()).isEqualTo("trusted root");
  }

  @Test
  void everyDirectoryIsACaseAndItsNameSaysWhatIsExpected() throws Exception {
    Set<String> directories = new TreeSet<>(Vectors.names(FOLDER));
    directories.removeAll(Set.of("README.md", "a.txt", "kinds.tsv"));

    assertThat(all()).extracting(Case::name).containsExactlyInAnyOrderElementsOf(directories);
    assertThat(all())
        .allSatisfy(one ->
            assertThat(one.expected().equals("accept"))
                .as(one.name())
                .isEqualTo(!one.name().endsWith("_fail")));
  }

  /** A code that two kinds shared could hide that the wrong check refused. */
  @Test
  void noTwoKindsOfCheckShareAReason() throws Exception {
    Map<String, String> kinds = new HashMap<>();
    for (Case one : bad().toList()) {
      // an envelope is checked alike in either log
      String kind = one.kind().startsWith("DSSE") ? "DSSE" : one.kind();
      String other = kinds.putIfAbsent(one.expected(), kind);
      assertThat(other == null || other.equals(kind))
          .as("%s: %s and %s", one.expected(), kind, other)
          .isTrue();
    }
    assertThat(kinds).hasSizeGreaterThan(12);
  }
}
