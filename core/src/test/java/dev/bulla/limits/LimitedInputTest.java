package dev.bulla.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LimitedInputTest {

  /** Gives out as many bytes as it is asked for, some at a time, up to its end. */
  private static final class Source extends InputStream {
    private final long size;
    private final int chunk;
    private long given;

    Source(long size, int chunk) {
      this.size = size;
      this.chunk = chunk;
    }

    static Source endless() {
      return new Source(Long.MAX_VALUE, Integer.MAX_VALUE);
    }

    @Override
    public int read() {
      return given == size ? -1 : (int) (given++ % 251);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      if (given == size) {
        return -1;
      }
      int n = (int) Math.min(Math.min(length, chunk), size - given);
      for (int i = 0; i < n; i++) {
        buffer[offset + i] = (byte) (given++ % 251);
      }
      return n;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 8191, 8192, 8193, 16384, 100_000})
  void readsUpToTheLimit(long size) throws Exception {
    Bytes read = LimitedInput.readAll(new Source(size, 1000), size, "thing");

    assertThat(read.newInputStream()).hasSameContentAs(new Source(size, 7));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 8191, 8192, 8193, 16384, 100_000})
  void refusesOneByteMore(long limit) {
    assertThatThrownBy(() -> LimitedInput.readAll(new Source(limit + 1, 1000), limit, "thing"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("thing: larger than the limit of " + limit + " bytes");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 8191, 8192, 8193, 1 << 20})
  void takesNoMoreThanOneByteBeyondTheLimitFromAnEndlessStream(long limit) {
    Source endless = Source.endless();

    assertThatThrownBy(() -> LimitedInput.readAll(endless, limit, "thing"))
        .isInstanceOf(MalformedInputException.class);

    assertThat(endless.given).isEqualTo(limit + 1);
  }

  @Test
  void allocatesForWhatArrivesAndNotForWhatIsAllowed() throws Exception {
    assertThat(LimitedInput.readAll(new Source(10, 3), Long.MAX_VALUE, "thing").size())
        .isEqualTo(10);
  }

  @Test
  void passesOnThatReadingFailed() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("cut off");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            throw new IOException("cut off");
          }
        };

    assertThatThrownBy(() -> LimitedInput.readAll(broken, 10, "thing"))
        .isInstanceOf(IOException.class)
        .hasMessage("cut off");
  }
}
