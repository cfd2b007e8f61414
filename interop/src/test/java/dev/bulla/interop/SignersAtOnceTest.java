package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the last write wins and no list of referrers is kept, several processes sign one image. */
@ParameterizedClass(name = "{0}")
@EnumSource(value = RegistryKind.class, names = "DOCKER_REGISTRY")
@ExtendWith({BenchExtension.class, MatrixReport.class})
@DisplayName("signers at once")
final class SignersAtOnceTest {

  private static final int SIGNERS = 8;
  private static final int ROUNDS = 5;

  private final RegistryKind kind;
  private final Bench bench;

  SignersAtOnceTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(names = {"BULLA_LEGACY", "BULLA_BUNDLE"})
  @DisplayName("8 processes, 5 signatures each, none is lost")
  void noneIsLost(SigningWay way, Workplace place) throws Exception {
    Image image = Samples.image(bench.shelf(kind, "atonce"), "v1");
    KeyPair pair = bench.keys().generatedBy(Program.BULLA);
    try (ExecutorService all = Executors.newFixedThreadPool(SIGNERS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int signer = 1; signer <= SIGNERS; signer++) {
        String by = "by=" + signer;
        running.add(
            all.submit(() -> {
              for (int round = 1; round <= ROUNDS; round++) {
                way.sign(
                    place, bench.keys(), pair, image.byDigest(), "-a", by, "-a", "round=" + round);
              }
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }

    Finished bulla = Verifying.BULLA.verify(place, pair, image.byDigest());
    assertThat(place.jq("map(.optional | {by, round}) | unique | length", bulla.out()))
        .isEqualTo(Integer.toString(SIGNERS * ROUNDS));
    Finished cosign = Verifying.COSIGN3.verify(place, pair, image.byDigest());
    assertThat(place.jq("length", cosign.out())).isEqualTo(Integer.toString(SIGNERS * ROUNDS));
  }
}
