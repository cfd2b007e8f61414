package dev.bulla.cli.command;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class WarmUpTest {

  @Test
  void warmsTheWayThatSucceeds() {
    assertThatCode(WarmUp::verifyConstant).doesNotThrowAnyException();
    assertThatCode(WarmUp::signWithNewKey).doesNotThrowAnyException();
  }
}
