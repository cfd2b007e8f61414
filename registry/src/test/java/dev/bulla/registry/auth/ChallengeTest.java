package dev.bulla.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.MalformedInputException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChallengeTest {

  private static List<Challenge> parse(String... values) throws MalformedInputException {
    return Challenge.parse(List.of(values));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer"
            + " realm=\"https://auth.example/token\",service=\"registry\",scope=\"repository:a/b:pull\"",
        "bearer   realm=\"https://auth.example/token\" , service=\"registry\" ,"
            + " scope=\"repository:a/b:pull\"",
        "BEARER"
            + " scope=\"repository:a/b:pull\",SERVICE=\"registry\",Realm=\"https://auth.example/token\"",
        "Bearer realm = \"https://auth.example/token\",service= \"registry\",scope"
            + " =\"repository:a/b:pull\"",
        "Bearer realm=https://auth.example/token,service=registry,scope=repository:a/b:pull",
        "Bearer realm=\"https://auth.example/token\" service=\"registry\""
            + " scope=\"repository:a/b:pull\"",
        ",, Bearer"
            + " realm=\"https:\\/\\/auth.example/token\",,service=\"registry\",scope=\"repository:a/b:pull\",",
        "Bearer\trealm=\"https://auth.example/token\","
            + "\tservice=\"registry\",scope=\"repository:a/b:pull\""
      })
  void readsOneChallengeHoweverItIsWritten(String text) throws Exception {
    assertThat(parse(text))
        .containsExactly(
            new Challenge(
                "bearer",
                Map.of(
                    "realm", "https://auth.example/token",
                    "service", "registry",
                    "scope", "repository:a/b:pull")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic realm=\"a, Bearer realm=b\", Bearer realm=\"c\"",
        "Basic realm=\"a, Bearer realm=b\",Bearer realm=\"c\"",
        "Basic realm=\"a, Bearer realm=b\" Bearer realm=\"c\"",
      })
  void readsSeveralChallengesOfOneField(String text) throws Exception {
    assertThat(parse(text))
        .containsExactly(
            new Challenge("basic", Map.of("realm", "a, Bearer realm=b")),
            new Challenge("bearer", Map.of("realm", "c")));
  }

  @Test
  void readsSeveralFields() throws Exception {
    assertThat(parse("Negotiate", "Basic realm=\"x\"", "NTLM, Bearer realm=y"))
        .extracting(Challenge::scheme)
        .containsExactly("negotiate", "basic", "ntlm", "bearer");
  }

  @Test
  void stepsOverTokensOfOtherSchemes() throws Exception {
    assertThat(parse("Negotiate YIIB/abc+d==, Basic realm=\"x\""))
        .containsExactly(
            new Challenge("negotiate", Map.of()), new Challenge("basic", Map.of("realm", "x")));
  }

  @Test
  void theFirstOfEqualParametersCounts() throws Exception {
    assertThat(parse("Bearer realm=\"first\",Realm=\"second\"").get(0).parameter("realm"))
        .contains("first");
  }

  @Test
  void emptyHeadersHoldNoChallenge() throws Exception {
    assertThat(parse()).isEmpty();
    assertThat(parse("", " ,, ")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer realm=\"x", "Bearer realm=\"x\\", "=", "\"x\"", "Bearer;x", "@"})
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(MalformedInputException.class);
  }

  @Test
  void refusesFloods() {
    assertThatThrownBy(() -> parse("x".repeat(20_000))).isInstanceOf(MalformedInputException.class);
    assertThatThrownBy(() -> parse("a,".repeat(5000))).isInstanceOf(MalformedInputException.class);
    StringBuilder parameters = new StringBuilder("Bearer ");
    for (int i = 0; i < 1000; i++) {
      parameters.append('p').append(i).append("=1,");
    }
    assertThatThrownBy(() -> parse(parameters.toString()))
        .isInstanceOf(MalformedInputException.class);
  }

  @Test
  void nothingButTheOneExceptionLeavesIt() {
    long seed = 7235;
    Random random = new Random(seed);
    String alphabet = "aB=,\"\\ \t;/+=~Bearer realm=\"x\"";
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(40);
      for (int j = 0; j < length; j++) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        parse(text.toString());
      } catch (MalformedInputException e) {
        assertThat(e.message()).as("seed " + seed).contains("WWW-Authenticate");
      }
    }
  }
}
