package dev.bulla.registry.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.error.ConfigurationException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which request goes through which proxy. */
class ProxiesTest {

  private static Map<String, String> environment(String... pairs) {
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      variables.put(pairs[i], pairs[i + 1]);
    }
    return variables;
  }

  private static String proxyFor(Map<String, String> environment, String url) throws Exception {
    return Proxies.of(environment)
        .to(HttpUrl.parse(url).origin())
        .map(proxy -> proxy.origin().toString())
        .orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "HTTPS_PROXY,http://p:3128,https://r.example/,http://p:3128",
    "https_proxy,http://p:3128,https://r.example/,http://p:3128",
    "HTTP_PROXY,http://p:3128,https://r.example/,''",
    "HTTP_PROXY,http://p:3128,http://r.example/,http://p:3128",
    "http_proxy,http://p:3128,http://r.example/,http://p:3128",
    "HTTPS_PROXY,http://p:3128,http://r.example/,''",
    "HTTPS_PROXY,p:3128,https://r.example/,http://p:3128",
    "HTTPS_PROXY,p,https://r.example/,http://p",
    "HTTPS_PROXY,http://p:3128/,https://r.example/,http://p:3128",
    "HTTPS_PROXY,https://p:3128,https://r.example/,https://p:3128",
    "HTTPS_PROXY,http://[fd00::1]:3128,https://r.example/,http://[fd00::1]:3128",
    "HTTPS_PROXY,'',https://r.example/,''",
    "ALL_PROXY,http://p:3128,https://r.example/,http://p:3128",
    "ALL_PROXY,http://p:3128,http://r.example/,http://p:3128",
    "all_proxy,http://p:3128,https://r.example/,http://p:3128",
    "ALL_PROXY,http://p:3128,https://localhost/,''"
  })
  void readsTheVariables(String name, String value, String url, String proxy) throws Exception {
    assertThat(proxyFor(environment(name, value), url)).isEqualTo(proxy);
  }

  @Test
  void capitalLettersComeFirst() throws Exception {
    assertThat(
            proxyFor(
                environment("HTTPS_PROXY", "http://one", "https_proxy", "http://two"),
                "https://r.example/"))
        .isEqualTo("http://one");
  }

  @Test
  void whatSpeaksOfOneSchemeComesBeforeWhatSpeaksOfAll() throws Exception {
    Map<String, String> both = environment("ALL_PROXY", "http://all", "https_proxy", "http://one");
    assertThat(proxyFor(both, "https://r.example/")).isEqualTo("http://one");
    assertThat(proxyFor(both, "http://r.example/")).isEqualTo("http://all");
    both.put("NO_PROXY", "r.example");
    assertThat(proxyFor(both, "http://r.example/")).isEmpty();
  }

  /** To go on without it would show the network what somebody wanted to keep from it. */
  @ParameterizedTest
  @CsvSource({
    "HTTPS_PROXY,socks5://ci:hunter2@p:1080",
    "ALL_PROXY,socks5://ci:hunter2@p:1080",
    "ALL_PROXY,socks5h://ci:hunter2@p:1080",
    "all_proxy,SOCKS4a://ci:hunter2@p:1080",
    "all_proxy,socks://ci:hunter2@p"
  })
  void aSocksProxyIsRefusedByName(String variable, String value) throws Exception {
    Proxies proxies = Proxies.of(environment(variable, value, "NO_PROXY", "near"));
    assertThat(proxies.to(HttpUrl.parse("https://near/").origin())).isEmpty();
    Origin far = HttpUrl.parse("https://r.example/").origin();
    ConfigurationException refused =
        catchThrowableOfType(ConfigurationException.class, () -> proxies.to(far));
    assertThat(refused.message())
        .isEqualTo("$" + variable + " names a SOCKS proxy, which cannot be used");
    assertThat(refused.hint().orElseThrow()).contains("NO_PROXY").doesNotContain("hunter2");
  }

  /** Not a scheme: a host whose name begins like one. */
  @Test
  void aHostNamedSocksIsAHost() throws Exception {
    assertThat(proxyFor(environment("ALL_PROXY", "socks.example:3128"), "https://r.example/"))
        .isEqualTo("http://socks.example:3128");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://localhost/",
        "https://localhost:5000/",
        "https://127.0.0.1/",
        "https://127.9.9.9:5000/",
        "https://[::1]:5000/"
      })
  void thisMachineIsNeverReachedThroughAProxy(String url) throws Exception {
    assertThat(proxyFor(environment("HTTPS_PROXY", "http://p"), url)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*|https://r.example/|true",
        "example|https://r.example/|true",
        "r.example|https://r.example/|true",
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
        "10.0.0.0/8|https://10.example/|false",
        "fd00::/8|https://[fd12::1]/|true",
        "fd00::/8|https://[fe80::1]/|false",
        "fd00::1|https://[fd00::1]:5000/|true",
        "[fd00::1]:5000|https://[fd00::1]:5000/|true",
        "r.example:x|https://r.example/|false",
        "http://r.example|https://r.example/|false"
      })
  void someGoWithoutOne(String exceptions, String url, boolean without) throws Exception {
    for (String name : new String[] {"NO_PROXY", "no_proxy"}) {
      String proxy = proxyFor(environment("HTTPS_PROXY", "http://p", name, exceptions), url);
      assertThat(proxy.isEmpty()).isEqualTo(without);
    }
  }

  /** A web server puts a request's header named Proxy there. */
  @Test
  void aVariableThatAnybodyCanSetIsNotBelieved() throws Exception {
    Map<String, String> cgi = environment("REQUEST_METHOD", "GET", "HTTP_PROXY", "http://evil");
    assertThat(proxyFor(cgi, "http://r.example/")).isEmpty();
    cgi.put("http_proxy", "http://p");
    assertThat(proxyFor(cgi, "http://r.example/")).isEqualTo("http://p");
  }

  @ParameterizedTest
  @CsvSource({
    "http://ci:hunter2@p:3128,Basic Y2k6aHVudGVyMg==",
    "ci:hunter2@p:3128,Basic Y2k6aHVudGVyMg==",
    "http://ci@p:3128,Basic Y2k6",
    "http://c%40i:h%3Au@p:3128,Basic Y0BpOmg6dQ==",
    "http://ci:a@b@p:3128,Basic Y2k6YUBi"
  })
  void credentialsStandBeforeTheHost(String value, String header) throws Exception {
    Proxies proxies = Proxies.of(environment("HTTPS_PROXY", value));
    Proxies.Proxy proxy = proxies.to(HttpUrl.parse("https://r.example/").origin()).orElseThrow();
    assertThat(proxy.authorization()).isEqualTo(header);
    assertThat(proxy.origin().toString()).isEqualTo("http://p:3128");
    assertThat(proxies + " " + proxy + " " + proxy.shown()).doesNotContain("hunter2", "Y2k6");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://ci:hunter2@",
        "http://ci:hunter2@p:99999",
        "http://ci:hunter2%zz@p",
        "http://ci:hunter2@p q",
        "ftp://ci:hunter2@p",
        "://hunter2@p"
      })
  void whatCannotBeUsedIsAnErrorThatShowsNoPassword(String value) throws Exception {
    Proxies proxies = Proxies.of(environment("HTTPS_PROXY", value, "NO_PROXY", "near"));
    assertThat(proxies.to(HttpUrl.parse("https://near/").origin())).isEmpty();
    assertThat(proxies.to(HttpUrl.parse("https://localhost/").origin())).isEmpty();
    Origin far = HttpUrl.parse("https://r.example/").origin();
    ConfigurationException refused =
        catchThrowableOfType(ConfigurationException.class, () -> proxies.to(far));
    assertThat(refused.message()).contains("$HTTPS_PROXY").doesNotContain("hunter2");
    assertThat(refused.hint().orElseThrow()).contains("http://HOST:PORT");
  }
}
