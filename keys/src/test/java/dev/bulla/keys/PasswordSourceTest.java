package dev.bulla.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.KeyException;
import dev.bulla.key.Password;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PasswordSourceTest {

  @Test
  void ourOwnVariableWins() throws Exception {
    assertThat(fromVariables(Map.of("BULLA_PASSWORD", "a", "COSIGN_PASSWORD", "b"))).isEqualTo("a");
    assertThat(fromVariables(Map.of("COSIGN_PASSWORD", "b"))).isEqualTo("b");
    assertThat(fromVariables(Map.of("BULLA_PASSWORD", "", "COSIGN_PASSWORD", "b"))).isEmpty();
    assertThat(fromVariables(Map.of())).isEqualTo("otherwise");
  }

  private static String fromVariables(Map<String, String> variables) throws KeyException {
    PasswordSource source =
        PasswordSource.fromEnvironment(
            Environment.of(variables), PasswordSource.fixed(Password.ofText("otherwise")));
    String existing = guess(source.forExistingKey());
    assertThat(guess(source.forNewKey())).isEqualTo(existing);
    return existing;
  }

  private static String guess(Password password) {
    for (String candidate : List.of("", "a", "b", "otherwise")) {
      if (password.sameAs(Password.ofText(candidate))) {
        return candidate;
      }
    }
    throw new AssertionError("none of the candidates");
  }

  @Test
  void refusesAVariableThatTheLocaleCouldNotDecode() {
    PasswordSource source =
        PasswordSource.fromEnvironment(
            Environment.of(Map.of("COSIGN_PASSWORD", "pa\ufffd\ufffd")), PasswordSource.none());

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(source::forExistingKey)
        .withMessageStartingWith("COSIGN_PASSWORD ")
        .satisfies(e -> assertThat(e.message()).doesNotContain("pa\ufffd"));
  }

  @Test
  void aFixedPasswordSurvivesItsCopies() throws Exception {
    Password original = Password.ofText("a");
    PasswordSource source = PasswordSource.fixed(original);
    original.close();
    source.forExistingKey().close();

    assertThat(guess(source.forExistingKey())).isEqualTo("a");
    assertThat(source.toString()).doesNotContain("[a]");
  }

  @Test
  void asksOnceForAnExistingKeyAndTwiceForANewOne() throws Exception {
    List<String> shown = new ArrayList<>();
    Deque<String> answers = new ArrayDeque<>(List.of("a", "b", "b", "a", "b"));
    PasswordSource source =
        PasswordSource.prompting(text -> {
          shown.add(text);
          return Password.ofText(answers.remove());
        });

    assertThat(guess(source.forExistingKey())).isEqualTo("a");
    assertThat(guess(source.forNewKey())).isEqualTo("b");
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(source::forNewKey)
        .withMessage("passwords do not match");
    assertThat(shown)
        .containsExactly(
            "Enter password for private key: ",
            "Enter password for private key: ",
            "Enter password for private key again: ",
            "Enter password for private key: ",
            "Enter password for private key again: ");
  }

  @Test
  void aStreamCountsByteForByte() throws Exception {
    byte[] bytes = "pw\n".getBytes(StandardCharsets.US_ASCII);

    try (Password password =
        PasswordSource.fromStream(new ByteArrayInputStream(bytes)).forExistingKey()) {
      assertThat(password.sameAs(Password.ofText("pw\n"))).isTrue();
    }
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(
            PasswordSource.fromStream(
                    new ByteArrayInputStream(new byte[PasswordSource.MAX_STREAM + 1]))
                ::forNewKey);
  }

  @Test
  void noneSaysWhatToSet() {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(PasswordSource.none()::forExistingKey)
        .satisfies(e -> assertThat(e.hint().orElseThrow()).contains("COSIGN_PASSWORD"));
  }
}
