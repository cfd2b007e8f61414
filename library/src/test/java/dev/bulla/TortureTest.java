package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.SignRequest.Format;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.store.StoreOptions;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.verify.Policy;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sixteen signers with sixteen keys and nothing in common, each signing the same image again and
 * again, on a registry where the last write wins and every request is delayed. Not one signature is
 * missing in the end. The delays are real, 0 to 200 ms, and seeded. {@code
 * -Dbulla.torture.rounds=3} is a short run.
 */
@Tag("waits")
class TortureTest {

  private static final int SIGNERS = 16;
  private static final int ROUNDS = Integer.getInteger("bulla.torture.rounds", 50);
  private static final long SEED = 20261121;

  private static final Map<Format, Future<?>> RUNS = new EnumMap<>(Format.class);
  private static final ExecutorService BOTH = Executors.newVirtualThreadPerTaskExecutor();

  /** Side by side: nearly all of the time is spent waiting for a slow registry. */
  @BeforeAll
  static void start() {
    for (Format format : Format.values()) {
      RUNS.put(
          format,
          BOTH.submit(() -> {
            torture(format);
            return null;
          }));
    }
  }

  @AfterAll
  static void stop() {
    BOTH.close();
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void noneIsLost(Format format) throws Exception {
    RUNS.get(format).get();
  }

  private static void torture(Format format) throws Exception {
    try (Bench bench = Bench.withoutReferrers()) {
      Faults faults = bench.registry.faults();
      faults.noConditionalPut();
      faults
          .on(RequestMatch.any())
          .does(Effects.randomDelay(SEED, Duration.ZERO, Duration.ofMillis(200)));
      List<Signer> signers = new ArrayList<>();
      for (int i = 0; i < SIGNERS; i++) {
        signers.add(PrivateKey.generate(KeyType.EC_P256, new SecureRandom()).toSigner());
      }

      try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> running = new ArrayList<>();
        for (Signer signer : signers) {
          String name = "signer " + running.size();
          running.add(
              all.submit(() -> {
                signAgainAndAgain(bench, signer, name, format);
                return null;
              }));
        }
        for (Future<?> one : running) {
          one.get();
        }
      }

      faults.clear();
      faults.noReferrersApi(Faults.NoReferrers.NOT_FOUND);
      assertThat(distinct(bench)).as("seed " + SEED).isEqualTo(SIGNERS * ROUNDS);
      List<VerificationKey> keys = new ArrayList<>();
      for (Signer signer : signers) {
        keys.add(signer.publicKey());
      }
      // one pass over all of them: each was made by one of the keys
      Verified<VerifiedImage> verified =
          bench.bulla.verify(bench.image, Policy.requiringAnyOf(keys).insecurelyIgnoringLog());
      assertThat(verified.value().signatures()).as("seed " + SEED).hasSize(SIGNERS * ROUNDS);
    }
  }

  /** A client, a store and a lock of its own. */
  private static void signAgainAndAgain(Bench bench, Signer signer, String name, Format format)
      throws Exception {
    try (RegistryClient client =
        RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT)).build()) {
      Bulla bulla = new Bulla(client, StoreOptions.defaults(), InstantSource.fixed(Bench.NOW));
      for (int round = 0; round < ROUNDS; round++) {
        SignRequest request =
            Bench.request(signer, format)
                .withAnnotations(Map.of("by", name, "round", Integer.toString(round)));
        Bench.sign(bulla, bench.image, request, false);
      }
    }
  }

  private static int distinct(Bench bench) throws Exception {
    Set<Object> found = new HashSet<>();
    for (Candidate candidate : bench.bulla.evidence().look(bench.image, List.of())) {
      switch (candidate) {
        case LegacySignature legacy -> found.add(legacy.annotations());
        case BundleSignature bundle -> found.add(bundle.raw());
        default -> throw new AssertionError(candidate);
      }
    }
    return found.size();
  }
}
