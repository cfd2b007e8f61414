package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.TransportException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How long it may take to find out where a registry sends us, and when nobody is asked. */
class EgressTest {

  private static final HostRules RULES = new HostRules(false, Set.of(), Set.of(), Set.of());

  private final TestPace pace = new TestPace();
  private final List<String> asked = new ArrayList<>();

  private Egress egress(boolean proxied) {
    return new Egress(
        RULES,
        (host, within) -> {
          asked.add(host + " within " + within.toSeconds());
          if (within.isZero() || within.isNegative()) {
            throw new TransportException(TransportException.Kind.CONNECT_TIMEOUT, "no time", null);
          }
          return new InetAddress[] {InetAddress.getByName("192.0.2.1")};
        },
        origin -> proxied);
  }

  private HttpUrl follow(Egress egress, String location, CallBudget budget) throws Exception {
    HttpUrl home = HttpUrl.parse("https://registry.example/v2/");
    return egress.follow(home.origin(), "GET", home, location, "the redirect", budget);
  }

  private Kind refused(Egress egress, String location, CallBudget budget) {
    return catchThrowableOfType(RegistryException.class, () -> follow(egress, location, budget))
        .kind();
  }

  @Test
  void aNameIsLookedUpWithinTheTimeThatIsLeft() throws Exception {
    CallBudget budget = CallBudget.startingNow(pace, Duration.ofSeconds(30));
    follow(egress(false), "https://cdn.example/blob", budget);
    pace.pass(Duration.ofSeconds(25));
    follow(egress(false), "https://cdn.example/blob", budget);
    pace.pass(Duration.ofSeconds(5));
    assertThat(refused(egress(false), "https://cdn.example/blob", budget)).isEqualTo(Kind.UNSAFE);
    assertThat(asked)
        .containsExactly("cdn.example within 20", "cdn.example within 5", "cdn.example within 0");
  }

  @Test
  void whatAProxyLooksUpIsNotLookedUpHere() throws Exception {
    CallBudget budget = CallBudget.startingNow(pace, Duration.ofSeconds(30));
    assertThat(follow(egress(true), "https://cdn.example/blob", budget))
        .hasToString("https://cdn.example/blob");
    for (String inside : List.of("https://169.254.169.254/", "https://[fd00:ec2::254]/")) {
      assertThat(refused(egress(true), inside, budget)).isEqualTo(Kind.UNSAFE);
    }
    assertThat(asked).isEmpty();
  }
}
