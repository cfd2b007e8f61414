package dev.bulla.admission.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.image.ImageName;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.auth.GivenCredentials;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PullSecretsTest {

  private static final Bytes KEY = Bytes.utf8("a key of the process");
  private static final Bytes OTHER_KEY = Bytes.utf8("a key of another");

  private static PullSecrets.Secret secret(String name, String registry, String password) {
    return new PullSecrets.Secret(
        name, GivenCredentials.ofUser(registry, "user", password, "pull secret"));
  }

  private static List<PullLogin> logins(String image, PullSecrets.Secret... secrets)
      throws Exception {
    return logins(KEY, image, secrets);
  }

  private static List<PullLogin> logins(Bytes key, String image, PullSecrets.Secret... secrets)
      throws Exception {
    return PullSecrets.of(List.of(secrets), List.of(), key).logins(ImageName.parse(image));
  }

  @ParameterizedTest
  @CsvSource({
    "registry.io/team/app:1, 1",
    "registry.io/team:1, 1",
    "registry.io/teams/app:1, 0",
    "registry.io/other:1, 0",
    "registry.io.evil.example/team/app:1, 0",
    "registry.io:5000/team/app:1, 0",
    "evil.example/registry.io/team/app:1, 0"
  })
  void credentialsAreForTheHostAndPathThatTheyName(String image, int logins) throws Exception {
    assertThat(logins(image, secret("pull", "registry.io/team", "p"))).hasSize(logins);
  }

  @Test
  void aLoginKnowsCredentialsForItsOwnRepositoryOnly() throws Exception {
    PullLogin login = logins("registry.io/team/app:1", secret("pull", "registry.io", "p")).get(0);

    assertThat(
            login
                .credentials()
                .find(ImageName.parse("registry.io/team/app:2").repository())
                .credentials())
        .isEqualTo(new Credentials.Basic("user", "p"));
    assertThat(
            login
                .credentials()
                .find(ImageName.parse("registry.io/team/other:2").repository())
                .isAnonymous())
        .isTrue();
  }

  @Test
  void theSameCredentialsAreTriedOnceAndInTheOrderOfTheSecrets() throws Exception {
    PullSecrets.Secret right = secret("right", "registry.io", "p");
    PullSecrets.Secret same = secret("same", "registry.io/team", "p");
    PullSecrets.Secret wrong = secret("wrong", "registry.io", "q");
    String image = "registry.io/team/app:1";

    List<PullLogin> logins = logins(image, wrong, right, same);
    assertThat(logins).extracting(PullLogin::fingerprint).hasSize(2).doesNotHaveDuplicates();
    assertThat(logins.get(1).fingerprint())
        .isEqualTo(logins(image, same).get(0).fingerprint())
        .isNotEqualTo(logins("registry.io/team/web:1", same).get(0).fingerprint())
        .isNotEqualTo(logins(OTHER_KEY, image, same).get(0).fingerprint());
  }

  /** Image, rule and deadline do not matter to who answers the same for everybody. */
  private static BullaException refused(PullSecrets pulls, RegistryException.Kind kind)
      throws Exception {
    RegistryException refusal = new RegistryException(kind, "no");
    ImageVerifier verifier =
        (image, rule, deadline) -> {
          throw refusal;
        };
    RuleConfig rule =
        ConfigLoader.load(
                """
                validators:
                - {name: v, type: cosign, trustRoots: [{name: default, key: "env://K"}]}
                policy:
                - {pattern: "*:*", validator: v}
                """,
                "config.yaml")
            .rules()
            .get(0);
    return pulls
        .judge(verifier, ImageName.parse("registry.io/app:1"), rule, Instant.MAX, false)
        .failure()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"UNAUTHORIZED", "DENIED", "NOT_FOUND"})
  void aRefusalIsUndecidedWhileASecretCouldNotBeRead(RegistryException.Kind kind) throws Exception {
    PullSecrets read =
        PullSecrets.of(List.of(secret("pull", "registry.io", "p")), List.of("gone"), KEY);

    assertThat(refused(read, kind))
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessage(
            "no; tried with the pull secrets pull; not there, or without credentials: gone");
    assertThat(refused(read.withUnread("another could not be read: why"), kind))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e -> assertThat(e.outcome()).isEqualTo(VerificationException.Outcome.UNDECIDED))
        .hasMessageEndingWith("; another could not be read: why");
  }

  @Test
  void whatIsNoRefusalStaysWhatItIs() throws Exception {
    PullSecrets unread = PullSecrets.NONE.withUnread("one could not be read");

    assertThat(refused(unread, RegistryException.Kind.UNREACHABLE)).hasMessage("no");
  }

  @Test
  void neitherShowsASecret() throws Exception {
    PullSecrets.Secret secret = secret("pull", "registry.io", "pa55");
    assertThat(secret + " " + PullSecrets.of(List.of(secret), List.of(), KEY))
        .contains("pull")
        .doesNotContain("pa55", "user");
    assertThat(logins("registry.io/app:1", secret).toString()).doesNotContain("pa55", "user");
  }
}
