package dev.bulla.admission.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.command.AdmissionCommands;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.metrics.Metrics;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.FlagGroup;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the Helm chart and the program have to agree on; the chart itself is tested in interop. */
class ChartTest {

  private static final Path CHART = Path.of("..", "deploy", "helm", "bulla");

  /** A name in a query that is no function, no label and no keyword. */
  private static final Pattern METRIC =
      Pattern.compile("\\b([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\\b(?!\\()");

  private static final Pattern MATCHERS =
      Pattern.compile("\\{[^}]*\\}|(?:by|without) *\\([^)]*\\)");

  private static String read(String name) throws IOException {
    return Files.readString(CHART.resolve(name), StandardCharsets.UTF_8);
  }

  @Test
  void theUsualValuesAreAConfigurationWithoutMistakes() throws Exception {
    AdmissionConfig config = ConfigLoader.load(read("values.yaml"), "values.yaml");

    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void everyQueryOfTheDashboardIsOfMetricsThatThereAre() throws Exception {
    String rendered = new Metrics().registry().render();
    List<String> queries = new ArrayList<>();
    collect(JsonParser.parseObject(Bytes.utf8(read("files/dashboard.json")), "test"), queries);

    assertThat(queries).hasSizeGreaterThan(5);
    for (String query : queries) {
      Matcher names = METRIC.matcher(MATCHERS.matcher(query).replaceAll(""));
      List<String> shown = new ArrayList<>();
      while (names.find()) {
        shown.add(names.group(1).replaceFirst("_bucket$", ""));
      }
      assertThat(shown).as(query).isNotEmpty();
      assertThat(shown)
          .as(query)
          .allSatisfy(name -> assertThat(rendered).contains("# TYPE " + name + " "));
    }
  }

  private static void collect(JsonValue value, List<String> queries) {
    if (value instanceof JsonArray array) {
      array.values().forEach(item -> collect(item, queries));
    } else if (value instanceof JsonObject object) {
      for (JsonObject.Member member : object.members()) {
        if (member.name().equals("expr") && member.value() instanceof JsonString query) {
          queries.add(query.value());
        }
        collect(member.value(), queries);
      }
    }
  }

  @Test
  void theUsualDigestOfRedisIsNoValueThatAnotherTagOrRepositoryWouldKeep() throws Exception {
    Object values = new Load(LoadSettings.builder().build()).loadFromString(read("values.yaml"));
    Object image = values;
    for (String name : List.of("kubernetes", "redis", "image")) {
      image = ((Map<?, ?>) image).get(name);
    }

    assertThat(image).isEqualTo(Map.of("repository", "redis", "tag", "", "digest", ""));
    assertThat(read("templates/_helpers.tpl"))
        .containsPattern("\\$image\\.repository }}@sha256:[0-9a-f]{64}\n");
  }

  @Test
  void everyArgumentOfTheContainerIsAFlagOfServe() throws Exception {
    Set<String> flags = new TreeSet<>();
    Matcher arguments =
        Pattern.compile("(?m)^ +- --([a-z-]+)=").matcher(read("templates/deployment.yaml"));
    while (arguments.find()) {
      flags.add(arguments.group(1));
    }
    Set<String> known = new TreeSet<>();
    for (FlagGroup group : new AdmissionCommands().command("admission serve").spec().groups()) {
      group.flags().forEach(flag -> known.add(flag.name()));
    }

    assertThat(flags).contains("status-listen", "status-host", "refuse-network");
    assertThat(known).containsAll(flags);
  }

  @Test
  void theStatusPageIsOffAndWithoutAServiceStaysInThePod() throws Exception {
    Map<?, ?> values =
        (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(read("values.yaml"));
    Map<?, ?> page = (Map<?, ?>) ((Map<?, ?>) values.get("kubernetes")).get("statusPage");
    Map<?, ?> service = (Map<?, ?>) page.get("service");

    assertThat(page.get("enabled")).isEqualTo(false);
    assertThat(service.get("enabled")).isEqualTo(false);
    assertThat(service.get("from")).isEqualTo(List.of());
    assertThat(read("templates/deployment.yaml"))
        .containsOnlyOnce("--status-listen")
        .contains("ternary \"0.0.0.0\" \"127.0.0.1\" $status.service.enabled");
  }

  @Test
  void theSchemaKnowsEveryValueAndNothingElseUnderKubernetes() throws Exception {
    JsonObject schema = JsonParser.parseObject(Bytes.utf8(read("values.schema.json")), "test");
    Object values = new Load(LoadSettings.builder().build()).loadFromString(read("values.yaml"));

    compare("", (Map<?, ?>) values, schema);
  }

  /** Objects whose members are the user's own, or Kubernetes', say nothing about members. */
  private static void compare(String path, Map<?, ?> values, JsonObject schema) {
    JsonObject properties = member(schema, "properties");
    if (properties.isEmpty()) {
      return;
    }
    assertThat(schema.get("additionalProperties")).as(path).contains(JsonBoolean.FALSE);
    values.forEach((name, value) -> {
      assertThat(properties.get(String.valueOf(name))).as(path + "." + name).isPresent();
      if (value instanceof Map<?, ?> inner) {
        compare(path + "." + name, inner, member(properties, String.valueOf(name)));
      }
    });
  }

  private static JsonObject member(JsonObject parent, String name) {
    return parent.get(name).orElse(JsonObject.EMPTY) instanceof JsonObject object
        ? object
        : JsonObject.EMPTY;
  }
}
