package dev.bulla.kms.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.testkit.kms.AwsKmsServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.NotFoundException;

/** The double, driven by the vendor's own client and by nothing of ours. */
class AwsKmsServerTest {

  private static final byte[] MESSAGE = "hello".getBytes(StandardCharsets.UTF_8);

  private static KmsClient client(AwsKmsServer server, String accessKey, String region) {
    return KmsClient.builder()
        .region(Region.of(region))
        .endpointOverride(URI.create(server.address()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, "secret")))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "ECC_NIST_P256, ECDSA_SHA_256, EC, SHA256withECDSA",
    "ECC_NIST_P384, ECDSA_SHA_384, EC, SHA384withECDSA",
    "ECC_NIST_P521, ECDSA_SHA_512, EC, SHA512withECDSA",
    "RSA_4096, RSASSA_PKCS1_V1_5_SHA_256, RSA, SHA256withRSA"
  })
  void itsSignaturesAreReal(String spec, String algorithm, String family, String jca)
      throws Exception {
    try (AwsKmsServer server = AwsKmsServer.start("AKIA1");
        KmsClient client = client(server, "AKIA1", AwsKmsServer.REGION)) {
      String id =
          client
              .createKey(r -> r.keySpec(spec).keyUsage(KeyUsageType.SIGN_VERIFY))
              .keyMetadata()
              .keyId();
      client.createAlias(r -> r.aliasName("alias/example").targetKeyId(id));
      String arn = client.describeKey(r -> r.keyId("alias/example")).keyMetadata().arn();
      byte[] publicKey = client.getPublicKey(r -> r.keyId(arn)).publicKey().asByteArray();

      for (MessageType type : List.of(MessageType.RAW, MessageType.DIGEST)) {
        byte[] message =
            type == MessageType.RAW
                ? MESSAGE
                : java.security.MessageDigest.getInstance("SHA-" + algorithm.replaceAll(".*_", ""))
                    .digest(MESSAGE);
        byte[] made =
            client
                .sign(r ->
                    r.keyId(id)
                        .message(SdkBytes.fromByteArray(message))
                        .messageType(type)
                        .signingAlgorithm(algorithm))
                .signature()
                .asByteArray();
        Signature verifier = Signature.getInstance(jca);
        verifier.initVerify(
            KeyFactory.getInstance(family).generatePublic(new X509EncodedKeySpec(publicKey)));
        verifier.update(MESSAGE);
        assertThat(verifier.verify(made)).as(type.toString()).isTrue();
      }
    }
  }

  @Test
  void itRefusesWhatTheServiceRefuses() throws Exception {
    try (AwsKmsServer server = AwsKmsServer.start("AKIA1");
        KmsClient client = client(server, "AKIA1", AwsKmsServer.REGION);
        KmsClient stranger = client(server, "AKIA2", AwsKmsServer.REGION);
        KmsClient elsewhere = client(server, "AKIA1", "eu-west-1")) {
      server.add("11111111-2222-3333-4444-555555555555", "k", "ECC_NIST_P256");

      assertThatExceptionOfType(NotFoundException.class)
          .isThrownBy(() -> client.getPublicKey(r -> r.keyId("alias/absent")));
      assertThatExceptionOfType(KmsException.class)
          .isThrownBy(() -> stranger.getPublicKey(r -> r.keyId("alias/k")))
          .withMessageContaining("security token");
      assertThatExceptionOfType(KmsException.class)
          .isThrownBy(() -> elsewhere.getPublicKey(r -> r.keyId("alias/k")))
          .withMessageContaining("valid region");
      assertThatExceptionOfType(KmsException.class)
          .isThrownBy(() ->
              client.sign(r ->
                  r.keyId("alias/k")
                      .message(SdkBytes.fromByteArray(new byte[31]))
                      .messageType(MessageType.DIGEST)
                      .signingAlgorithm("ECDSA_SHA_256")))
          .withMessageContaining("invalid length");
      assertThatExceptionOfType(KmsException.class)
          .isThrownBy(() ->
              client.sign(r ->
                  r.keyId("alias/k")
                      .message(SdkBytes.fromByteArray(new byte[32]))
                      .grantTokens("t")
                      .signingAlgorithm("ECDSA_SHA_256")))
          .withMessageContaining("unknown members [GrantTokens]");
    }
  }
}
