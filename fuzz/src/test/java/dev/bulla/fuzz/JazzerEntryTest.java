package dev.bulla.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.fuzz.JazzerEntry.Round;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the entry counts, with a libFuzzer that runs as many inputs as it is told. */
final class JazzerEntryTest {

  @TempDir private Path found;

  @TempDir private Path seeds;

  private int calls;

  @BeforeEach
  void seed() throws Exception {
    Files.write(found.resolve("a"), new byte[] {1});
    Files.write(seeds.resolve("a"), new byte[] {2});
    Files.write(seeds.resolve("b"), new byte[] {3});
    JazzerEntry.choose("digest");
  }

  @Test
  void runsTheTargetThatItIsTold() throws Exception {
    JazzerEntry.fuzzerTestOneInput(new byte[] {1});
    assertThatThrownBy(() -> JazzerEntry.choose("nothing")).hasMessage("no such target: nothing");
  }

  /** Three files, the empty input and the end of a line, each time. */
  @Test
  void whatLibFuzzerWasGivenDoesNotCountAsItsOwn() throws Exception {
    assertThat(JazzerEntry.rounds(running(5, 0), found, seeds)).isZero();

    assertThat(calls).isEqualTo(4);
    assertThat(JazzerEntry.own()).isZero();
  }

  @Test
  void whatIsMoreCountsAndEndsTheRounds() throws Exception {
    JazzerEntry.rounds(running(305, 0), found, seeds);

    assertThat(calls).isEqualTo(2);
    assertThat(JazzerEntry.own()).isEqualTo(600);
  }

  @Test
  void whatARunFoundIsGivenToTheNext() throws Exception {
    Round first = running(7, 0);
    JazzerEntry.rounds(
        () -> {
          Files.write(found.resolve("new" + calls), new byte[] {4});
          return first.run();
        },
        found,
        seeds);

    assertThat(JazzerEntry.own()).isEqualTo(2 + 1);
  }

  @Test
  void aFindingEndsTheRounds() throws Exception {
    assertThat(JazzerEntry.rounds(running(6, 77), found, seeds)).isEqualTo(77);

    assertThat(calls).isEqualTo(1);
  }

  private Round running(int inputs, int status) {
    return () -> {
      calls++;
      for (int i = 0; i < inputs; i++) {
        JazzerEntry.fuzzerTestOneInput(new byte[] {1});
      }
      return status;
    };
  }
}
