package dev.bulla.kms.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.core.credential.TokenCredential;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.identity.ClientAssertionCredentialBuilder;
import com.azure.identity.ClientCertificateCredentialBuilder;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.KeyClientBuilder;
import com.azure.security.keyvault.keys.cryptography.CryptographyClient;
import com.azure.security.keyvault.keys.cryptography.CryptographyClientBuilder;
import com.azure.security.keyvault.keys.cryptography.models.SignatureAlgorithm;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.KeyCurveName;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyProperties;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.bulla.key.KeyType;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.EntraServer;
import dev.bulla.testkit.kms.KeyVaultServer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.ThrowingConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The double is what Azure's own clients take for a key vault, before ours meets it. */
class KeyVaultServerTest {

  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

  private final KeyVaultServer server = AzureKmsBench.server();
  private final HttpClient http =
      new JdkHttpClientBuilder(
              java.net.http.HttpClient.newBuilder()
                  .sslContext(AzureKmsBench.AUTHORITY.clientContext()))
          .build();

  @AfterEach
  void stop() {
    server.close();
  }

  private TokenCredential secret() {
    return new ClientSecretCredentialBuilder()
        .tenantId(EntraServer.TENANT)
        .clientId(EntraServer.CLIENT)
        .clientSecret(AzureKmsBench.SECRET)
        .authorityHost(server.address())
        .disableInstanceDiscovery()
        .httpClient(http)
        .build();
  }

