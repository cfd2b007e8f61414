package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CallBudgetTest {

  private final TestPace pace = new TestPace();

  @Test
  void waitsOnItsOwnAccordTenSecondsInAll() throws Exception {
    CallBudget budget = CallBudget.startingNow(pace, Duration.ofMinutes(3));
    int waits = 0;
    while (budget.waitAfter(3, OptionalLong.empty())) {
      waits++;
    }
    assertThat(waits).isEqualTo(4);
    assertThat(pace.nanoTime()).isEqualTo(Duration.ofSeconds(9).toNanos());
  }

  @Test
  void waitsLongerWhenAskedWhileItFits() throws Exception {
    CallBudget budget = CallBudget.startingNow(pace, Duration.ofMinutes(3));
    assertThat(budget.waitAfter(1, OptionalLong.of(170))).isTrue();
    assertThat(budget.waitAfter(1, OptionalLong.of(10))).isFalse();
    assertThat(budget.waitAfter(1, OptionalLong.of(9))).isTrue();
    assertThat(budget.remaining()).isEqualTo(Duration.ofSeconds(1));
    assertThat(budget.waitAfter(3, OptionalLong.empty())).isFalse();
    assertThat(budget.waitAfter(1, OptionalLong.empty())).isTrue();
  }

  @Test
  void isNotFooledByHugeNumbers() throws Exception {
    CallBudget budget = CallBudget.startingNow(pace, Duration.ofMinutes(3));
    assertThat(budget.waitAfter(1, OptionalLong.of(Long.MAX_VALUE))).isFalse();
    assertThat(budget.waitAfter(1, OptionalLong.of(Long.MAX_VALUE / 1_000_000_000))).isFalse();
  }

  @Test
  void aWaitOfNoTimeIsNone() throws Exception {
    CallBudget budget = CallBudget.startingNow(pace, Duration.ofMinutes(3));
    assertThat(budget.waitAfter(1, OptionalLong.of(0))).isTrue();
    assertThat(pace.sleeps()).isEmpty();
  }
}
