package dev.bulla.admission.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SharesTest {

  private final Shares shares = new Shares(100, 60);

  @Test
  void nobodyHoldsMoreThanHisShareNorAllMoreThanThereIs() {
    assertThat(shares.take("a", 40)).isTrue();
    assertThat(shares.take("a", 21)).isFalse();
    assertThat(shares.take("a", 20)).isTrue();
    assertThat(shares.take("b", 41)).isFalse();
    assertThat(shares.take("b", 40)).isTrue();
    assertThat(shares.take("c", 1)).isFalse();
    shares.release("a", 60);
    assertThat(shares.take("c", Integer.MAX_VALUE)).isFalse();
    assertThat(shares.take("c", 60)).isTrue();
    assertThat(shares.take("a", 1)).isFalse();
  }
}
