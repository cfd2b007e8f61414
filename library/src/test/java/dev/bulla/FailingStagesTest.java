package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.KeyException;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.ResponseReader;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.registry.transport.TransportRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever breaks, at whichever step: it comes out, and no verdict does. */
class FailingStagesTest {

  /** What no code expects. */
  enum Breakage {
    STACK(StackOverflowError::new),
    MEMORY(OutOfMemoryError::new),
    NULL(NullPointerException::new),
    STATE(IllegalStateException::new),
    ASSERTION(AssertionError::new);

    private final Supplier<Throwable> maker;

    Breakage(Supplier<Throwable> maker) {
      this.maker = maker;
    }

    void strike() {
      switch (maker.get()) {
        case Error error -> throw error;
        case RuntimeException unchecked -> throw unchecked;
        default -> throw new AssertionError();
      }
    }
  }

  /** Breaks at one exchange, before the request or after the answer. */
  private static final class BreakingTransport implements HttpTransport {

    private final SocketTransport real = SocketTransport.create(TlsOptions.DEFAULT);
    private final Breakage breakage;
    private final int at;
    private final boolean afterwards;
    final AtomicInteger exchanges = new AtomicInteger();

    BreakingTransport(Breakage breakage, int at, boolean afterwards) {
      this.breakage = breakage;
      this.at = at;
      this.afterwards = afterwards;
    }

    @Override
    public <T> T exchange(TransportRequest request, ResponseReader<T> reader)
        throws IOException, BullaException, InterruptedException {
      boolean strikes = exchanges.incrementAndGet() == at;
      if (strikes && !afterwards) {
        breakage.strike();
      }
      T result = real.exchange(request, reader);
      if (strikes) {
        breakage.strike();
      }
      return result;
    }

    @Override
    public Thread.Builder threads() {
      return real.threads();
    }

    @Override
    public void close() {
      real.close();
    }
  }

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @FunctionalInterface
  private interface Work {
    void with(Bulla bulla) throws Exception;
  }

  /** Runs the work with a breakage at each exchange in turn; returns how many there were. */
  private int breakEverywhere(Breakage breakage, Work work) {
    int exchanges;
    int at = 0;
    do {
      at++;
      BreakingTransport transport = new BreakingTransport(breakage, at, at % 2 == 0);
      try (RegistryClient client = RegistryClient.builder(transport).build()) {
        Bulla bulla = new Bulla(client);
        Throwable thrown = catchThrowable(() -> work.with(bulla));
        exchanges = transport.exchanges.get();
        if (exchanges >= at) {
          assertThat(thrown)
              .as("%s at exchange %d", breakage, at)
              .isExactlyInstanceOf(breakage.maker.get().getClass());
        } else {
          assertThat(thrown).isNull();
        }
      }
    } while (exchanges >= at);
    return at - 1;
  }

  @ParameterizedTest
  @EnumSource(Breakage.class)
  void verifyingAnImageThatIsSigned(Breakage breakage) throws Exception {
    bench.signAsCosign(Bench.bundle(Bench.ALICE));

    int steps =
        breakEverywhere(breakage, bulla -> bulla.verify(bench.tag, Bench.policy(Bench.ALICE)));

    assertThat(steps).isEqualTo(6);
  }

  @ParameterizedTest
  @EnumSource(Breakage.class)
  void verifyingAnImageWithALegacySignature(Breakage breakage) throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE).withAnnotations(java.util.Map.of("env", "prod")));

    int steps =
        breakEverywhere(breakage, bulla -> bulla.verify(bench.tag, Bench.policy(Bench.ALICE)));

    assertThat(steps).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource(Breakage.class)
  void signing(Breakage breakage) {
    int steps =
        breakEverywhere(
            breakage, bulla -> Bench.sign(bulla, bench.tag, Bench.legacy(new Fresh()), false));

    assertThat(steps).isGreaterThanOrEqualTo(6);
  }

  /** Never the signer of what is there, so that there is always something to write. */
  private static final class Fresh implements Signer {

    private final dev.bulla.key.PrivateKey key =
        dev.bulla.key.PrivateKey.generate(
            dev.bulla.key.KeyType.ED25519, new java.security.SecureRandom());
    private final Signer signer = key.toSigner();

    @Override
    public VerificationKey publicKey() {
      return signer.publicKey();
    }

    @Override
    public SignatureAlgorithm algorithm() {
      return signer.algorithm();
    }

    @Override
    public Bytes sign(Bytes message) throws KeyException {
      return signer.sign(message);
    }

    @Override
    public void close() {
      signer.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Breakage.class)
  void aSignerThatBreaks(Breakage breakage) {
    Signer broken =
        new Signer() {
          @Override
          public VerificationKey publicKey() {
            return Bench.ALICE.publicKey();
          }

          @Override
          public SignatureAlgorithm algorithm() {
            return Bench.ALICE.algorithm();
          }

          @Override
          public Bytes sign(Bytes message) {
            breakage.strike();
            throw new AssertionError();
          }

          @Override
          public void close() {}
        };

    for (SignRequest.Format format : SignRequest.Format.values()) {
      assertThatThrownBy(() -> bench.sign(Bench.request(broken, format)))
          .isExactlyInstanceOf(breakage.maker.get().getClass());
    }
    assertThat(bench.app.tags()).containsExactly("v1");
    assertThat(bench.app.referrers(Bench.IMAGE.digest())).isEmpty();
  }

  @Test
  void anInterruptedVerificationGivesNoVerdict() throws Exception {
    bench.sign(SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH));
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> bench.verify(Bench.ALICE)).isInstanceOf(BullaException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(List.of(Bench.formats(bench.verify(Bench.ALICE)))).isNotEmpty();
  }
}
