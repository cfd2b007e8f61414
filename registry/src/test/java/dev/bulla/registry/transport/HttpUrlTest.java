package dev.bulla.registry.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.MalformedInputException;
import java.net.URI;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpUrlTest {

  @Test
  void readsAllParts() throws Exception {
    HttpUrl url = HttpUrl.parse("HTTPS://Registry.Example:8443/v2/a/b?x=1&y=%2F#gone");
    assertThat(url.origin()).isEqualTo(new Origin("https", "registry.example", 8443));
    assertThat(url.path()).isEqualTo("/v2/a/b");
    assertThat(url.query()).isEqualTo("x=1&y=%2F");
    assertThat(url).hasToString("https://registry.example:8443/v2/a/b?x=1&y=%2F");
  }

  @Test
  void knowsTheSchemesOwnPorts() throws Exception {
    assertThat(HttpUrl.parse("https://h/").origin()).isEqualTo(new Origin("https", "h", 443));
    assertThat(HttpUrl.parse("http://h").origin()).isEqualTo(new Origin("http", "h", 80));
    assertThat(HttpUrl.parse("https://h:443/")).hasToString("https://h/");
    assertThat(HttpUrl.parse("http://[::1]:5000/x").origin().host()).isEqualTo("[::1]");
    assertThat(HttpUrl.parse("http://[::1]/x").origin().authority()).isEqualTo("[::1]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/path",
        "registry.example/v2/",
        "ftp://h/",
        "file:///etc/passwd",
        "javascript:1",
        "https://",
        "https:///x",
        "https://user@h/",
        "https://user:pw@h/",
        "https://h@evil/",
        "https://h:0/",
        "https://h:65536/",
        "https://h:99999999999/",
        "https://h:8a/",
        "https://h\\@evil/",
        "https://h/a\\b",
        "https://h/a b",
        "https://h/a\nb",
        "https://h/%zz",
        "https://h/%2",
        "https://h/\u00e9",
        "https://h\u3002evil/",
        "https://-h/",
        "https://.h/",
        "https://h..x/",
        "https://[::1/",
        "https://[]/",
        "https://[::1%25eth0]/",
        "https://[1:2:3]/",
        "https://[1::2::3]/",
        "https://999.999.999.999/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://2130706433:5000/",
        "https://0177.0.0.1/",
        "https://127.0.0.1./",
        "https://h.0x1f/",
        "https://h%2eevil/"
      })
  void refuses(String text) {
    assertThatThrownBy(() -> HttpUrl.parse(text)).isInstanceOf(MalformedInputException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "[64:ff9b::192.0.2.1]", "1.example", "0x7f.example", "beef"})
  void knowsNamesAndAddressesApart(String host) throws Exception {
    assertThat(HttpUrl.parse("https://" + host + ":5000/").origin().host()).isEqualTo(host);
  }

  @Test
  void neverShowsUserInformation() {
    assertThatThrownBy(() -> HttpUrl.parse("https://user:hunter2@h/"))
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @CsvSource({
    "https://other.example/x?y, https://other.example/x?y",
    "//other.example/x, https://other.example/x",
    "/abs, https://h:5000/abs",
    "?q=1, https://h:5000/v2/a/list?q=1",
    "rel, https://h:5000/v2/a/rel",
    "rel?q, https://h:5000/v2/a/rel?q",
    "http://h:5000/, http://h:5000/"
  })
  void resolves(String reference, String expected) throws Exception {
    assertThat(HttpUrl.parse("https://h:5000/v2/a/list?n=1").resolve(reference))
        .hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mailto:x", "ftp://h/x", "a:b/c", "//u@h/", "/a b"})
  void doesNotResolve(String reference) throws Exception {
    HttpUrl base = HttpUrl.parse("https://h/v2/");
    assertThatThrownBy(() -> base.resolve(reference)).isInstanceOf(MalformedInputException.class);
  }

  @Test
  void appendsEncodedParameters() throws Exception {
    assertThat(HttpUrl.parse("https://h/t?a=b").withQuery("scope", "r:a/b:pull,push &="))
        .hasToString("https://h/t?a=b&scope=r%3Aa%2Fb%3Apull%2Cpush%20%26%3D");
    assertThat(HttpUrl.parse("https://h/t").withQuery("é", "1"))
        .hasToString("https://h/t?%C3%A9=1");
  }

  @Test
  void encodesWhatOtherClientsLeaveBare() throws Exception {
    assertThat(HttpUrl.parse("https://h/a[1]{2}|^`\"<>"))
        .hasToString("https://h/a%5B1%5D%7B2%7D%7C%5E%60%22%3C%3E");
  }

  /** Whatever is accepted, the JDK's own parser must see the same host, port and path in it. */
  @Test
  void agreesWithTheJdkOnEverythingItAccepts() {
    long seed = 20261121;
    Random random = new Random(seed);
    String alphabet = "abAB01.-_:/?#@[]%25\\ \t;=&+~!$'()*,|\"<>";
    int accepted = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "https://" : "http://h");
      int length = random.nextInt(24);
      for (int j = 0; j < length; j++) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      HttpUrl url;
      try {
        url = HttpUrl.parse(text.toString());
      } catch (MalformedInputException e) {
        continue;
      }
      accepted++;
      URI uri = URI.create(url.toString());
      String described = "seed " + seed + ": " + text;
      assertThat(uri.getRawUserInfo()).as(described).isNull();
      if (uri.getHost() != null) {
        assertThat(uri.getHost()).as(described).isEqualTo(url.origin().host());
      }
      assertThat(uri.getRawPath()).as(described).isEqualTo(url.path());
    }
    assertThat(accepted).as("seed " + seed).isGreaterThan(200);
  }
}
