package dev.bulla.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.ErrorCode;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsProviders;
import dev.bulla.keys.kms.SchemeProvider;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokensTest {

  @Test
  void findsWhoSpeaksToTokens() throws Exception {
    TokenProvider provider = new NoTokens();

    assertThat(Tokens.find(KmsProviders.of(List.of(provider)), 22)).isSameAs(provider);
  }

  @Test
  void onAnOlderJavaOneSentenceSaysSoAndNothingIsLookedFor() {
    KmsProviders untouched =
        KmsProviders.of(
            List.<SchemeProvider>of(
                new NoTokens() {
                  @Override
                  public Set<String> schemes() {
                    throw new AssertionError("it was looked for");
                  }
                }));

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> Tokens.find(untouched, 21))
        .withMessage("keys on PKCS #11 tokens need Java 22 or newer; this is Java 21")
        .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.MISCONFIGURED))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.KEY));
  }

  @Test
  void withoutItsModuleOneSentenceSaysSo() {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> Tokens.find(KmsProviders.of(List.of()), 25))
        .withMessage("what speaks to PKCS #11 tokens is not installed");
  }

  private static class NoTokens implements TokenProvider {

    @Override
    public Set<String> schemes() {
      return Set.of("pkcs11");
    }

    @Override
    public String name() {
      return "none";
    }

    @Override
    public KmsKey open(Pkcs11Uri key, PinSource pins, boolean login) throws KeyException {
      throw new KeyException("no key");
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
