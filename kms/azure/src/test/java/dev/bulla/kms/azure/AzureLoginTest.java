package dev.bulla.kms.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.ConfigurationException;
import dev.bulla.registry.auth.CloudLogin;
import dev.bulla.registry.auth.CloudRegistry;
import dev.bulla.registry.auth.CloudRegistry.Cloud;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.auth.RegistryEnvironment;
import dev.bulla.testkit.kms.AcrTokenServer;
import dev.bulla.testkit.kms.EntraServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials for Azure's registries, against the double. */
class AzureLoginTest {

  private static final String REGISTRY = "double.azurecr.io";

  @TempDir Path home;

  private final AcrTokenServer server = server();
  private final Map<String, String> variables = new HashMap<>();

  private static AcrTokenServer server() {
    try {
      return AcrTokenServer.start(
          REGISTRY,
          AzureKmsBench.TOKEN,
          AzureKmsBench.SECRET,
          AzureKmsBench.AUTHORITY.serverContext("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void start() throws Exception {
    Path authorities = home.resolve("ca.pem");
    Files.writeString(authorities, AzureKmsBench.AUTHORITY.certificatePem());
    variables.putAll(
        Map.of(
            "SSL_CERT_FILE",
            authorities.toString(),
            "AZURE_AUTHORITY_HOST",
            server.address(),
            "AZURE_POD_IDENTITY_AUTHORITY_HOST",
            "http://127.0.0.1:9",
            "AZURE_TENANT_ID",
            EntraServer.TENANT,
            "AZURE_CLIENT_ID",
            EntraServer.CLIENT,
            "AZURE_CLIENT_SECRET",
            AzureKmsBench.SECRET));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Optional<CloudLogin> logIn(CloudRegistry registry) throws ConfigurationException {
    return new AzureLogin(any -> URI.create(server.address()))
        .logIn(registry, new RegistryEnvironment(variables, home), Duration.ofSeconds(20));
  }

  private Optional<CloudLogin> logIn(String host) throws ConfigurationException {
    return logIn(CloudRegistry.of(host).orElseThrow());
  }

  private ConfigurationException refusal(String host) {
    return assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> logIn(host))
        .matches(e -> !(e + e.hint().orElse("") + e.getCause()).contains("marked"))
        .actual();
  }

  @Test
  void anAccessTokenIsExchangedForTheRegistrysOwn() throws Exception {
    CloudLogin login = logIn(REGISTRY).orElseThrow();

    assertThat(login.credentials())
        .isEqualTo(
            new Credentials.IdentityToken(
                "00000000-0000-0000-0000-000000000000", server.refreshToken()));
    assertThat(login.ends()).isEqualTo(Instant.ofEpochSecond(AcrTokenServer.ENDS));
    assertThat(login.toString()).doesNotContain("marked");
    assertThat(server.requests()).isEqualTo(1);
  }

  @Test
  void theMachinesIdentityWillDo() throws Exception {
    variables.remove("AZURE_CLIENT_SECRET");
    server.entra().giveMachineAnIdentity();
    variables.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.entra().machineAddress());

    assertThat(logIn(REGISTRY)).isPresent();
  }

  @Test
  void withoutAnIdentityThereIsNoLogin() throws Exception {
    variables.remove("AZURE_CLIENT_SECRET");

    assertThat(logIn(REGISTRY)).isEmpty();
    assertThat(server.requests()).isZero();
  }

  @Test
  void credentialsThatAreRefusedAreNotAnonymity() {
    // another registry of the same cloud
    assertThat(refusal("other.azurecr.io"))
        .hasMessageContaining("Azure registry other.azurecr.io")
        .matches(e -> e.hint().orElse("").contains("AcrPull"));
    variables.put("AZURE_CLIENT_SECRET", "marked-wrong");
    assertThat(refusal(REGISTRY)).hasMessageContaining("AADSTS7000215");
    variables.put("AZURE_CLIENT_SECRET", AzureKmsBench.SECRET);
    server.failNext(1000);
    assertThat(refusal(REGISTRY)).hasMessageContaining("HTTP 503");
  }

  /** Each cloud has its own: a token of one is no good in another, and is not asked for. */
  @ParameterizedTest
  @ValueSource(strings = {"double.azurecr.cn", "double.azurecr.us"})
  void otherCloudsHaveOtherTokens(String host) {
    assertThat(refusal(host)).hasMessageContaining("AADSTS500011");
    assertThat(server.requests()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "azurecr.io",
        "a.b.azurecr.io",
        "evilazurecr.io",
        "double.azurecr.io.example",
        "double.azurecr.io:8443",
        "registry.example"
      })
  void nobodyElseIsAsked(String host) throws Exception {
    assertThat(CloudRegistry.of(host)).isEmpty();
    // and not even by mistake
    assertThat(logIn(new CloudRegistry(Cloud.AMAZON_ECR, REGISTRY, "", ""))).isEmpty();
    assertThat(logIn(new CloudRegistry(Cloud.AZURE_CONTAINER_REGISTRY, "registry.example", "", "")))
        .isEmpty();
    assertThat(server.entra().grants()).isZero();
    assertThat(server.requests()).isZero();
  }
}
