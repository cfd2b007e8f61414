package dev.bulla.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpRangeTest {

  private static final Bytes TEN = Bytes.of((byte) 10, (byte) 1, (byte) 2, (byte) 3);

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0/0, true",
    "10.0.0.0/8, true",
    "10.1.2.3, true",
    "10.1.2.3/32, true",
    "10.1.2.2/31, true",
    "10.1.2.2/32, false",
    "10.1.2.4/30, false",
    "11.0.0.0/8, false",
    "::/0, false"
  })
  void holdsTheAddressesThatBeginAsItDoes(String range, boolean held) {
    assertThat(IpRange.parse(range).orElseThrow().contains(TEN)).isEqualTo(held);
  }

  @Test
  void ofTheSixthVersionToo() {
    byte[] address = new byte[16];
    address[0] = (byte) 0xfd;
    address[15] = 1;
    assertThat(IpRange.parse("fd00::/8").orElseThrow().contains(Bytes.of(address))).isTrue();
    assertThat(IpRange.parse("fc00::/8").orElseThrow().contains(Bytes.of(address))).isFalse();
    assertThat(IpRange.parse("0.0.0.0/0").orElseThrow().contains(Bytes.of(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "10.0.0.0/",
        "/8",
        "10.0.0.0/33",
        "10.0.0/8",
        "10.0.0.0/-1",
        "::/129",
        "10.0.0.0/8/8",
        "registry.example",
        "registry.example/8",
        "10.0.0.0/+8",
        "999.0.0.1"
      })
  void anythingElseIsNone(String text) {
    assertThat(IpRange.parse(text)).isEmpty();
  }
}
