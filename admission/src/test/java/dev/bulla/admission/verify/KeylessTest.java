package dev.bulla.admission.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.testkit.sigstore.VirtualIdentity;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualTuf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signers whom a certificate names, with a Sigstore of one's own. */
class KeylessTest {

  private static final String ISSUER = "https://issuer.example/login/oauth";
  private static final VirtualSigstore SIGSTORE = VirtualSigstore.live();
  private static final VirtualIdentity ALICE = VirtualIdentity.email("alice@team.example", ISSUER);
  private static final VirtualIdentity BOB = VirtualIdentity.email("bob@team.example", ISSUER);

  private Stage stage;

  @BeforeEach
  void start() throws Exception {
    stage = new Stage();
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  private void sign(VirtualIdentity identity) throws BullaException {
    stage.putBundle(
        SIGSTORE
            .signer(identity)
            .loggedIn(SIGSTORE.rekor1())
            .image(Stage.IMAGE.digest().hex())
            .bytes());
  }

  private static String pem(String name, String text) {
    return "    " + name + ": |\n" + text.strip().indent(6);
  }

  static String hosts(VirtualSigstore of) {
    return "  host:\n"
        + pem("rekorPubkey", of.rekor1().key().publicPem())
        + pem("fulcioCert", of.fulcio().chainPem())
        + pem("ctLogPubkey", of.ctLog().key().publicPem());
  }

  private static String config(String hosts, String with, String... roots) {
    StringBuilder text = new StringBuilder("validators:\n- name: v\n  type: cosign\n" + hosts);
    text.append("  trustRoots:\n");
    for (String root : roots) {
      text.append("  - " + root + "\n");
    }
    return text + "policy:\n- {pattern: '*:*', validator: v, with: {" + with + "}}\n";
  }

  private static String root(String name, String identity) {
    return "{name: " + name + ", keyless: {" + identity + "}}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          issuer: 'https://issuer.example/login/oauth', subject: alice@team.example
          issuerRegex: 'issuer[.]example', subjectRegex: alice@
          issuerRegex: '^https://issuer', subject: alice@team.example
          issuer: 'https://issuer.example/login/oauth', subjectRegex: '@team[.]example$'
          """,
      quoteCharacter = '"')
  @ConnaisseurRow("V10")
  void theIdentityOfATrustRootCounts(String identity) throws Exception {
    sign(ALICE);
    String config = config(hosts(SIGSTORE), "", root("default", identity));
    assertThat(stage.verify(config, stage.image("v1"))).isEqualTo(Stage.IMAGE.digest());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          issuer: 'https://issuer.example', subject: alice@team.example
          issuer: 'https://issuer.example/login/oauth', subject: alice@team
          issuer: 'https://issuer.example/login/oauth', subject: bob@team.example
          issuerRegex: '^issuer', subjectRegex: alice
          """,
      quoteCharacter = '"')
  @ConnaisseurRow("V11")
  void anotherIdentityDoesNot(String identity) throws Exception {
    sign(ALICE);
    String config = config(hosts(SIGSTORE), "", root("default", identity));
    assertThatThrownBy(() -> stage.verify(config, stage.image("v1")))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("none of the expected identities matched");
  }

  @Test
  void aPatternThatIsNoneIsAMistakeOfTheConfigurationWithItsLine() {
    String config = config("", "", root("default", "issuerRegex: '(', subject: a"));
    assertThatThrownBy(() -> Stage.load(config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("config.yaml:5: issuerRegex is no RE2 expression: ");
  }

  @Test
  void severalIdentitiesAreSeveralTrustRoots() throws Exception {
    String[] roots = {
      root("alice", "issuer: '" + ISSUER + "', subject: alice@team.example"),
      root("bob", "issuer: '" + ISSUER + "', subject: bob@team.example")
    };
    String both = config(hosts(SIGSTORE), "trustRoot: '*', threshold: 2", roots);
    sign(ALICE);
    assertThatThrownBy(() -> stage.verify(both, stage.image("v1")))
        .hasMessageStartingWith("validation threshold not reached (1/2); bob: ");
    assertThat(
            stage.verify(
                config(hosts(SIGSTORE), "trustRoot: '*', threshold: 1", roots), stage.image("v1")))
        .isEqualTo(Stage.IMAGE.digest());
    sign(BOB);
    assertThat(stage.verify(both, stage.image("v1"))).isEqualTo(Stage.IMAGE.digest());
  }

  @Test
  void evidenceOfAnotherSigstoreProvesNothing() throws Exception {
    sign(ALICE);
    String config =
        config(
            hosts(VirtualSigstore.live()),
            "",
            root("default", "issuerRegex: issuer, subjectRegex: alice"));
    assertThatThrownBy(() -> stage.verify(config, stage.image("v1")))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.REFUSED));
  }

  private static String root(VirtualSigstore of) throws Exception {
    return "  trustedRoot: |\n" + of.trustedRoot().bytes().toUtf8String("root").indent(4);
  }

  @Test
  void aTrustedRootOfOnesOwnIsAllThatIsGoneBy() throws Exception {
    sign(ALICE);
    String alice = root("default", "issuer: '" + ISSUER + "', subject: alice@team.example");
    AdmissionConfig own = Stage.load(config(root(SIGSTORE), "", alice));
    try (SignatureVerifier verifier = SignatureVerifier.of(own, stage.options())) {
      assertThat(verifier.needsTrust()).isFalse();
      assertThat(verifier.verify(stage.image("v1"), own.rules().get(0), Stage.soon()))
          .isEqualTo(Stage.IMAGE.digest());
    }
    assertThatThrownBy(
            () -> stage.verify(config(root(VirtualSigstore.live()), "", alice), stage.image("v1")))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.REFUSED));
  }

  @Test
  void withoutALogTheTimestampAuthoritiesOfTheRootProveTheTime() throws Exception {
    String alice = root("default", "issuer: '" + ISSUER + "', subject: alice@team.example");
    String config = config(root(SIGSTORE), "verifyInTransparencyLog: false", alice);
    stage.putBundle(SIGSTORE.signer(ALICE).image(Stage.IMAGE.digest().hex()).bytes());
    assertThatThrownBy(() -> stage.verify(config, stage.image("v1")))
        .hasMessageContaining("nothing proves when the signature was made");
    stage.putBundle(
        SIGSTORE.signer(ALICE).stampedBy(SIGSTORE.tsa()).image(Stage.IMAGE.digest().hex()).bytes());
    assertThat(stage.verify(config, stage.image("v1"))).isEqualTo(Stage.IMAGE.digest());
  }

  @Test
  @ConnaisseurRow("V13")
  void aCertificateThatNoLogKnowsCountsOnlyWhereThatIsNotAskedFor() throws Exception {
    sign(ALICE);
    String otherLog =
        hosts(SIGSTORE)
            .replace(
                SIGSTORE.ctLog().key().publicPem().strip().indent(6),
                VirtualSigstore.live().ctLog().key().publicPem().strip().indent(6));
    String root = root("default", "issuerRegex: issuer, subjectRegex: alice");
    assertThatThrownBy(() -> stage.verify(config(otherLog, "", root), stage.image("v1")))
        .hasMessageContaining("signed certificate timestamp");
    assertThat(stage.verify(config(otherLog, "verifySCT: false", root), stage.image("v1")))
        .isEqualTo(Stage.IMAGE.digest());
  }

  @Test
  void keysNeedNoTrustMaterialButThatOfTheLog() throws Exception {
    AdmissionConfig keys =
        Stage.load(
            Stage.config(
                "  host:\n" + pem("rekorPubkey", SIGSTORE.rekor1().key().publicPem()),
                "{trustRoot: A}",
                "A"));
    try (SignatureVerifier verifier = SignatureVerifier.of(keys, stage.options())) {
      assertThat(verifier.isReady()).isTrue();
      assertThat(verifier.trustFetchedAt()).isEmpty();
    }
    AdmissionConfig unlogged = Stage.load(stage.config("trustRoot: A"));
    try (SignatureVerifier verifier = SignatureVerifier.of(unlogged, stage.options())) {
      assertThat(verifier.isReady()).isTrue();
    }
  }

  private VerifierOptions live(Path folder, VirtualTuf tuf) throws Exception {
    Path mirror = Files.createDirectories(folder.resolve("mirror"));
    tuf.writeTo(mirror);
    Path root = folder.resolve("root.json");
    try (var out = Files.newOutputStream(root)) {
      tuf.firstRoot().writeTo(out);
    }
    return VerifierOptions.in(
            Map.of(
                "TUF_MIRROR", mirror.toUri().toString(),
                "TUF_ROOT_JSON", root.toString(),
                "TUF_ROOT", folder.resolve("home").toString()))
        .withHttpRegistries(Set.of(stage.registry.host()));
  }

  @Test
  void trustMaterialIsFetchedOnceAndOutlivesItsSource(@TempDir Path folder) throws Exception {
    sign(ALICE);
    VirtualTuf tuf =
        VirtualTuf.of(
            Map.of("trusted_root.json", SIGSTORE.trustedRoot().bytes()),
            Instant.now().plus(Duration.ofDays(30)));
    AdmissionConfig config =
        Stage.load(config("", "", root("default", "issuerRegex: issuer, subjectRegex: alice")));
    RuleConfig rule = config.rules().get(0);
    try (SignatureVerifier verifier = SignatureVerifier.of(config, live(folder, tuf))) {
      assertThat(verifier.verify(stage.image("v1"), rule, Stage.soon()))
          .isEqualTo(Stage.IMAGE.digest());
      assertThat(verifier.isReady()).isTrue();
      Instant fetched = verifier.trustFetchedAt().orElseThrow();
      try (var files = Files.walk(folder.resolve("mirror"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.delete(file);
        }
      }
      assertThat(verifier.verify(stage.image("v1"), rule, Stage.soon()))
          .isEqualTo(Stage.IMAGE.digest());
      assertThat(verifier.trustFetchedAt()).contains(fetched);
    }
  }

  @Test
  void withoutTrustMaterialTheQuestionStaysOpen(@TempDir Path folder) throws Exception {
    sign(ALICE);
    VirtualTuf empty =
        VirtualTuf.of(
            Map.of("something_else.json", Bytes.utf8("{}")),
            Instant.now().plus(Duration.ofDays(30)));
    String config = config("", "", root("default", "issuerRegex: issuer, subjectRegex: alice"));
    assertThatThrownBy(() -> Stage.verify(config, stage.image("v1"), live(folder, empty)))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNDECIDED));
  }
}
