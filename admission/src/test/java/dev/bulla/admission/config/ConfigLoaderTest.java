package dev.bulla.admission.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.config.ValidatorConfig.Expected;
import dev.bulla.admission.config.ValidatorConfig.RegistryLogin;
import dev.bulla.admission.config.ValidatorConfig.TrustRootConfig;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.verify.SignatureFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {

  private static final String KEY =
      """
      -----BEGIN PUBLIC KEY-----
      MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvtc/qpHtx7iUUj+rRHR99a8mnGni
      qiGkmUb9YpWWTS4YwlvwdmMDiGzcsHiDOYz6f88u2hCRF5GUCvyiZAKrsA==
      -----END PUBLIC KEY-----
      """;

  private static String key(int indent) {
    return "|\n" + KEY.indent(indent).stripTrailing();
  }

  /** A configuration that is right, of which tests change one thing. */
  static String config() {
    return """
    validators:
    - name: allow
      type: static
      approve: true
    - name: mine
      type: cosign
      trustRoots:
      - name: default
        key: %s
      - name: alice
        keyless:
          issuer: https://issuer.example
          subject: alice@example.com
    policy:
    - pattern: "*:*"
      validator: allow
    - pattern: "docker.io/team/*"
      validator: mine
      with:
        trustRoot: default
    """
        .formatted(key(10));
  }

  static AdmissionConfig load(String text) throws Exception {
    return ConfigLoader.load(text, "config.yaml");
  }

  static void refused(String text, String... errors) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> load(text))
        .satisfies(e -> {
          assertThat(e.message().lines().skip(1)).hasSameSizeAs(errors);
          assertThat(e.message())
              .startsWith(
                  "Config has " + errors.length + (errors.length == 1 ? " error" : " errors"));
          for (String error : errors) {
            assertThat(e.message()).contains(error);
          }
        });
  }

  @Test
  @ConnaisseurRow("V12")
  void aSoundConfigurationIsRead() throws Exception {
    AdmissionConfig config = load(config());

    assertThat(config.warnings()).isEmpty();
    assertThat(config.validators().get(0)).isEqualTo(new ValidatorConfig.Static("allow", true));
    ValidatorConfig.Cosign mine = (ValidatorConfig.Cosign) config.validators().get(1);
    assertThat(mine.trustRoots())
        .containsExactly(
            new TrustRootConfig.Key("default", KEY.strip()),
            new TrustRootConfig.Keyless(
                "alice",
                new Expected("https://issuer.example", false),
                new Expected("alice@example.com", false)));
    RuleConfig rule = config.rules().get(1);
    assertThat(rule.validator()).isEqualTo(mine);
    assertThat(rule.quorum().orElseThrow().asked()).containsExactly("default");
    assertThat(rule.mode()).isEqualTo(RuleConfig.Mode.MUTATE);
    assertThat(rule.verifyLog()).isTrue();
    assertThat(rule.verifySct()).isTrue();
    assertThat(rule.line()).isEqualTo(21);
  }

  @Test
  void theExampleOfTheDocumentationIsReadAndItsKeyTakenForATrustRoot() throws Exception {
    AdmissionConfig config =
        load(
            """
            application:
              validators:
              - name: myvalidator
                type: cosign
                trustRoots:
                - name: mykey
                  key: %s
              policy:
              - pattern: "docker.io/securesystemsengineering/testimage:co-*"
                validator: myvalidator
                with:
                  key: mykey
            """
                .formatted(key(12)));

    assertThat(config.rules().get(0).quorum().orElseThrow().asked()).containsExactly("mykey");
    assertThat(config.warnings())
        .containsExactly("config.yaml:16: key is called trustRoot: read as that");
  }

  @Test
  @ConnaisseurRow("V12")
  void severalTrustRootsAreReadAsDocumented() throws Exception {
    AdmissionConfig config =
        load(
            """
            application:
              validators:
              - name: multicosigner
                type: cosign
                auth: {k8sKeychain: true}
                trustRoots:
                - {name: alice, key: "k8s://connaisseur/cosignkeys"}
                - {name: bob, key: "awskms:///alias/bob"}
                - {name: charlie, key: "hashivault://charlie"}
              policy:
              - pattern: "*:*"
                validator: multicosigner
                with:
                  trustRoot: "*"
                  threshold: 2
              - pattern: "docker.io/team/*"
                validator: multicosigner
                with:
                  trustRoot: "*"
                  threshold: 3
                  required: ["alice", "bob"]
            """);

    assertThat(config.rules().get(0).quorum().orElseThrow().threshold()).isEqualTo(2);
    assertThat(config.rules().get(1).quorum().orElseThrow().required())
        .containsExactly("alice", "bob");
    ValidatorConfig.Cosign validator = (ValidatorConfig.Cosign) config.validators().get(0);
    assertThat(validator.login()).contains(new RegistryLogin.Keychain());
    assertThat(config.warnings())
        .containsExactly("config.yaml:5: k8sKeychain is called useKeychain today");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "usePodPullSecrets: true | ",
        "usePodPullSecrets: true, secretName: own | 'Secret[name=own, where=config.yaml:4]'",
        "usePodPullSecrets: true, useKeychain: true | Keychain[]",
      })
  void secretsOfPodsStandBesideTheValidatorsOwnLogin(String auth, String own) throws Exception {
    AdmissionConfig config = load(withAuth(auth));

    ValidatorConfig.Cosign validator = (ValidatorConfig.Cosign) config.validators().get(0);
    assertThat(validator.usesPodPullSecrets()).isTrue();
    assertThat(validator.ownLogin().map(Object::toString)).isEqualTo(Optional.ofNullable(own));
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void secretsOfPodsAreOffUnlessAskedFor() throws Exception {
    for (String auth : List.of("usePodPullSecrets: false", "secretName: own")) {
      ValidatorConfig.Cosign validator =
          (ValidatorConfig.Cosign) load(withAuth(auth)).validators().get(0);
      assertThat(validator.usesPodPullSecrets()).isFalse();
    }
  }

  private static String withAuth(String auth) {
    return """
    validators:
    - name: default
      type: cosign
      auth: {AUTH}
      trustRoots: [{name: default, key: "k8s://ns/keys"}]
    policy:
    - pattern: "*:*"
    """
        .replace("AUTH", auth);
  }

  @Test
  void namesOfConnaisseur2AreRead() throws Exception {
    AdmissionConfig config =
        load(
            """
            deployment: {image: "connaisseur:v2.8.0"}
            validators:
            - name: default
              type: cosign
              host: rekor.sigstore.dev
              auth: {secret_name: creds}
              trust_roots:
              - name: default
                key: "k8s://ns/keys"
            policy:
            - pattern: "*:*"
              with: {trust_root: default}
            """);

    ValidatorConfig.Cosign validator = (ValidatorConfig.Cosign) config.validators().get(0);
    assertThat(validator.sigstore().rekor()).contains("https://rekor.sigstore.dev");
    assertThat(validator.login()).contains(new RegistryLogin.Secret("creds", "config.yaml:6"));
    assertThat(config.warnings()).hasSize(4);
  }

  @Test
  @ConnaisseurRow({"G4", "G5", "G6", "G8", "G9", "G10", "G20"})
  void everyMistakeIsToldAtOnceWithItsLine() {
    refused(
        """
        validators:
        - type: static
        - name: x
        - name: odd
          type: stati
        - name: {}
          type: static
        - name: empty
          type: cosign
        - name: ""
          type: static
        policy:
        - validator: x
        """,
        "config.yaml:2: validator is missing a name",
        "config.yaml:3: validator is missing a type",
        "config.yaml:5: unsupported type \"stati\" for validator",
        "config.yaml:6: cannot unmarshal a mapping into name",
        "config.yaml:6: Name is a required field",
        "config.yaml:8: no trust roots provided for validator empty",
        "config.yaml:10: Name is a required field",
        "config.yaml:13: Pattern is a required field");
  }

  @Test
  @ConnaisseurRow({"G1", "G2"})
  void whatIsUnknownIsRefusedAndWhatIsKnownIsNamed() {
    refused(
        config().replace("approve: true", "aprove: true"),
        "config.yaml:4: field aprove not found in type a validator (did you mean approve?)");
    refused(
        config().replace("approve: true", "admits: true"),
        "config.yaml:4: field admits not found in type a validator (known are: name, type,"
            + " approve)");
    refused(
        config().replace("trustRoot: default", "trustroot: default"), "field trustroot not found");
    refused(config() + "\nextra: 1\n", "field extra not found in type a configuration");
    refused(
        config().replace("type: cosign", "type: cosign\n  auth: {secretName: a, user: b}"),
        "field user not found in type auth");
  }

  @Test
  @ConnaisseurRow({"V2", "V12"})
  void whatConnaisseurFoundOnlyAtTheFirstRequestIsAnErrorNow() {
    refused(
        config().replace("validator: mine", "validator: other"), "validator \"other\" not found");
    refused(
        config().replace("trustRoot: default", "trustRoot: bob"),
        "config.yaml:24: trust roots of validator mine: unable to find trust root bob");
    refused(
        config().replace("docker.io/team/*", "docker.io/[team/*"),
        "config.yaml:21: malformed pattern");
    refused(
        config()
            .replace("name: mine", "name: allow")
            .replace("validator: mine", "validator: allow"),
        "two validators are called \"allow\"");
    refused(
        config().replace("name: alice", "name: default"), "two trust roots are called \"default\"");
    refused(config().replace("MFkwEwYHKoZ", "MFkwEwYHKoX"), "trust root default: ");
    refused(config().replace("docker.io/team/*", "*:*"), "two rules have the pattern \"*:*\"");
  }

  @Test
  @ConnaisseurRow({"G16", "G17", "G18", "G19", "V12"})
  void trustRootsAreKeysOrIdentities() {
    String issuer = "      issuer: https://issuer.example\n";
    String subject = "      subject: alice@example.com\n";
    refused(
        config().replace("- name: alice\n", "- name: alice\n    key: k8s://a/b\n"),
        "Key must not be set if Keyless is");
    refused(
        config().replace(issuer, issuer + "      issuerRegex: ^a$\n"),
        "Issuer must not be set if IssuerRegex is");
    refused(
        config().replace(subject, subject + "      subjectRegex: ^a$\n"),
        "Subject must not be set if SubjectRegex is");
    refused(config().replace(subject, ""), "Subject must be set if SubjectRegex isn't");
    refused(config().replace(issuer, ""), "Issuer must be set if IssuerRegex isn't");
    refused(
        config().replace("- name: alice\n    keyless:\n" + issuer + subject, "- name: alice\n"),
        "Key must be set if [Cert Keyless] isn't");
    refused(
        config()
            .replace("- name: alice\n    keyless:\n" + issuer + subject, "- {name: a, cert: b}\n"),
        "is a key or keyless, not cert");
  }

  @Test
  void aPatternThatIsFoundAnywhereIsWarnedOf() throws Exception {
    AdmissionConfig config =
        load(config().replace("subject: alice@example.com", "subjectRegex: alice@example"));
    assertThat(config.warnings())
        .singleElement()
        .asString()
        .contains("subjectRegex is found anywhere");
    assertThat(
            load(config().replace("subject: alice@example.com", "subjectRegex: ^alice@.*$"))
                .warnings())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"notaryv1", "notaryv2", "notation"})
  @ConnaisseurRow({"R3", "R4", "R7", "R8", "G28", "G29"})
  void otherKindsOfSignaturesAreRefusedByName(String type) {
    refused(
        """
        validators:
        - name: old
          type: %s
          host: notary.docker.io
          trustRoots: [{name: default, key: k}]
        - {name: allow, type: static, approve: true}
        policy:
        - {pattern: "*:*", validator: allow}
        """
            .formatted(type),
        "config.yaml:3: validators of type " + type + " are not supported");
  }

  @Test
  @ConnaisseurRow({"G21", "G22", "G23", "G24"})
  void optionsOfARuleAreChecked() throws Exception {
    String with = "trustRoot: default";
    refused(config().replace(with, "threshold: -1"), "Threshold must be 0 or greater");
    refused(
        config().replace(with, "trustRoot: \"*\"\n    required: []"),
        "Required must contain at least 1 item");
    refused(
        config().replace(with, with + "\n    delegations: []"),
        "Delegations must contain at least 1 item");
    refused(
        config().replace(with, with + "\n    required: [a]\n    delegations: [b]"),
        "Required must not be set if Delegations is",
        "unable to find trust root a");
    refused(config().replace(with, "mode: watch"), "ValidationMode must be one of");
    refused(
        config().replace(with, with + "\n    verificationLevel: loose\n    verifyTimestamp: never"),
        "config.yaml:25: VerificationLevel must be one of [strict permissive audit]",
        "config.yaml:26: VerifyTimestamp must be one of [always afterCertExpiry]");
    refused(config().replace(with, with + "\n    key: default"), "key and trustRoot are both set");
    refused(
        config().replace(with, "threshold: many"),
        "cannot unmarshal a single value into threshold");
    refused(config().replace(with, "verifySCT: \"true\""), "it has to be true or false");

    RuleConfig rule =
        load(config()
                .replace(
                    with,
                    "mode: insecureValidateOnly\n    verifyInTransparencyLog: false\n"
                        + "    verifySCT: false\n    verificationLevel: strict"))
            .rules()
            .get(1);
    assertThat(rule.mode()).isEqualTo(RuleConfig.Mode.INSECURE_VALIDATE_ONLY);
    assertThat(rule.verifyLog()).isFalse();
    assertThat(rule.verifySct()).isFalse();
  }

  @Test
  void theFormatThatCountsIsOneOfThreeWords() throws Exception {
    assertThat(onlyFormat("")).isEmpty();
    assertThat(onlyFormat("signatureFormat: auto")).isEmpty();
    assertThat(onlyFormat("signatureFormat: legacy")).contains(SignatureFormat.LEGACY);
    assertThat(onlyFormat("signatureFormat: 'bundle'")).contains(SignatureFormat.BUNDLE);
    for (String none :
        List.of("Legacy", "BUNDLE", "bundles", "\" legacy\"", "true", "", "''", "~", "[bundle]")) {
      refused(
          config().replace("type: cosign", "type: cosign\n  signatureFormat: " + none),
          "signatureFormat must be one of [auto legacy bundle], not ");
    }
    refused(
        config().replace("type: static", "type: static\n  signatureFormat: legacy"),
        "field signatureFormat not found in type a validator");
  }

  private static Optional<SignatureFormat> onlyFormat(String line) throws Exception {
    String text = config().replace("type: cosign", "type: cosign\n  " + line);
    assertThat(load(text).warnings()).isEmpty();
    return ((ValidatorConfig.Cosign) load(text).rules().get(1).validator()).onlyFormat();
  }

  @Test
  void aLogThatIsNeverAskedIsSaid() throws Exception {
    for (String format : List.of("auto", "legacy", "bundle")) {
      String text =
          config()
              .replace(
                  "type: cosign",
                  "type: cosign\n  host: {rekor: rekor.example}\n  signatureFormat: " + format);
      assertThat(load(text).warnings())
          .hasSize(format.equals("bundle") ? 1 : 0)
          .allMatch(w -> w.contains("host.rekor has no effect where signatureFormat is bundle"));
    }
  }

  @Test
  void whatHasNoEffectIsSaid() throws Exception {
    String text =
        config()
            .replace(
                "validator: allow",
                "validator: allow\n  with: {threshold: 2, verifyTimestamp: always}")
            .replace("type: cosign", "type: cosign\n  host: {rekor: rekor.example}")
            .replace(
                "trustRoot: default", "trustRoot: default\n    verifyInTransparencyLog: false");
    assertThat(load(text).warnings())
        .hasSize(3)
        .anyMatch(w -> w.contains("verifyTimestamp has no effect"))
        .anyMatch(w -> w.contains("threshold has no effect on a static validator"))
        .anyMatch(w -> w.contains("host.rekor of validator \"mine\" has no effect"));
  }

  @Test
  @ConnaisseurRow({"G11", "G12", "G13", "G14", "G15", "G25"})
  void addressesAndCertificatesAreChecked() {
    refused(
        config().replace("type: cosign", "type: cosign\n  host: {rekor: ':\\\\'}"),
        "unable to create Rekor client for mine: not an address");
    refused(
        config().replace("type: cosign", "type: cosign\n  cert: nonsense"),
        "invalid certificate for validator mine");
    refused(
        config()
            .replace(
                "type: cosign",
                "type: cosign\n  host: {rekorPubkey: a, fulcioCert: b, ctLogPubkey: c}"),
        "error adding rekor public key",
        "invalid fulcio certificate for validator mine",
        "error adding ct log public key");
    refused(
        config().replace("type: cosign", "type: cosign\n  auth: {}"),
        "neither secretName nor useKeychain defined");
  }

  @Test
  void nothingOfAKeyIsInAMessage() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> load(config().replace("key: |", "key: {")))
        .satisfies(e -> assertThat(e.message()).doesNotContain("qiGkmUb9"));
  }

  @Test
  void howPatternsAreMatchedCanBeChosen() throws Exception {
    AdmissionConfig config = load("matching: connaisseur-v3\n" + config());
    assertThat(config.warnings())
        .singleElement()
        .asString()
        .contains("patterns are found anywhere");
    refused("matching: loose\n" + config(), "matching must be one of [anchored connaisseur-v3]");
    assertThat(List.of(Optional.of(config.choice()))).isNotEmpty();
  }

  @Test
  @ConnaisseurRow("U5")
  void ofTwoLoginsTheSecretWins() throws Exception {
    AdmissionConfig config =
        load(
            config()
                .replace(
                    "type: cosign", "type: cosign\n  auth: {useKeychain: true, secretName: a}"));
    ValidatorConfig.Cosign mine = (ValidatorConfig.Cosign) config.validators().get(1);
    assertThat(mine.login()).contains(new RegistryLogin.Secret("a", "config.yaml:7"));
  }
}
