package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.admission.cache.RedisOptions;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.error.ConfigurationException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharedVerdictsTest {

  private static final String SECRET = "0123456789abcdef";

  private final List<String> lines = new ArrayList<>();
  private final JsonLog log =
      new JsonLog(JsonLog.Level.INFO, false, InstantSource.system(), lines::add);

  private Optional<SharedVerdicts> shared(
      Optional<RedisOptions> named, Map<String, String> environment) throws Exception {
    return SharedVerdicts.of(named, environment, InstantSource.system(), log);
  }

  @ParameterizedTest
  @CsvSource({
    "redis.example,redis.example,6379",
    "redis.example:1234,redis.example,1234",
    "127.0.0.1:6380,127.0.0.1,6380",
    "[::1],::1,6379",
    "[::1]:6380,::1,6380"
  })
  void anAddressIsAHostAndAPort(String address, String host, int port) throws Exception {
    RedisOptions options = SharedVerdicts.at(address);
    assertThat(options.host()).isEqualTo(host);
    assertThat(options.port()).isEqualTo(port);
    assertThat(options.tls()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {":6379", "host:", "host:0", "host:65536", "host:x", "::1", "[]:1"})
  void whatIsNoAddressIsRefused(String address) {
    assertThatThrownBy(() -> SharedVerdicts.at(address))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is no host and port");
  }

  @Test
  void withoutASecretNothingIsSharedAndTheCommandLineIsRefused() throws Exception {
    assertThat(shared(Optional.empty(), Map.of())).isEmpty();
    assertThat(shared(Optional.empty(), Map.of("REDIS_HOST", "redis.example"))).isEmpty();
    assertThat(lines).singleElement().asString().contains("CACHE_SECRET");
    RedisOptions named = RedisOptions.at("redis.example");
    assertThatThrownBy(() -> shared(Optional.of(named), Map.of("CACHE_SECRET", "short")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("CACHE_SECRET");
  }

  @Test
  void withASecretVerdictsAreSharedAndNothingShowsIt() throws Exception {
    Optional<SharedVerdicts> shared =
        shared(
            Optional.of(RedisOptions.at("redis.example")),
            Map.of("CACHE_SECRET", SECRET, "REDIS_PASSWORD", "secret"));
    assertThat(shared).isPresent();
    assertThat(shared.get().toString()).doesNotContain(SECRET);
    shared.get().close();
  }
}
