package dev.bulla.admission.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeBudgetTest {

  @ParameterizedTest
  @CsvSource({
    "30s, PT28S",
    "10s, PT8S",
    "4s, PT2S",
    "3s, PT1.5S",
    "1s, PT0.5S",
    "100ms, PT0.05S",
    "1m, PT28S",
    "999999m, PT28S",
    "0s, PT25S",
    "-5s, PT25S",
    "10, PT25S",
    "'', PT25S",
    "1h, PT25S",
  })
  void twoSecondsAreLeftForTheWay(String parameter, Duration budget) {
    assertThat(TimeBudget.of(Optional.of(parameter))).isEqualTo(budget);
  }

  @Test
  void withoutTheParameterItIsTwentyFiveSeconds() {
    assertThat(TimeBudget.of(Optional.empty())).isEqualTo(Duration.ofSeconds(25));
  }
}
