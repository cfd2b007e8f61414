package dev.bulla.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.KeyException;
import dev.bulla.key.Password;
import dev.bulla.keys.KeyReference.Managed;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsProviders;
import dev.bulla.keys.pkcs11.PinSource;
import dev.bulla.keys.pkcs11.Pkcs11Uri;
import dev.bulla.keys.pkcs11.TokenProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Where the PIN comes from, and when it is asked for. */
@EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "older ones speak to no token")
class TokenKeysTest {

  private static final String KEY = "pkcs11:token=t;object=k?module-path=/m.so";

  private final Listening provider = new Listening();
  private final List<String> questions = new ArrayList<>();

  private KeyContext context(Map<String, String> variables) {
    return KeyContext.filesIn(Path.of(""))
        .withEnvironment(Environment.of(variables))
        .withProviders(KmsProviders.of(List.of(provider)))
        .withPrompt(question -> {
          questions.add(question);
          return Password.ofText("asked");
        });
  }

  private String pinFor(String reference, Map<String, String> variables) throws KeyException {
    provider.pinOnOpening = true;
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> Signers.open(reference, PasswordSource.none(), context(variables)))
        .withMessage("opened");
    return provider.pin;
  }

  @Test
  void thePinOfTheUriWinsOverTheVariableAndThatOverThePerson() throws Exception {
    Map<String, String> variable = Map.of("COSIGN_PKCS11_PIN", "variable");

    assertThat(pinFor(KEY + "&pin-value=uri", variable)).isEqualTo("uri");
    assertThat(pinFor(KEY, variable)).isEqualTo("variable");
    assertThat(questions).isEmpty();
    assertThat(pinFor(KEY, Map.of())).isEqualTo("asked");
    assertThat(pinFor(KEY, Map.of("COSIGN_PKCS11_PIN", ""))).isEqualTo("asked");
    assertThat(questions).containsExactly("PIN? ", "PIN? ");
    assertThat(provider.login).isTrue();
  }

  @Test
  void whereNobodyCanBeAskedTheVariableIsNamed() {
    provider.pinOnOpening = true;
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() ->
            Signers.open(
                KEY, PasswordSource.none(), context(Map.of()).withPrompt(PasswordPrompt.nobody())))
        .satisfies(e -> assertThat(e.hint()).hasValue("set COSIGN_PKCS11_PIN"));
  }

  @Test
  void thePublicKeyIsReadWithoutAPinUnlessTheUriHasOne() {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(
            () -> VerificationKeys.load(KEY, context(Map.of("COSIGN_PKCS11_PIN", "variable"))));
    assertThat(provider.login).isFalse();

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load(KEY + "&pin-value=uri", context(Map.of())));
    assertThat(provider.login).isTrue();
    assertThat(questions).isEmpty();
  }

  @Test
  void knowsWhetherSomebodyWillBeAsked() throws Exception {
    Managed key = (Managed) KeyReference.parse(KEY);
    Managed withPin = (Managed) KeyReference.parse(KEY + "&pin-value=1");

    assertThat(TokenKeys.needsNobody(key, context(Map.of()))).isFalse();
    assertThat(TokenKeys.needsNobody(withPin, context(Map.of()))).isTrue();
    assertThat(TokenKeys.needsNobody(key, context(Map.of("COSIGN_PKCS11_PIN", "1")))).isTrue();
  }

  @Test
  void theVariableNamesTheModule() {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() ->
            VerificationKeys.load(
                "pkcs11:token=t;object=k",
                context(Map.of("COSIGN_PKCS11_MODULE_PATH", "/other.so"))));
    assertThat(provider.opened.modulePath()).isEqualTo("/other.so");
  }

  /** Opens nothing, and remembers what it was asked. */
  private static final class Listening implements TokenProvider {

    private boolean pinOnOpening;
    private String pin = "";
    private boolean login;
    private Pkcs11Uri opened;

    @Override
    public Set<String> schemes() {
      return Set.of("pkcs11");
    }

    @Override
    public String name() {
      return "listening";
    }

    @Override
    public KmsKey open(Pkcs11Uri key, PinSource pins, boolean loginFirst) throws KeyException {
      opened = key;
      login = loginFirst;
      if (pinOnOpening) {
        try (Password given = pins.pin("PIN? ").orElseThrow()) {
          pin = new String(given.copyBytes(), StandardCharsets.UTF_8);
        }
      }
      throw new KeyException("opened");
    }

    @Override
    public List<Token> tokens(String modulePath) {
      return List.of();
    }

    @Override
    public List<FoundKey> keys(String modulePath, long slot, PinSource pins) {
      return List.of();
    }
  }
}
