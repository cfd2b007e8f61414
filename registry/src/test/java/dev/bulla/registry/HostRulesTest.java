package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.oci.Repository;
import dev.bulla.proxy.IpLiteral;
import dev.bulla.registry.transport.HttpUrl;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostRulesTest {

  private static final HostRules STRICT = new HostRules(false, Set.of(), Set.of(), Set.of());

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "127.255.0.3", "[::1]"})
  void knowsThisMachine(String host) {
    assertThat(IpLiteral.isLoopback(host)).isTrue();
    assertThat(STRICT.mayUseHttp(host, host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost.example",
        "127.0.0.1.example",
        "127.0.0",
        "127.1",
        "128.0.0.1",
        "10.0.0.1",
        "[::2]",
        "registry.local",
        "127.0.0.1a",
        "0.0.0.0"
      })
  void knowsOthers(String host) {
    assertThat(IpLiteral.isLoopback(host)).isFalse();
    assertThat(STRICT.mayUseHttp(host, host)).isFalse();
    assertThat(new HostRules(true, Set.of(), Set.of(), Set.of()).mayUseHttp(host, host)).isTrue();
  }

  @Test
  void plainHttpIsAllowedToOneRegistryAlone() {
    HostRules rules = new HostRules(false, Set.of("R.example:5000"), Set.of(), Set.of());
    assertThat(rules.mayUseHttp("r.example", "r.example:5000")).isTrue();
    assertThat(rules.mayUseHttp("r.example", "r.example")).isFalse();
    assertThat(rules.mayUseHttp("r.example", "r.example:50")).isFalse();
    assertThat(rules.mayUseHttp("other.example", "other.example:5000")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "https://r.example, https://r.example, true",
    "https://r.example, https://r.example:1, true",
    "https://r.example, http://r.example, false",
    "http://r.example, http://r.example:81, true",
    "http://r.example, https://r.example, true",
    "http://r.example, http://other.example, false",
    "http://127.0.0.1:1, http://127.0.0.1:2, true",
    "http://127.0.0.1:1, http://localhost:2, true",
    "https://r.example, https://127.0.0.1, false",
    "https://index.docker.io, https://auth.docker.io, true",
    "https://index.docker.io, http://auth.docker.io, false",
    "https://registry.gitlab.com, https://gitlab.com, true",
    "https://gitlab.com, https://registry.gitlab.com, false"
  })
  void knowsWhoseRealmItIs(String registry, String realm, boolean trusted) throws Exception {
    assertThat(STRICT.trustsRealm(HttpUrl.parse(registry).origin(), HttpUrl.parse(realm).origin()))
        .isEqualTo(trusted);
  }

  @Test
  void namesRegistriesAsReferencesDo() throws Exception {
    HostRules rules = new HostRules(false, Set.of(), Set.of(), Set.of("JFrog.example:8443"));
    assertThat(rules.missingIs403(Repository.parse("jfrog.example:8443/app"))).isTrue();
    assertThat(rules.missingIs403(Repository.parse("jfrog.example/app"))).isFalse();
  }
}
