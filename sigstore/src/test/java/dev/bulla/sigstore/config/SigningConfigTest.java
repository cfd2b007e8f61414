package dev.bulla.sigstore.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.ProtoJson;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.WireServices;
import dev.bulla.sigstore.config.ServiceChoice.Selector;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SigningConfigTest {

  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final String HEAD =
      "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\"";

  private final Random random = new Random(1);

  private static SigningConfig parse(String members) throws Exception {
    return SigningConfig.parse(Bytes.utf8(HEAD + members + "}"));
  }

  private static String service(String name, int version, String start, String end, String who) {
    return "{\"url\":\"https://"
        + name
        + ".example\",\"majorApiVersion\":"
        + version
        + ",\"validFor\":{"
        + (start.isEmpty() ? "" : "\"start\":\"" + start + "\"")
        + (end.isEmpty() ? "" : (start.isEmpty() ? "" : ",") + "\"end\":\"" + end + "\"")
        + "},\"operator\":\""
        + who
        + "\"}";
  }

  private static String old(String name, String who) {
    return service(name, 1, "2020-01-01T00:00:00Z", "", who);
  }

  private static SigningConfig logs(String choice, String... services) throws Exception {
    return parse(
        ",\"rekorTlogUrls\":["
            + String.join(",", services)
            + "],\"rekorTlogConfig\":{"
            + choice
            + "}");
  }

  private List<String> chosen(SigningConfig config) throws Exception {
    return config.logs(NOW, random).stream()
        .map(s -> s.url().replaceAll("https://(.*)\\.example", "$1"))
        .toList();
  }

  private String refusal(SigningConfig config) {
    return catchThrowableOfType(ConfigurationException.class, () -> config.logs(NOW, random))
        .message();
  }

  @Test
  void readsTheConfigurationOfStaging() throws Exception {
    SigningConfig config;
    try (InputStream in =
        SigningConfigTest.class.getResourceAsStream(
            "/vectors/roots/staging_signing_config.v0.2.json")) {
      config = SigningConfig.parse(LimitedInput.readAll(in, 10_000, "vector"));
    }

    assertThat(config.authority(NOW).url()).isEqualTo("https://fulcio.sigstage.dev");
    assertThat(config.issuer(NOW).url()).isEqualTo("https://oauth2.sigstage.dev/auth");
    assertThat(config.logs(NOW, random))
        .extracting(ConfiguredService::url)
        .containsExactly("https://rekor.sigstage.dev");
    assertThat(config.timestampAuthorities(NOW, random))
        .extracting(ConfiguredService::url)
        .containsExactly("https://timestamp.sigstage.dev/api/v1/timestamp");
    assertThat(config.logChoice().selector()).isEqualTo(Selector.ANY);
  }

  @Test
  void readsTheConfigurationOfTheVirtualInstance() throws Exception {
    try (WireServices services = new WireServices()) {
      SigningConfig config =
          SigningConfig.parse(ProtoJson.write(services.server.signingConfig(Service.REKOR2, true)));

      assertThat(config.logs(Instant.now(), random))
          .extracting(ConfiguredService::version)
          .containsExactly(2L);
      assertThat(config.timestampAuthorities(Instant.now(), random)).hasSize(1);
    }
  }

  @Test
  void prefersTheHighestVersionAndThenTheNewest() throws Exception {
    assertThat(
            chosen(
                logs(
                    "\"selector\":\"ANY\"",
                    service("old", 1, "2020-01-01T00:00:00Z", "", "a"),
                    service("new", 1, "2025-01-01T00:00:00Z", "", "a"),
                    service("second", 2, "2021-01-01T00:00:00Z", "", "a"),
                    service("third", 3, "2025-01-01T00:00:00Z", "", "a"))))
        .containsExactly("second");
    assertThat(
            chosen(
                logs(
                    "\"selector\":\"ALL\"",
                    service("always", 1, "", "", "a"),
                    service("old", 1, "2020-01-01T00:00:00Z", "", "a"),
                    service("new", 1, "2025-01-01T00:00:00Z", "", "a"),
                    service("future", 1, "2027-01-01T00:00:00Z", "", "a"),
                    service("past", 2, "2020-01-01T00:00:00Z", "2026-05-31T23:59:59Z", "a"))))
        .containsExactly("new");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-06-01T00:00:00Z,2026-06-01T00:00:00Z",
    "2026-06-01T02:00:00+02:00,2027-01-01T00:00:00Z",
    "2025-06-01T00:00:00.999999999Z,2026-06-01T00:00:00.000000001Z"
  })
  void countsBothEndsIn(String start, String end) throws Exception {
    assertThat(chosen(logs("\"selector\":\"ANY\"", service("a", 1, start, end, "a"))))
        .containsExactly("a");
  }

  @Test
  void takesNoTwoOfOneOperator() throws Exception {
    SigningConfig all =
        logs(
            "\"selector\":\"ALL\"", old("a1", "a"), old("b1", "b"), old("a2", "a"), old("c1", "c"));

    assertThat(chosen(all)).containsExactly("a1", "b1", "c1");
    assertThat(refusal(logs("\"selector\":\"EXACT\",\"count\":2", old("a1", "a"), old("a2", "a"))))
        .contains("wants 2 services, and has 1");
  }

  @Test
  void takesExactlySoManyAndEachOfThemSometimes() throws Exception {
    SigningConfig config =
        logs(
            "\"selector\":\"EXACT\",\"count\":2",
            old("a", "a"),
            old("b", "b"),
            old("c", "c"),
            old("d", "d"));
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      List<String> two = chosen(config);
      assertThat(two).hasSize(2).doesNotHaveDuplicates();
      seen.addAll(two);
    }
    assertThat(seen).containsExactlyInAnyOrder("a", "b", "c", "d");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"selector\":\"EXACT\"",
        "\"selector\":\"EXACT\",\"count\":0",
        "\"selector\":\"EXACT\",\"count\":-1",
        "\"selector\":\"EXACT\",\"count\":2",
        "\"selector\":3,\"count\":2",
        "\"selector\":\"SERVICE_SELECTOR_UNDEFINED\"",
        "\"selector\":0",
        ""
      })
  void refusesWhatCannotBeFulfilled(String choice) throws Exception {
    assertThat(refusal(logs(choice, old("a", "a")))).isNotEmpty();
  }

  @Test
  void tellsNoneConfiguredFromNoneValid() throws Exception {
    assertThat(parse("").logs(NOW, random)).isEmpty();
    assertThat(parse("").timestampAuthorities(NOW, random)).isEmpty();
    assertThat(refusal(logs("\"selector\":\"ANY\"", service("a", 3, "", "", "a"))))
        .startsWith("no matching service found for API versions [1 2] and current time");
    assertThat(catchThrowableOfType(ConfigurationException.class, () -> parse("").authority(NOW)))
        .isNotNull();
    assertThat(catchThrowableOfType(ConfigurationException.class, () -> parse("").issuer(NOW)))
        .isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.1+json\"}",
        "{\"mediaType\":7}"
      })
  void refusesOtherDocuments(String text) {
    assertThat(
            catchThrowableOfType(BullaException.class, () -> SigningConfig.parse(Bytes.utf8(text))))
        .isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"unknown\":1",
        ",\"mediaType\":\"x\"",
        ",\"caUrls\":{}",
        ",\"caUrls\":[1]",
        ",\"caUrls\":[{}]",
        ",\"caUrls\":[{\"url\":7}]",
        ",\"caUrls\":[{\"url\":\"x\",\"unknown\":1}]",
        ",\"caUrls\":[{\"url\":\"x\",\"majorApiVersion\":\"one\"}]",
        ",\"caUrls\":[{\"url\":\"x\",\"majorApiVersion\":1.5}]",
        ",\"caUrls\":[{\"url\":\"x\",\"validFor\":{\"start\":\"yesterday\"}}]",
        ",\"caUrls\":[{\"url\":\"x\",\"validFor\":{\"start\":\"\"}}]",
        ",\"caUrls\":[{\"url\":\"x\",\"validFor\":{\"start\":\"+999999999-01-01T00:00:00Z\"}}]",
        ",\"caUrls\":[{\"url\":\"x\",\"validFor\":{\"begin\":\"2020-01-01T00:00:00Z\"}}]",
        ",\"rekorTlogConfig\":{\"selector\":\"SOME\"}",
        ",\"rekorTlogConfig\":{\"selector\":4}",
        ",\"rekorTlogConfig\":{\"selector\":-1}",
        ",\"rekorTlogConfig\":{\"unknown\":1}"
      })
  void refusesWhatItDoesNotUnderstand(String members) {
    assertThat(catchThrowableOfType(MalformedInputException.class, () -> parse(members)))
        .isNotNull();
  }

  @Test
  void readsNoEndlessLists() {
    String many = (old("a", "a") + ",").repeat(Limits.MAX_BUNDLE_PROOFS) + old("b", "b");

    assertThat(
            catchThrowableOfType(
                MalformedInputException.class, () -> logs("\"selector\":\"ALL\"", many)))
        .isNotNull();
    assertThat(
            catchThrowableOfType(
                MalformedInputException.class,
                () -> parse(",\"caUrls\":[" + " ".repeat(Limits.MAX_KEY_FILE) + "]")))
        .isNotNull();
  }
}
