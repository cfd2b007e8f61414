package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The endpoints of distribution-spec 1.1, with a plain HTTP client, on {@code bulla registry serve}
 * and on other registries as a control of the questions. Ours has to give every answer; where
 * another one differs is written down, and a difference that went away fails, too.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
@ExtendWith({BenchExtension.class, MatrixReport.class})
@DisplayName("distribution-spec 1.1")
final class ConformanceTest {

  /** Where a control gives another answer. */
  private static final Map<RegistryKind, Set<DistributionCheck>> DIFFERENCES =
      Map.of(
          RegistryKind.DOCKER_REGISTRY,
          Set.of(
              BlobCheck.SINGLE_POST,
              BlobCheck.CHUNK_OUT_OF_ORDER,
              BlobCheck.CHUNK_AGAIN,
              ListCheck.TAGS,
              ListCheck.TAGS_PAGED,
              ListCheck.REFERRERS,
              ListCheck.REFERRERS_FILTER,
              ListCheck.REFERRERS_OF_NOTHING,
              ListCheck.REFERRER_BEFORE_SUBJECT,
              ListCheck.INDEX_AS_REFERRER,
              ListCheck.SUBJECT_HEADER,
              ListCheck.CONFIG_TYPE_IS_ARTIFACT_TYPE,
              ManifestCheck.REFERENCE_MALFORMED,
              ManifestCheck.DELETE_TAG),
          RegistryKind.OLAREG,
          Set.of(BlobCheck.WRONG_DIGEST, ListCheck.TAGS_PAGED, ListCheck.TAGS_OF_NOTHING));

  private final RegistryKind kind;
  private final Bench bench;

  ConformanceTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  static Stream<DistributionCheck> checks() {
    return DistributionCheck.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("checks")
  @DisplayName("answers")
  void answersAsTheSpecificationWants(DistributionCheck check) {
    PlainRegistry registry = new PlainRegistry(bench, kind, bench.shelf(kind, "conformance"));
    if (DIFFERENCES.getOrDefault(kind, Set.of()).contains(check)) {
      assertThatThrownBy(() -> check.ask(registry)).isInstanceOf(AssertionError.class);
    } else {
      check.ask(registry);
    }
  }
}
