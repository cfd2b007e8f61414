package dev.bulla.registry.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.ConfigurationException;
import dev.bulla.testkit.http.ForwardProxy;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AddressRuleTest {

  private static int status(EmbeddedRegistry registry, AddressRule rule) throws Exception {
    TransportRequest request =
        new TransportRequest(
            "GET",
            HttpUrl.parse(registry.uri() + "/v2/"),
            Headers.NONE,
            RequestBody.NONE,
            Duration.ofSeconds(30));
    try (SocketTransport transport =
        SocketTransport.create(TlsOptions.DEFAULT, Proxies.NONE, rule)) {
      return transport.exchange(request, TransportResponse::status);
    }
  }

  /** The proxy looks up names, and would go wherever an address says. */
  @Test
  void addressesAreCheckedBehindAProxyToo() throws Exception {
    try (ForwardProxy proxy = ForwardProxy.start();
        SocketTransport transport =
            SocketTransport.create(
                TlsOptions.DEFAULT,
                Proxies.of(Map.of("HTTP_PROXY", proxy.host())),
                (server, address) ->
                    address.isLinkLocalAddress() ? Optional.of("is the link") : Optional.empty())) {
      for (String host : new String[] {"169.254.169.254", "[fe80::1]"}) {
        HttpUrl url = HttpUrl.parse("http://" + host + "/latest/");
        assertThatThrownBy(() ->
                transport.exchange(
                    new TransportRequest(
                        "GET", url, Headers.NONE, RequestBody.NONE, Duration.ofSeconds(30)),
                    TransportResponse::status))
            .isInstanceOf(ConfigurationException.class)
            .hasMessage("http://" + host + " is not asked: it is the link");
      }
      assertThat(proxy.lines()).isEmpty();
    }
  }

  @Test
  void nothingIsSentToAnAddressThatIsRefused() throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
      AddressRule notThisMachine =
          (server, address) ->
              address.isLoopbackAddress() ? Optional.of("is this machine") : Optional.empty();

      assertThat(status(registry, AddressRule.ANY)).isEqualTo(200);
      long before = registry.connections();
      assertThatThrownBy(() -> status(registry, notThisMachine))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("http://" + registry.host() + " is not asked: it is this machine");
      assertThat(registry.connections()).isEqualTo(before);
    }
  }
}
