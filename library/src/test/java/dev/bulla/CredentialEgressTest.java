package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.BullaException;
import dev.bulla.oci.Reference;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.Effect;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.RequestMatch;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A hostile registry, and a host of its choice that records what it is sent: neither verifying nor
 * signing tells that host a secret.
 */
class CredentialEgressTest {

  private static final String SECRET = "correct-horse";

  /** An address, so that no name has to be looked up. */
  private static final String EVIL = "203.0.113.9";

  private EmbeddedRegistry registry;
  private EmbeddedRegistry evil;
  private RegistryClient client;
  private Bulla bulla;
  private Reference image;

  private void start(Auth auth) throws Exception {
    registry = EmbeddedRegistry.start(EmbeddedRegistry.options().auth(auth));
    Bench.IMAGE.pushTo(registry.repository("app"), "v1");
    client =
        RegistryClient.builder(new Internet(Map.of("registry.example", registry, EVIL, evil)))
            .credentials(
                CredentialSource.always(new Credentials.Basic("ci", SECRET), "the command line"))
            .build();
    bulla = new Bulla(client);
    image = Reference.parse("registry.example/app@" + Bench.IMAGE.digest());
  }

  @BeforeEach
  void startEvil() throws Exception {
    evil = EmbeddedRegistry.start();
    Bench.IMAGE.pushTo(evil.repository("app"), "v1");
    start(Auth.basic().user("ci", SECRET));
  }

  @AfterEach
  void stop() {
    client.close();
    registry.close();
    evil.close();
  }

  private void useTokens(String realm) throws Exception {
    client.close();
    registry.close();
    start(Auth.bearer().user("ci", SECRET).realm(realm));
  }

  private void verify() throws BullaException {
    bulla.verify(image, Bench.policy(Bench.ALICE));
  }

  private void sign() throws BullaException {
    Bench.sign(bulla, image, SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH), false);
  }

  /** Both, whatever comes of it. */
  private void signAndVerify() {
    try {
      sign();
    } catch (BullaException e) {
      // how it fails is for other tests
    }
    try {
      verify();
    } catch (BullaException e) {
      // likewise
    }
  }

  private void assertNothingTold() {
    assertThat(evil.log().withCredentials()).isEmpty();
    assertThat(evil.log().carrying(SECRET)).isEmpty();
  }

  @Test
  void theRegistryItselfIsTold() throws Exception {
    sign();
    verify();

    assertThat(registry.log().carrying(SECRET)).isNotEmpty();
    assertThat(evil.log().count()).isZero();
  }

  @Test
  void itsOwnTokenServiceIsTold() throws Exception {
    useTokens("https://registry.example/token");
    sign();
    verify();

    assertThat(registry.log().carrying(SECRET))
        .isNotEmpty()
        .allMatch(request -> request.path().equals("/token"));
  }

  @Test
  void aTokenServiceOfItsChoiceIsNot() throws Exception {
    useTokens("https://" + EVIL + "/token");

    signAndVerify();

    assertThat(evil.log().count()).isPositive();
    assertNothingTold();
    assertThat(registry.log().carrying(SECRET)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aHostItRedirectsToIsNot(int status) throws Exception {
    sign();
    // only what is asked with credentials is redirected
    registry
        .faults()
        .on(RequestMatch.any().header("Authorization"))
        .does(stage ->
            Effects.redirect(status, "https://" + EVIL + stage.request().path()).apply(stage));

    signAndVerify();

    assertThat(evil.log().count()).isPositive();
    assertNothingTold();
  }

  @Test
  void aPlaceForUploadsOfItsChoiceIsNot() throws Exception {
    registry
        .faults()
        .noSinglePost()
        .on(RequestMatch.uploads().method("POST"))
        .does(
            Effects.changed(
                r -> r.with("Location", "https://" + EVIL + "/v2/app/blobs/uploads/1?_state=x")));

    signAndVerify();

    assertThat(evil.log().requests("PUT", "/v2/app/blobs/uploads/1")).isNotEmpty();
    assertNothingTold();
  }

  @Test
  void theHostOfANextPageIsNotEvenAsked() throws Exception {
    sign();
    registry
        .faults()
        .on(RequestMatch.referrers())
        .does(Effects.header("Link", "<https://" + EVIL + "/v2/app/referrers/x>; rel=\"next\""));

    signAndVerify();

    assertThat(evil.log().count()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://registry.example/v2/",
        "http://" + EVIL + "/",
        "https://ci:correct-horse@" + EVIL + "/",
        "https://registry.example@" + EVIL + "/",
        "https://169.254.169.254/latest/meta-data/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "file:///etc/passwd",
        "//" + EVIL + ":1/"
      })
  void noSecretGoesWhereverElseItPoints(String location) throws Exception {
    sign();
    for (Effect effect :
        new Effect[] {
          Effects.redirect(307, location),
          Effects.challenge("Bearer realm=\"" + location + "\",service=\"x\",scope=\"y\"")
        }) {
      registry.faults().clear();
      registry.faults().on(RequestMatch.any()).does(effect);
      signAndVerify();
    }

    assertNothingTold();
  }

  @Test
  void aRefusalDoesNotRepeatTheSecret() throws Exception {
    registry
        .faults()
        .on(RequestMatch.any())
        .does(stage ->
            Effects.status(
                    403, "DENIED", stage.request().headers().first("Authorization").orElse("none"))
                .apply(stage));

    assertThatThrownBy(() -> bulla.resolve(Reference.parse("registry.example/app:v1")))
        .hasMessageNotContaining(SECRET);
  }
}
