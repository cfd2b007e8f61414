package dev.bulla.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who goes past the proxy, and what an address is. The clients' own tests say the rest. */
class ProxyRulesTest {

  private static boolean exempt(String noProxy, String host, int port) {
    Map<String, String> environment = Map.of("HTTPS_PROXY", "http://p", "NO_PROXY", noProxy);
    return ProxyRules.of(name -> Optional.ofNullable(environment.get(name)))
        .to(true, host, port)
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*|r.example|true",
        "r.example|r.example|true",
        "r.example|R.Example|true",
        "r.example|a.r.example|true",
        "r.example|ar.example|false",
        ".r.example|r.example|false",
        ".r.example|a.r.example|true",
        "*.r.example|a.r.example|true",
        "*.r.example|r.example|false",
        "r.example:443|r.example|true",
        "r.example:8443|r.example|false",
        "r.example:|r.example|false",
        "r.example:x|r.example|false",
        "other, r.example|r.example|true",
        "other\tr.example|r.example|true",
        ":443|r.example|false",
        "10.0.0.0/8|10.255.1.2|true",
        "10.0.0.0/8|11.0.0.1|false",
        "10.0.0.0/33|10.0.0.1|false",
        "10.0.0.0/|10.0.0.1|false",
        "0.0.0.0/0|8.8.8.8|true",
        "0.0.0.0/0|r.example|false",
        "0.0.0.0/0|[fd00::1]|false",
        "fd00::/8|[fd12::1]|true",
        "fd00::/8|[fe12::1]|false",
        "fd00::1|[fd00:0:0::1]|true",
        "[fd00::1]:443|[fd00::1]|true",
        "[fd00::1]:8443|[fd00::1]|false",
        "10.0.0.1|10.0.0.1|true",
        "10.0.0.1:443|10.0.0.1|true",
        "10.0.0.1:80|10.0.0.1|false",
        "x|127.1.2.3|true",
        "x|[::1]|true",
        "x|::ffff:127.0.0.1|true",
        "x|localhost|true",
        "x|128.0.0.1|false"
      })
  void exemptions(String noProxy, String host, boolean expected) {
    assertThat(exempt(noProxy, host, 443)).isEqualTo(expected);
  }

  /** A name that looks like an address is asked of the name server, so it must not pass for one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "1.2.3.4 ",
        "1.2.3.x",
        "a.b.c.d",
        "1.2.3.0004",
        "010.0.0.1",
        "1.2.3.08",
        "٣.2.3.4",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7::8",
        "12345::",
        "g::",
        "::1.2.3",
        "1.2.3.4::",
        "::1%eth0",
        "1:2:3:4:5:6:7:",
        ":1:2:3:4:5:6:7",
        "[::1",
        "::1]"
      })
  void isNoAddress(String text) {
    assertThat(IpLiteral.of(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "1.2.3.4",
        "255.255.255.255",
        "::",
        "::1",
        "1::",
        "1::8",
        "1:2:3:4:5:6:7:8",
        "FD00::A",
        "::1.2.3.4",
        "::ffff:1.2.3.4",
        "1:2:3:4:5:6:1.2.3.4",
        "1:2:3::7:8",
        "[fe80::1]",
        "1:2:3:4:5:6::8"
      })
  void isTheAddressThatTheJdkReads(String text) throws Exception {
    assertThat(IpLiteral.of(text)).contains(Bytes.of(InetAddress.getByName(text).getAddress()));
  }

  @ParameterizedTest
  @CsvSource({
    "999.999.999.999, true",
    "0x7f.1, true",
    "127.1, true",
    "2130706433, true",
    "0177.0.0.1, true",
    "1.2.3.4, true",
    "1.2.3.4., true",
    "r.example.0X1f, true",
    "r.example.0x, true",
    "0x7f.example, false",
    "1.example, false",
    "1.2.3.4x, false",
    "r.0xg, false",
    "beef, false",
    "'', false"
  })
  void whatEndsInANumberIsReadAsAnAddressBySomebody(String host, boolean numeric) {
    assertThat(IpLiteral.isNumeric(host)).isEqualTo(numeric);
  }

  @Test
  void readsWhatTheJdkWrites() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] address = new byte[random.nextBoolean() ? 4 : 16];
      for (int k = 0; k < address.length; k++) {
        address[k] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
      }
      InetAddress expected = InetAddress.getByAddress(address);
      assertThat(IpLiteral.of(expected.getHostAddress()))
          .as(expected.toString())
          .contains(Bytes.of(expected.getAddress()));
    }
  }

  @Test
  void showsNoPassword() {
    ProxyRules rules = ProxyRules.of(name -> Optional.of("http://ci:hunter2@p"));
    assertThat(rules.toString() + rules.to(true, "r.example", 443)).doesNotContain("hunter2");
  }
}
