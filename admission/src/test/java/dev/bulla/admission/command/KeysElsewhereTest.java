package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.Answers;
import dev.bulla.testkit.kms.AwsKmsServer;
import dev.bulla.testkit.kms.EntraServer;
import dev.bulla.testkit.kms.GcpKmsServer;
import dev.bulla.testkit.kms.KeyVaultServer;
import dev.bulla.testkit.kms.KubernetesServer;
import dev.bulla.testkit.kms.TransitServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The webhook with a trust root whose key stays in a service: signed there, verified by it. */
class KeysElsewhereTest {

  private static final String SECRET = "marked-5b7e90cd12";

  @TempDir Path folder;

  private ServedImages served;
  private String authority;

  @BeforeEach
  void start() throws Exception {
    served = new ServedImages(folder);
    authority =
        Files.writeString(folder.resolve("ca.pem"), served.authority.certificatePem()).toString();
  }

  @AfterEach
  void stop() {
    served.close();
  }

  /** Signs with the key, and has the webhook decide by it. */
  private void theWholeWay(String reference, Map<String, String> variables, IntSupplier requests)
      throws Exception {
    variables.forEach(served::environment);
    served.run("sign", "--key", reference, "--tlog-upload=false", served.image("signed"));
    ServedImages.UNSIGNED.pushTo(served.registry.repository("other"), "1");
    served.run("generate-key-pair");
    String other = served.registry.host() + "/other:1";
    served.run("sign", "--key", "cosign.key", "--tlog-upload=false", other);
    int before = requests.getAsInt();

    try (AdmissionWiring webhook =
        served.webhook(served.configuration(reference, "", "detectionMode: false"))) {
      served.assertSignaturesDecide(webhook);
      assertThat(Answers.text(served.review(webhook, "/mutate", other))).contains("no matching ");
      assertThat(Answers.allowed(served.review(webhook, "/mutate", other))).isFalse();
    }

    assertThat(requests.getAsInt()).as("the webhook asked the service").isGreaterThan(before);
    assertThat(served.log).noneMatch(line -> line.contains(SECRET));
  }

  @Test
  void inAws() throws Exception {
    try (AwsKmsServer aws =
        AwsKmsServer.startTls("AKIATEST", served.authority.serverContext("127.0.0.1"))) {
      aws.add("1234abcd-12ab-34cd-56ef-1234567890ab", "release", "ECC_NIST_P256");
      theWholeWay(
          "awskms://" + aws.host() + "/alias/release",
          Map.of(
              "AWS_CA_BUNDLE",
              authority,
              "AWS_REGION",
              AwsKmsServer.REGION,
              "AWS_ACCESS_KEY_ID",
              "AKIATEST",
              "AWS_SECRET_ACCESS_KEY",
              SECRET),
          aws::requests);
    }
  }

  @Test
  void inGoogleCloud() throws Exception {
    String name =
        "projects/" + GcpKmsServer.PROJECT + "/locations/global/keyRings/r/cryptoKeys/release";
    try (GcpKmsServer google =
        GcpKmsServer.startTls(SECRET, "1//refresh", served.authority.serverContext("127.0.0.1"))) {
      String account =
          Files.writeString(folder.resolve("account.json"), google.serviceAccountFile()).toString();
      google.add(name, "ASYMMETRIC_SIGN", "EC_SIGN_P256_SHA256");
      theWholeWay(
          "gcpkms://" + name,
          Map.of(
              "SSL_CERT_FILE",
              authority,
              "GOOGLE_APPLICATION_CREDENTIALS",
              account,
              "GCE_METADATA_HOST",
              "127.0.0.1:9",
              "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS",
              google.address() + "/"),
          google::requests);
    }
  }

  @Test
  void inAzure() throws Exception {
    try (KeyVaultServer azure =
        KeyVaultServer.start(
            SECRET + "-token", SECRET, served.authority.serverContext("127.0.0.1"))) {
      Map<String, String> variables =
          Map.of(
              "SSL_CERT_FILE",
              authority,
              "AZURE_AUTHORITY_HOST",
              azure.address(),
              "AZURE_TENANT_ID",
              EntraServer.TENANT,
              "AZURE_CLIENT_ID",
              EntraServer.CLIENT,
              "AZURE_CLIENT_SECRET",
              SECRET);
      String reference = "azurekms://" + azure.host() + "/release";
      variables.forEach(served::environment);
      served.run("generate-key-pair", "--kms", reference);
      theWholeWay(reference, variables, azure::requests);
    }
  }

  @Test
  void inVault() throws Exception {
    try (TransitServer vault = TransitServer.start(SECRET, "", "transit")) {
      Map<String, String> variables = Map.of("VAULT_ADDR", vault.address(), "VAULT_TOKEN", SECRET);
      variables.forEach(served::environment);
      served.run("generate-key-pair", "--kms", "hashivault://release");
      theWholeWay("hashivault://release", variables, vault::requests);
    }
  }

  @Test
  void inASecretOfTheCluster() throws Exception {
    try (KubernetesServer cluster = KubernetesServer.start("Bearer " + SECRET, "v1.32.0")) {
      Path kubeconfig =
          Files.writeString(
              folder.resolve("kubeconfig"),
              """
              current-context: c
              contexts: [{name: c, context: {cluster: c, user: u}}]
              clusters: [{name: c, cluster: {server: "%s"}}]
              users: [{name: u, user: {token: %s}}]
              """
                  .formatted(cluster.address(), SECRET));
      served.environment("KUBECONFIG", kubeconfig.toString());
      served.run("generate-key-pair", "k8s://signing/release");
      Files.delete(folder.resolve("cosign.pub"));
      theWholeWay("k8s://signing/release", Map.of(), cluster::requests);
    }
  }
}
