package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.verify.VerifierOptions;
import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonParser;
import dev.bulla.testkit.kms.KubernetesServer;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code automaticChildApproval} of the configuration, as it is carried out. */
class StrictChildrenTest {

  private static final SampleImage IMAGE = SampleImage.image("signed");
  private static final String UID = "d7d3f2b8-0000-4000-8000-000000000001";

  @TempDir Path folder;

  /** Whether a pod whose owner was admitted is admitted while its registry is away. */
  private String denialOfChild(String approval) throws Exception {
    Lines lines = new Lines(folder).environment("COSIGN_PASSWORD", "pw");
    assertThat(lines.run("generate-key-pair").exit()).isZero();
    EmbeddedRegistry registry = EmbeddedRegistry.start();
    try (KubernetesServer server = KubernetesServer.start("Bearer t0ken", "v1.36.3")) {
      IMAGE.pushTo(registry.repository("app"), "v1");
      String image = registry.host() + "/app:v1@" + IMAGE.digest();
      Lines.Result signed =
          lines.run(
              "sign",
              "--key=cosign.key",
              "--tlog-upload=false",
              registry.host() + "/app@" + IMAGE.digest());
      assertThat(signed.exit()).as(signed.stderr()).isZero();
      String pods = "{'containers':[{'image':'" + image + "'}]}";
      String deployment =
          "{'metadata':{'name':'web','namespace':'shop','uid':'%s'},'spec':{'template':{'spec':%s}}}"
              .formatted(UID, pods);
      server.put(
          "/apis/apps/v1/namespaces/shop/deployments/web",
          JsonParser.parseObject(Bytes.utf8(deployment.replace('\'', '"')), "test"));
      VerifierOptions options =
          VerifierOptions.in(Map.of()).withHttpRegistries(Set.of(registry.host()));
      Path kubeconfig = kubeconfig(server);
      try (WholeWebhook webhook =
          new WholeWebhook(
              folder, config(approval), options, all -> all.withKubeconfig(kubeconfig))) {
        assertThat(webhook.denial("/validate", "apps", "Deployment", deployment)).isEmpty();
        registry.close();
        return webhook.denial(
            "/mutate",
            "",
            "Pod",
            "{'metadata':{'name':'web-1','ownerReferences':[{'apiVersion':'apps/v1','kind':"
                + "'Deployment','name':'web','uid':'%s'}]},'spec':%s}".formatted(UID, pods));
      }
    } finally {
      registry.close();
    }
  }

  private Path config(String approval) throws Exception {
    return Files.writeString(
        folder.resolve("values.yaml"),
        """
        application:
          validators:
          - name: default
            type: cosign
            trustRoots:
            - name: default
              key: |
        KEY
          policy:
          - pattern: "*:*"
            with: {verifyInTransparencyLog: false}
          features:
            automaticChildApproval: APPROVAL
            cache: {expirySeconds: 0}
        """
            .replace("KEY\n", Files.readString(folder.resolve("cosign.pub")).indent(8))
            .replace("APPROVAL", approval));
  }

  private Path kubeconfig(KubernetesServer server) throws Exception {
    return Files.writeString(folder.resolve("kubeconfig"), server.kubeconfig("token: t0ken"));
  }

  @Test
  void aChildIsApprovedByItsOwner() throws Exception {
    assertThat(denialOfChild("true")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"strict", "false"})
  void aPodIsLookedAtWhateverItsOwnerHas(String approval) throws Exception {
    assertThat(denialOfChild(approval)).contains("error during cosign validation of image");
  }
}
