package dev.bulla.kms.gcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.ConfigurationException;
import dev.bulla.registry.auth.CloudLogin;
import dev.bulla.registry.auth.CloudRegistry;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.auth.RegistryEnvironment;
import dev.bulla.testkit.kms.KmsFault;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins of Artifact Registry, against the double of Google's token service. */
class GoogleLoginTest {

  private final GcpKmsBench bench = new GcpKmsBench();
  private final Map<String, String> variables =
      new HashMap<>(Map.of("GCE_METADATA_HOST", "127.0.0.1:9"));

  @AfterEach
  void stop() {
    bench.close();
  }

  private Optional<CloudLogin> logIn(String host) throws ConfigurationException {
    return new GoogleLogin()
        .logIn(
            CloudRegistry.of(host).orElseThrow(),
            new RegistryEnvironment(variables, bench.home),
            Duration.ofSeconds(20));
  }

  private void asServiceAccount() {
    variables.put("GOOGLE_APPLICATION_CREDENTIALS", bench.home.resolve("account.json").toString());
  }

  private ConfigurationException refusal() {
    return assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> logIn("gcr.io"))
        .matches(e -> bench.secrets().stream().noneMatch(e.toString()::contains))
        .actual();
  }

  @ParameterizedTest
  @ValueSource(strings = {"europe-docker.pkg.dev", "gcr.io", "eu.gcr.io"})
  void aServiceAccountsTokenIsAPassword(String host) throws Exception {
    asServiceAccount();
    CloudLogin login = logIn(host).orElseThrow();

    assertThat(login.credentials())
        .isEqualTo(new Credentials.Basic("oauth2accesstoken", GcpKmsBench.TOKEN));
    assertThat(login.ends())
        .isBetween(Instant.now().plusSeconds(600), Instant.now().plusSeconds(3600));
    assertThat(login.toString()).doesNotContain(GcpKmsBench.TOKEN);
  }

  @Test
  void aMachinesTokenIsAPassword() throws Exception {
    variables.put("GCE_METADATA_HOST", bench.server.host());

    CloudLogin login = logIn("gcr.io").orElseThrow();
    assertThat(login.credentials())
        .isEqualTo(new Credentials.Basic("oauth2accesstoken", GcpKmsBench.TOKEN));
    assertThat(login.ends())
        .isBetween(Instant.now().plusSeconds(600), Instant.now().plusSeconds(3600));
  }

  @Test
  void withoutAnIdentityThereIsNoLogin() throws Exception {
    assertThat(logIn("gcr.io")).isEmpty();
  }

  @Test
  void credentialsThatAreRefusedAreNotAnonymity() throws Exception {
    asServiceAccount();
    bench.server.fail(KmsFault.CLOCK_SKEW, 9);
    assertThat(refusal().hint().orElseThrow()).contains("clock");

    variables.put("GOOGLE_APPLICATION_CREDENTIALS", "/no/such/file");
    assertThat(refusal().message()).contains("the credentials in /no/such/file cannot be read");

    Files.writeString(bench.home.resolve("broken.json"), GcpKmsBench.REFRESH);
    variables.put("GOOGLE_APPLICATION_CREDENTIALS", bench.home.resolve("broken.json").toString());
    refusal();
  }
}
