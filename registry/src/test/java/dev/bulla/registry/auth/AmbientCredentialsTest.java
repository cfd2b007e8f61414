package dev.bulla.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.ConfigurationException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.CloudRegistry.Cloud;
import dev.bulla.registry.auth.LookedAt.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a provider for one cloud, as a module on the class path would bring it. */
class AmbientCredentialsTest {

  /** Found by ServiceLoader, see the test resources. */
  public static final class TestCloud implements CloudCredentialProvider {

    private static final List<String> ASKED = new ArrayList<>();

    @Override
    public Cloud cloud() {
      return Cloud.AZURE_CONTAINER_REGISTRY;
    }

    @Override
    public Optional<Credentials> exchange(
        CloudRegistry registry, RegistryEnvironment environment, Duration limit)
        throws ConfigurationException {
      ASKED.add(registry.host());
      return switch (registry.account()) {
        case "nobody" -> Optional.empty();
        case "broken" -> throw new ConfigurationException("the identity endpoint answers 500");
        default -> Optional.of(new Credentials.IdentityToken("exchanged-" + registry.account()));
      };
    }
  }

  @TempDir Path home;

  /** Knows when its credentials end. */
  private record Lending(List<String> asked, Instant ends) implements CloudCredentialProvider {

    @Override
    public Cloud cloud() {
      return Cloud.AMAZON_ECR;
    }

    @Override
    public Optional<Credentials> exchange(
        CloudRegistry registry, RegistryEnvironment environment, Duration limit) {
      throw new AssertionError("asked for what lasts");
    }

    @Override
    public Optional<CloudLogin> logIn(
        CloudRegistry registry, RegistryEnvironment environment, Duration limit) {
      asked.add(registry.host());
      return Optional.of(new CloudLogin(new Credentials.Basic("AWS", "lent"), ends));
    }
  }

  private int exchangesInThreeLooks(Instant ends) throws Exception {
    Lending provider = new Lending(new ArrayList<>(), ends);
    AmbientCredentials source =
        AmbientCredentials.in(
            new RegistryEnvironment(Map.of(), home),
            cloud -> Optional.of((CloudCredentialProvider) provider));
    for (int look = 0; look < 3; look++) {
      source.find(repository("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app"));
    }
    return provider.asked().size();
  }

  @Test
  void credentialsAreUsedAgainUntilTheyEnd() throws Exception {
    assertThat(exchangesInThreeLooks(Instant.MAX)).isEqualTo(1);
    assertThat(exchangesInThreeLooks(Instant.now().plus(Duration.ofHours(12)))).isEqualTo(1);
    assertThat(exchangesInThreeLooks(Instant.now().minusSeconds(1))).isEqualTo(3);
    assertThat(exchangesInThreeLooks(Instant.MIN)).isEqualTo(3);
  }

  /** No provider is looked for, so none is loaded, for what is no registry of a cloud. */
  @Test
  void nobodyIsLookedForBeforeAHostOfTheCloudAsks() throws Exception {
    List<Cloud> looked = new ArrayList<>();
    AmbientCredentials source =
        AmbientCredentials.in(
            new RegistryEnvironment(Map.of(), home),
            cloud -> {
              looked.add(cloud);
              return Optional.empty();
            });
    source.find(repository("registry.example/app"));
    source.find(repository("ghcr.io/acme/app"));
    assertThat(looked).isEmpty();
    source.find(repository("europe-docker.pkg.dev/acme/app"));
    assertThat(looked).containsExactly(Cloud.GOOGLE_ARTIFACT_REGISTRY);
  }

  private AmbientCredentials ambient() {
    TestCloud.ASKED.clear();
    return AmbientCredentials.in(new RegistryEnvironment(Map.of(), home));
  }

  private static Repository repository(String text) throws Exception {
    return Repository.parse(text);
  }

  @Test
  void exchangesTheMachinesIdentityOnceForOneRegistry() throws Exception {
    AmbientCredentials source = ambient();
    assertThat(source.find(repository("acme.azurecr.io/app")).credentials())
        .isEqualTo(new Credentials.IdentityToken("exchanged-acme"));
    source.find(repository("acme.azurecr.io/other"));
    assertThat(TestCloud.ASKED).containsExactly("acme.azurecr.io");
    assertThat(source.explain(repository("acme.azurecr.io/app")))
        .last()
        .isEqualTo(
            new LookedAt(
                "this machine's identity, exchanged with Azure Container Registry",
                Finding.FOUND,
                "identity token"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "registry.example/app",
        "evil.example/azurecr.io",
        "x.azurecr.io.evil.com/app",
        "evilazurecr.io/app",
        "acme.azurecr.io:8443/app",
        "localhost:5000/acme.azurecr.io"
      })
  void noOtherHostIsExchangedFor(String other) throws Exception {
    AmbientCredentials source = ambient();
    assertThat(source.find(repository(other))).isEqualTo(CredentialAnswer.NONE);
    assertThat(TestCloud.ASKED).isEmpty();
    assertThat(source.explain(repository(other)))
        .last()
        .extracting(LookedAt::finding)
        .isEqualTo(Finding.NOT_ASKED);
  }

  @Test
  void whatIsStoredComesFirst() throws Exception {
    Files.createDirectory(home.resolve(".docker"));
    Files.writeString(
        home.resolve(".docker/config.json"),
        "{\"auths\":{\"acme.azurecr.io\":{\"auth\":\"dTpw\"}}}");
    AmbientCredentials source = ambient();
    assertThat(source.find(repository("acme.azurecr.io/app")).credentials())
        .isEqualTo(new Credentials.Basic("u", "p"));
    source.explain(repository("acme.azurecr.io/app"));
    assertThat(TestCloud.ASKED).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gcr.io/acme/app", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app"})
  void aCloudWithoutProviderIsNamed(String image) throws Exception {
    CredentialAnswer answer = ambient().find(repository(image));
    assertThat(answer.isAnonymous()).isTrue();
    assertThat(answer.source())
        .startsWith("no provider of credentials for ")
        .endsWith(" is installed");
  }

  @Test
  void aMachineWithoutIdentityIsAnonymous() throws Exception {
    CredentialAnswer answer = ambient().find(repository("nobody.azurecr.io/app"));
    assertThat(answer.isAnonymous()).isTrue();
    assertThat(answer.source()).contains("no identity", "Azure Container Registry");
  }

  @Test
  void anExchangeThatFailsIsNotAnonymity() throws Exception {
    AmbientCredentials source = ambient();
    assertThatThrownBy(() -> source.find(repository("broken.azurecr.io/app")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("500");
    assertThat(source.explain(repository("broken.azurecr.io/app")))
        .last()
        .extracting(LookedAt::finding)
        .isEqualTo(Finding.FAILED);
  }
}
