package dev.bulla.admission.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the Helm chart and the program have to agree on; the chart itself is tested in interop. */
class ChartTest {

  private static final Path CHART = Path.of("..", "deploy", "helm", "bulla");
  private static final Pattern METRIC = Pattern.compile("(?:connaisseur|bulla_admission)_[a-z_]+");

  private static String read(String name) throws IOException {
    return Files.readString(CHART.resolve(name), StandardCharsets.UTF_8);
  }

  @Test
  void theUsualValuesAreAConfigurationWithoutMistakes() throws Exception {
    AdmissionConfig config = ConfigLoader.load(read("values.yaml"), "values.yaml");

    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void theDashboardShowsMetricsThatThereAre() throws Exception {
    String rendered = new Metrics().registry().render();
    TreeSet<String> shown = new TreeSet<>();
    Matcher names = METRIC.matcher(read("files/dashboard.json"));
    while (names.find()) {
      shown.add(names.group().replaceFirst("_bucket$", ""));
    }

    assertThat(shown).hasSizeGreaterThan(5);
    assertThat(shown).allSatisfy(name -> assertThat(rendered).contains("# TYPE " + name + " "));
  }
}
