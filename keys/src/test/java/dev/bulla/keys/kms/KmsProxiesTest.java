package dev.bulla.keys.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The variables, read as for registries. */
class KmsProxiesTest {

  private static KmsProxies proxies(Map<String, String> variables) {
    return KmsProxies.of(KmsContext.of(variables, Path.of("/"), Duration.ofSeconds(1)));
  }

  private static String proxyFor(Map<String, String> variables, String url) throws IOException {
    return proxies(variables)
        .to(URI.create(url))
        .map(proxy -> proxy.getHostString() + ":" + proxy.getPort())
        .orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "HTTPS_PROXY,http://p:3128,https://kms.example/,p:3128",
    "https_proxy,http://p:3128,https://kms.example/,p:3128",
    "ALL_PROXY,http://p:3128,https://kms.example/,p:3128",
    "all_proxy,http://p:3128,http://kms.example/,p:3128",
    "HTTPS_PROXY,p:3128,https://kms.example/,p:3128",
    "HTTPS_PROXY,http://p,https://kms.example/,p:80",
    "HTTPS_PROXY,http://[fd00::1]:3128/,https://kms.example/,[fd00::1]:3128",
    "HTTPS_PROXY,http://p:3128,http://kms.example/,''",
    "HTTP_PROXY,http://p:3128,http://kms.example/,p:3128",
    "HTTP_PROXY,http://p:3128,https://kms.example/,''",
    "HTTPS_PROXY,' ',https://kms.example/,''",
    "HTTPS_PROXY,http://p,https://localhost/,''",
    "HTTPS_PROXY,http://p,https://127.9.9.9:5000/,''",
    "HTTPS_PROXY,http://p,https://[::1]:5000/,''"
  })
  void readsTheVariables(String name, String value, String url, String proxy) throws Exception {
    assertThat(proxyFor(Map.of(name, value), url)).isEqualTo(proxy);
  }

  /** The table that registries are held to. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*|https://r.example/|true",
        "example|https://r.example/|true",
        "R.Example|https://r.example/|true",
        "r.example|https://a.r.example/|true",
        ".r.example|https://r.example/|false",
        ".r.example|https://a.r.example/|true",
        "*.r.example|https://r.example/|false",
        "*.r.example|https://a.r.example/|true",
        "xample|https://r.example/|false",
        "r.example|https://evilr.example/|false",
        "r.example:443|https://r.example/|true",
        "r.example:5000|https://r.example/|false",
        "r.example:5000|https://r.example:5000/|true",
        "other, r.example|https://r.example/|true",
        "other r.example|https://r.example/|true",
        ",,|https://r.example/|false",
        "10.0.0.1|https://10.0.0.1/|true",
        "10.0.0.1|https://10.0.0.11/|false",
        "10.0.0.1:5000|https://10.0.0.1:5000/|true",
        "10.0.0.1:5000|https://10.0.0.1/|false",
        "10.0.0.0/8|https://10.1.2.3:5000/|true",
        "10.0.0.0/8|https://11.1.2.3/|false",
        "10.1.2.0/23|https://10.1.3.255/|true",
        "10.1.2.0/23|https://10.1.4.0/|false",
        "0.0.0.0/0|https://10.1.4.0/|true",
        "10.0.0.0/33|https://10.0.0.0/|false",
        "10.0.0.0/8|https://r.example/|false",
        "fd00::/8|https://[fd12::1]/|true",
        "fd00::/8|https://[fe80::1]/|false",
        "fd00::1|https://[fd00::1]:5000/|true",
        "[fd00::1]:5000|https://[fd00::1]:5000/|true",
        "r.example:x|https://r.example/|false",
        "http://r.example|https://r.example/|false"
      })
  void someGoWithoutOne(String exceptions, String url, boolean without) throws Exception {
    for (String name : new String[] {"NO_PROXY", "no_proxy"}) {
      assertThat(proxyFor(Map.of("HTTPS_PROXY", "http://p", name, exceptions), url).isEmpty())
          .isEqualTo(without);
    }
  }

  @Test
  void aVariableThatAnybodyCanSetIsNotBelieved() throws Exception {
    Map<String, String> cgi = Map.of("REQUEST_METHOD", "GET", "HTTP_PROXY", "http://evil");
    assertThat(proxyFor(cgi, "http://r.example/")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socks5://p:1080",
        "https://p:3128",
        "http://ci:hunter2@p:3128",
        "http://ci:hunter2@p q",
        "://hunter2@p"
      })
  void whatCannotBeUsedIsAnErrorThatShowsNoPassword(String value) throws Exception {
    KmsProxies proxies = proxies(Map.of("HTTPS_PROXY", value, "NO_PROXY", "near"));
    assertThat(proxies.to(URI.create("https://near/"))).isEmpty();
    assertThat(proxies.to(URI.create("https://localhost/"))).isEmpty();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> proxies.to(URI.create("https://far/")))
        .matches(e -> e.getMessage().contains("$HTTPS_PROXY"))
        .matches(e -> !e.toString().contains("hunter2"));
    assertThat(proxies.toString()).doesNotContain("hunter2");
  }

  @Test
  void theClientIsToldTheSame() {
    assertThat(proxies(Map.of("HTTPS_PROXY", "http://p:1")).select(URI.create("https://r/")))
        .singleElement()
        .matches(proxy -> proxy.address().equals(InetSocketAddress.createUnresolved("p", 1)));
  }
}
