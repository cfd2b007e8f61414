package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.kms.GcpKmsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The two parts of cosign's page on signing containers in which another program signs, with bulla
 * answering to the name {@code cosign}, the image named where the page leaves it out, and {@code
 * base64 -d} for macOS's {@code -D}. {@code aws} and {@code gcloud} are the real programs where the
 * machine has them; moto and the double of Cloud KMS stand in for the services.
 */
@Interop
@DisplayName("documented lines: keys in services")
final class DocumentedKeyServicesTest {

  private static final String START = "set -e\ncosign() { bulla \"$@\"; }\n";
  private static final String TOKEN = "ya29.interop";

  private final Bench bench;

  DocumentedKeyServicesTest(Bench bench) {
    this.bench = bench;
  }

  private static void needs(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return;
      }
    }
    Assumptions.abort(program + " is not there");
  }

  @Test
  @DisplayName("AWS KMS with aws")
  void signedByAws(Workplace place) throws Exception {
    needs("aws");
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "aws"), "v1");
    try (MotoServer moto = MotoServer.start(bench.peers())) {
      Map<String, String> variables = new HashMap<>(moto.variables());
      variables.put("IMAGE", image.byTag());
      variables.put("AWS_ENDPOINT_URL", moto.address());
      variables.put("AWS_DEFAULT_REGION", "us-east-1");
      Finished typed =
          place
              .shell(
                  START
                      + """
                      export AWS_CMK_ID=$(aws kms create-key --customer-master-key-spec RSA_4096 \\
                                                         --key-usage SIGN_VERIFY \\
                                                         --description "Cosign Signature Key Pair" \\
                                                         --query KeyMetadata.KeyId --output text)
                      cosign generate $IMAGE > payload.json
                      aws kms sign --key-id $AWS_CMK_ID \\
                                    --message file://payload.json \\
                                    --message-type RAW \\
                                    --signing-algorithm RSASSA_PKCS1_V1_5_SHA_256 \\
                                    --output text \\
                                    --query Signature > payload.sig
                      cosign attach signature --signature "$(cat payload.sig)" --payload payload.json $IMAGE
                      cosign download signature $IMAGE > signatures.json
                      cat signatures.json | tail -1 | jq -r .Base64Signature | base64 -d > remote_payload.sig
                      cat signatures.json | tail -1 | jq -r .Payload | base64 -d > remote_payload.json
                      aws kms verify --key-id $AWS_CMK_ID \\
                                     --message file://remote_payload.json \\
                                     --message-type RAW \\
                                     --signing-algorithm RSASSA_PKCS1_V1_5_SHA_256 \\
                                     --signature fileb://remote_payload.sig \\
                                     --output text \\
                                     --query SignatureValid
                      cosign verify --key awskms:///$AWS_CMK_ID --insecure-ignore-tlog $IMAGE > /dev/null
                      cosign public-key --key awskms:///$AWS_CMK_ID > kms.pub
                      """)
              .env(variables)
              .run()
              .expect(0);
      assertThat(typed.text().strip()).endsWith("True");
      place.run(
          Program.OPENSSL,
          "dgst",
          "-sha256",
          "-verify",
          "kms.pub",
          "-signature",
          "remote_payload.sig",
          "remote_payload.json");
      place
          .call(
              Program.COSIGN3,
              "verify",
              "--key",
              "kms.pub",
              "--insecure-ignore-tlog=true",
              image.byTag())
          .run()
          .expect(0);
    }
  }

  @Test
  @DisplayName("GCP KMS with gcloud")
  void signedByGcloud(Workplace place) throws IOException {
    needs("gcloud");
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "gcloud"), "v1");
    try (GcpKmsServer google = GcpKmsServer.start(TOKEN, "1//refresh")) {
      google.add(
          "projects/" + GcpKmsServer.PROJECT + "/locations/us-central1/keyRings/foo/cryptoKeys/foo",
          "ASYMMETRIC_SIGN",
          "EC_SIGN_P256_SHA256");
      place.write("token", TOKEN);
      place
          .shell(
              START
                  + """
                  cosign generate $IMAGE > payload.json
                  gcloud kms asymmetric-sign \\
                        --digest-algorithm=sha256 \\
                        --input-file=payload.json \\
                        --signature-file=gcpkms.sig \\
                        --key=foo \\
                        --keyring=foo \\
                        --version=1 \\
                        --location=us-central1
                  BASE64_SIGNATURE=$(cat gcpkms.sig | base64)
                  cosign attach signature --payload payload.json --signature "$BASE64_SIGNATURE" $IMAGE
                  cosign download signature $IMAGE > signatures.json
                  cat signatures.json | tail -1 | jq -r .Payload | base64 -d > payload
                  cat signatures.json | tail -1 | jq -r .Base64Signature | base64 -d > signature
                  cmp signature gcpkms.sig
                  gcloud kms keys versions get-public-key 1 --key=foo --keyring=foo --location=us-central1 > pubkey.pem
                  openssl dgst -sha256 -verify pubkey.pem -signature gcpkms.sig payload
                  cosign verify --key pubkey.pem --insecure-ignore-tlog $IMAGE
                  """)
          .env("IMAGE", image.byTag())
          .env("CLOUDSDK_CONFIG", place.root().resolve("gcloud").toString())
          .env("CLOUDSDK_CORE_PROJECT", GcpKmsServer.PROJECT)
          .env("CLOUDSDK_CORE_DISABLE_PROMPTS", "1")
          .env("CLOUDSDK_CORE_DISABLE_USAGE_REPORTING", "true")
          .env("CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK", "true")
          .env("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", place.folder().resolve("token").toString())
          .env("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS", google.address() + "/")
          .run()
          .expect(0);
    }
  }
}
