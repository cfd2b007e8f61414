package dev.bulla.admission.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.testkit.sigstore.TrustedRootText;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code trustedRoot} of a validator, as it is read. */
class OwnTrustedRootTest {

  private static final VirtualSigstore SIGSTORE = VirtualSigstore.live();
  private static final String KEYLESS = "keyless: {issuer: i, subject: s}";

  private final List<String> read = new ArrayList<>();

  private AdmissionConfig load(String more, String root, String with, NamedFiles files)
      throws BullaException {
    return ConfigLoader.load(
        "validators:\n- name: v\n  type: cosign\n"
            + more
            + "  trustRoots: [{name: default, "
            + root
            + "}]\npolicy:\n- pattern: '*:*'\n  validator: v\n  with: {"
            + with
            + "}\n",
        "config.yaml",
        files);
  }

  private AdmissionConfig load(TrustedRootText text, String root, String with)
      throws BullaException {
    return load(
        "  trustedRoot: trust/root.json\n",
        root,
        with,
        (name, limit) -> {
          read.add(name);
          return text.bytes();
        });
  }

  private static OwnRoot root(AdmissionConfig config) {
    return ((ValidatorConfig.Cosign) config.validators().get(0))
        .sigstore()
        .trustedRoot()
        .orElseThrow();
  }

  @Test
  void aFileOrItsTextGivesTheSame() throws Exception {
    OwnRoot ofFile = root(load(SIGSTORE.trustedRoot(), KEYLESS, ""));
    OwnRoot ofText =
        root(
            load(
                "  trustedRoot: |\n    "
                    + SIGSTORE.trustedRoot().bytes().toUtf8String("root")
                    + "\n",
                KEYLESS,
                "",
                NamedFiles.NONE));

    assertThat(read).containsExactly("trust/root.json");
    assertThat(ofFile.root().authorities()).hasSize(1);
    assertThat(ofText).isEqualTo(ofFile).hasSameHashCodeAs(ofFile);
    assertThat(root(load(VirtualSigstore.live().trustedRoot(), KEYLESS, ""))).isNotEqualTo(ofFile);
  }

  private static void assertRefused(Load load, String... texts) {
    assertThatThrownBy(load::run)
        .isInstanceOf(ConfigurationException.class)
        .satisfies(e -> {
          for (String text : texts) {
            assertThat(e).hasMessageContaining(text);
          }
        });
  }

  private interface Load {
    void run() throws Exception;
  }

  @Test
  void whatCannotBeReadIsAMistakeWithItsLineAndWhatToDo() {
    assertRefused(
        () ->
            load(
                "  trustedRoot: gone.json\n",
                KEYLESS,
                "",
                (name, limit) -> {
                  throw new ConfigurationException("open " + name + ": no such file or directory");
                }),
        "config.yaml:4: trustedRoot: open gone.json: no such file or directory",
        "(name the trusted_root.json");
    assertRefused(
        () -> load("  trustedRoot: a.json\n", KEYLESS, "", (name, limit) -> Bytes.utf8("[]")),
        "config.yaml:4: trustedRoot: ",
        "bulla trusted-root create");
    assertRefused(
        () -> load("  trustedRoot: '{}'\n", KEYLESS, "", NamedFiles.NONE),
        "config.yaml:4: trustedRoot: ",
        "mediaType");
    assertRefused(
        () -> load("  trustedRoot: {mediaType: a}\n", KEYLESS, "", NamedFiles.NONE),
        "config.yaml:4: cannot unmarshal",
        "into trustedRoot: it has to be a text");
  }

  @Test
  void whatTheTrustRootsNeedHasToBeInIt() throws Exception {
    TrustedRootText logOnly =
        TrustedRootText.empty()
            .log(SIGSTORE.rekor1(), "https://rekor.example", SIGSTORE.validFrom(), null);
    TrustedRootText authorityOnly =
        TrustedRootText.empty()
            .authority(SIGSTORE.fulcio(), "https://ca.example", SIGSTORE.validFrom(), null);

    assertRefused(
        () -> load(logOnly, KEYLESS, "verifySCT: false"),
        "config.yaml:4: trustedRoot holds no certificate authority",
        "the trust root default is keyless (add the authority");
    assertRefused(
        () -> load(authorityOnly, KEYLESS, ""),
        "config.yaml:9: trustedRoot of validator v holds no transparency log",
        "verifyInTransparencyLog: false",
        "config.yaml:9: trustedRoot of validator v holds no certificate log",
        "verifySCT: false");
    assertThat(
            load(authorityOnly, KEYLESS, "verifyInTransparencyLog: false, verifySCT: false")
                .warnings())
        .isEmpty();
    assertThat(load(logOnly, "key: 'env://K'", "").warnings()).isEmpty();
  }

  @Test
  void partsOfItAreNotNamedBesides() {
    assertRefused(
        () ->
            load(
                "  trustedRoot: r.json\n  host:\n    rekorPubkey: |\n"
                    + SIGSTORE.rekor1().key().publicPem().indent(6),
                KEYLESS,
                "",
                (name, limit) -> SIGSTORE.trustedRoot().bytes()),
        "config.yaml:4: trustedRoot must not be set if host.rekorPubkey");
  }
}
