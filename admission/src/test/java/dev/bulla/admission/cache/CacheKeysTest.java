package dev.bulla.admission.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.PullLogin;
import dev.bulla.admission.image.ImageName;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CacheKeysTest {

  private static RuleConfig rule(VirtualSigstore of) throws Exception {
    return ConfigLoader.load(
            """
            validators:
            - name: v
              type: cosign
              trustedRoot: root.json
              trustRoots: [{name: default, key: "env://K"}]
            policy:
            - {pattern: "*:*", validator: v}
            """,
            "config.yaml",
            (name, limit) -> of.trustedRoot().bytes())
        .rules()
        .get(0);
  }

  private static RuleConfig ruleWith(String line) throws Exception {
    return ConfigLoader.load(
            """
            validators:
            - name: v
              type: cosign
              LINE
              trustRoots: [{name: default, key: "env://K"}]
            policy:
            - {pattern: "*:*", validator: v}
            """
                .replace("LINE", line),
            "config.yaml")
        .rules()
        .get(0);
  }

  /** What was admitted while both formats counted is looked at again when only one does. */
  @Test
  void aVerdictByAnotherFormatHasAnotherName() throws Exception {
    ImageName image = ImageName.parse("registry.io/app:1");
    Digest digest = Digest.sha256(Bytes.utf8("image"));
    Set<String> names = new HashSet<>();
    for (String format : List.of("auto", "legacy", "bundle")) {
      RuleConfig rule = ruleWith("signatureFormat: " + format);
      names.add(new CacheKeys().verdict(image, rule, PullLogin.OWN, digest));
    }
    assertThat(names).hasSize(3);
    names.add(new CacheKeys().verdict(image, ruleWith(""), PullLogin.OWN, digest));
    assertThat(names).as("auto is the default").hasSize(3);
  }

  /** Replicas share verdicts by these names, also while one has a root that another has not yet. */
  @Test
  void aVerdictByAnotherTrustedRootHasAnotherName() throws Exception {
    VirtualSigstore ours = VirtualSigstore.live();
    ImageName image = ImageName.parse("registry.io/app:1");
    Digest digest = Digest.sha256(Bytes.utf8("image"));
    String name = new CacheKeys().verdict(image, rule(ours), PullLogin.OWN, digest);

    assertThat(new CacheKeys().verdict(image, rule(ours), PullLogin.OWN, digest)).isEqualTo(name);
    PullLogin other = new PullLogin("fingerprint", CredentialSource.ANONYMOUS);
    assertThat(new CacheKeys().verdict(image, rule(ours), other, digest)).isNotEqualTo(name);
    assertThat(new CacheKeys().tag(image, rule(ours), other))
        .isNotEqualTo(new CacheKeys().tag(image, rule(ours), PullLogin.OWN));
    assertThat(new CacheKeys().verdict(image, rule(VirtualSigstore.live()), PullLogin.OWN, digest))
        .isNotEqualTo(name);
  }
}