  private KeyClient keys(TokenCredential who) {
    return new KeyClientBuilder()
        .vaultUrl(server.address())
        .credential(who)
        .httpClient(http)
        .retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ofMillis(1))))
        .disableChallengeResourceVerification()
        .buildClient();
  }

  private CryptographyClient crypto(KeyVaultKey key) {
    return new CryptographyClientBuilder()
        .keyIdentifier(key.getId())
        .credential(secret())
        .httpClient(http)
        .retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ofMillis(1))))
        .disableChallengeResourceVerification()
        .buildClient();
  }

  @ParameterizedTest
  @CsvSource({
    "P-256, ES256, SHA-256, SHA256withECDSAinP1363Format",
    "P-384, ES384, SHA-384, SHA384withECDSAinP1363Format",
    "P-521, ES512, SHA-512, SHA512withECDSAinP1363Format",
  })
  void itsSignaturesOnCurvesAreReal(String curve, String algorithm, String hash, String jca)
      throws Exception {
    KeyVaultKey key =
        keys(secret())
            .createEcKey(
                new CreateEcKeyOptions("k")
                    .setCurveName(KeyCurveName.fromString(curve))
                    .setKeyOperations(KeyOperation.SIGN, KeyOperation.VERIFY));
    byte[] digest = MessageDigest.getInstance(hash).digest(MESSAGE);
    SignatureAlgorithm named = SignatureAlgorithm.fromString(algorithm);

    byte[] signature = crypto(key).sign(named, digest).getSignature();

    assertThat(verifies(jca, key.getKey().toEc().getPublic(), signature)).isTrue();
    assertThat(crypto(key).verify(named, digest, signature).isValid()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "2048, RS256, SHA-256, SHA256withRSA",
    "3072, RS384, SHA-384, SHA384withRSA",
    "4096, RS512, SHA-512, SHA512withRSA",
    "2048, PS256, SHA-256, RSASSA-PSS"
  })
  void itsSignaturesByRsaAreReal(int size, String algorithm, String hash, String jca)
      throws Exception {
    KeyVaultKey key =
        keys(secret())
            .createRsaKey(
                new CreateRsaKeyOptions("k")
                    .setKeySize(size)
                    .setKeyOperations(KeyOperation.SIGN, KeyOperation.VERIFY));
    byte[] digest = MessageDigest.getInstance(hash).digest(MESSAGE);

    byte[] signature =
        crypto(key).sign(SignatureAlgorithm.fromString(algorithm), digest).getSignature();

    assertThat(verifies(jca, key.getKey().toRsa().getPublic(), signature)).isTrue();
  }

  private static boolean verifies(String jca, PublicKey key, byte[] signature) throws Exception {
    Signature verifier = Signature.getInstance(jca);
    if (jca.equals("RSASSA-PSS")) {
      verifier.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    }
    verifier.initVerify(key);
    verifier.update(MESSAGE);
    return verifier.verify(signature);
  }

  @Test
  void versionsAreListedAndRead() {
    for (int i = 0; i < 5; i++) {
      server.add("k", KeyType.EC_P256);
    }
    KeyClient client = keys(secret());

    assertThat(
            client.listPropertiesOfKeyVersions("k").stream()
                .map(KeyProperties::getVersion)
                .toList())
        .isEqualTo(server.versions("k"));
    assertThat(client.getKey("k").getProperties().getVersion())
        .isEqualTo(server.versions("k").get(4));
    assertThat(client.getKey("k", server.versions("k").get(1)).getProperties().getVersion())
        .isEqualTo(server.versions("k").get(1));
  }

  @Test
  void itKnowsEveryKindOfServicePrincipal() throws Exception {
    server.add("k", KeyType.EC_P256);
    TestAuthority.Issued client = ClientCertificates.issue(server);
    TokenCredential byCertificate =
        new ClientCertificateCredentialBuilder()
            .tenantId(EntraServer.TENANT)
            .clientId(EntraServer.CLIENT)
            .pemCertificate(
                new ByteArrayInputStream(
                    (client.keyPem() + client.certificatePem()).getBytes(StandardCharsets.UTF_8)))
            .authorityHost(server.address())
            .disableInstanceDiscovery()
            .httpClient(http)
            .build();
    assertThat(keys(byCertificate).getKey("k").getName()).isEqualTo("k");

    server.entra().federate("marked.assertion.x");
    TokenCredential federated =
        new ClientAssertionCredentialBuilder()
            .tenantId(EntraServer.TENANT)
            .clientId(EntraServer.CLIENT)
            .clientAssertion(() -> "marked.assertion.x")
            .authorityHost(server.address())
            .disableInstanceDiscovery()
            .httpClient(http)
            .build();
    assertThat(keys(federated).getKey("k").getName()).isEqualTo("k");
  }

  @Test
  void itRefusesWhatTheServiceRefuses() {
    server.add("k", KeyType.EC_P256);
    server.add("encrypts", KeyType.RSA_2048, "RSA", "", List.of("encrypt"));
    byte[] digest = new byte[32];

    refused(404, client -> client.getKey("other"));
    refused(404, client -> client.getKey("k", "0123456789abcdef0123456789abcdef"));
    refused(400, client -> client.getKey("k", "latest"));
    refused(400, client -> client.createRsaKey(new CreateRsaKeyOptions("r").setKeySize(1024)));
    refused(
        403, client -> crypto(client.getKey("encrypts")).sign(SignatureAlgorithm.RS256, digest));
    refused(400, client -> crypto(client.getKey("k")).sign(SignatureAlgorithm.ES256, new byte[48]));
    server.grantOnly(Set.of("get"));
    refused(403, client -> crypto(client.getKey("k")).sign(SignatureAlgorithm.ES256, digest));
    server.grantOnly(Set.of("get", "sign", "verify", "create"));
    server.disable("k", true);
    refused(403, client -> crypto(client.getKey("k")).sign(SignatureAlgorithm.ES256, digest));
    server.delete("k");
    refused(409, client -> client.createEcKey(new CreateEcKeyOptions("k")));
  }

  private void refused(int status, ThrowingConsumer<KeyClient> attempt) {
    assertThatExceptionOfType(HttpResponseException.class)
        .isThrownBy(() -> attempt.accept(keys(secret())))
        .matches(e -> e.getResponse().getStatusCode() == status, "status " + status);
  }
}
