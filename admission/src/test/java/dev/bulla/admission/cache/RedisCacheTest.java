package dev.bulla.admission.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.testkit.http.TestAuthority;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisCacheTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LIFE = Duration.ofSeconds(30);
  private static final Bytes VALUE = Bytes.utf8("a value\r\nof two lines");

  private final Wall wall = new Wall();
  private final List<String> notices = new CopyOnWriteArrayList<>();

  private RedisOptions plain(RespServer server) {
    return RedisOptions.at("127.0.0.1")
        .withPort(server.port())
        .withPatience(PATIENCE)
        .insecureWithoutTls();
  }

  private RedisCache cache(RedisOptions options) throws ConfigurationException {
    return RedisCache.at(options, wall, notices::add);
  }

  @Test
  void whatWasPutIsThereForItsTime() throws Exception {
    try (RespServer server = new RespServer(null, null);
        RedisCache cache = cache(plain(server))) {
      assertThat(cache.get("key", PATIENCE)).isEmpty();
      cache.put("key", VALUE, LIFE);
      assertThat(cache.get("key", PATIENCE)).contains(VALUE);
      assertThat(server.commands.get(1))
          .containsExactly("SET", "bulla:verdict:key", "a value\r\nof two lines", "PX", "30000");
      assertThat(notices).isEmpty();
    }
  }

  @Test
  void overTlsWithAPasswordToAServerOfThatAuthority() throws Exception {
    TestAuthority authority = TestAuthority.create("redis");
    try (RespServer server = new RespServer(authority.serverContext("127.0.0.1"), "s3cret")) {
      RedisOptions options =
          RedisOptions.at("127.0.0.1").withPort(server.port()).withPatience(PATIENCE);
      RedisOptions right =
          options.withPassword("s3cret").withAuthority(Bytes.utf8(authority.certificatePem()));
      try (RedisCache cache = cache(right)) {
        cache.put("key", VALUE, LIFE);
        assertThat(cache.get("key", PATIENCE)).contains(VALUE);
      }
      assertThat(right.toString()).doesNotContain("s3cret");
      try (RedisCache other = cache(options.withPassword("s3cret"))) {
        assertThat(other.get("key", PATIENCE)).isEmpty();
      }
      try (RedisCache wrong = cache(right.withPassword("wrong"))) {
        assertThat(wrong.get("key", PATIENCE)).isEmpty();
      }
      assertThat(notices).hasSize(2).noneMatch(notice -> notice.contains("s3cret"));
    }
  }

  @Test
  void aServerThatWasStartedAnewIsAskedOnANewConnection() throws Exception {
    try (RespServer server = new RespServer(null, null);
        RedisCache cache = cache(plain(server))) {
      cache.put("key", VALUE, LIFE);
      server.hangUp();
      assertThat(cache.get("key", PATIENCE)).contains(VALUE);
    }
  }

  @Test
  @ConnaisseurRow("Z5")
  void aServerThatIsDownIsLeftAloneForAMoment() throws Exception {
    RespServer server = new RespServer(null, null);
    try (RedisCache cache = cache(plain(server))) {
      server.close();
      assertThat(cache.get("key", PATIENCE)).isEmpty();
      cache.put("key", VALUE, LIFE);
      assertThat(notices).hasSize(1);
      wall.pass(Duration.ofSeconds(5));
      assertThat(cache.get("key", PATIENCE)).isEmpty();
      assertThat(notices).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-ERR no\r\n",
        ":1\r\n",
        "$99999999\r\n",
        "$x\r\n",
        "$3\r\nabcdef\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "*1\r\n$1\r\na\r\n",
        "\r\n"
      })
  void anAnswerThatIsNoneIsNothing(String answer) throws Exception {
    try (RespServer server = new RespServer(null, null);
        RedisCache cache = cache(plain(server))) {
      server.instead = answer;
      assertThat(cache.get("key", PATIENCE)).isEmpty();
      assertThat(notices).hasSize(1);
    }
  }

  @Test
  void aServerThatSaysNothingCostsNoMoreThanThePatience() throws Exception {
    try (RespServer server = new RespServer(null, null);
        RedisCache cache = cache(plain(server).withPatience(Duration.ofMillis(50)))) {
      server.instead = "";
      assertThat(cache.get("key", PATIENCE)).isEmpty();
      assertThat(notices).hasSize(1);
    }
  }

  @Test
  @ConnaisseurRow("Z10")
  void anAuthorityThatIsNoneIsAMistake() {
    assertThatThrownBy(
            () -> cache(RedisOptions.at("redis").withAuthority(Bytes.utf8("no certificate"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("the certificate for Redis cannot be used");
  }

  @Test
  void afterItWasClosedNobodyIsAsked() throws Exception {
    try (RespServer server = new RespServer(null, null)) {
      RedisCache cache = cache(plain(server));
      cache.close();
      cache.put("key", VALUE, LIFE);
      assertThat(cache.get("key", PATIENCE)).isEmpty();
      assertThat(server.commands).isEmpty();
    }
  }
}
