package dev.bulla.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.DigestingInputStream.WrongDigestException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class DigestingInputStreamTest {

  private static final Bytes CONTENT = Bytes.utf8("some content ".repeat(1000));
  private static final Bytes OTHER = Bytes.utf8("other content ".repeat(1000));

  /** A way to read a stream to its end. */
  interface Reading {
    void readToEnd(InputStream in) throws IOException;
  }

  private static Arguments way(String name, Reading reading) {
    return Arguments.of(name, reading);
  }

  static Stream<Arguments> everyWayOfReading() {
    return Stream.of(
        way(
            "single bytes",
            in -> {
              while (in.read() >= 0) {}
            }),
        way(
            "arrays",
            in -> {
              byte[] buffer = new byte[100];
              while (in.read(buffer) >= 0) {}
            }),
        way(
            "parts of arrays",
            in -> {
              byte[] buffer = new byte[100];
              while (in.read(buffer, 17, 50) >= 0) {}
            }),
        way("all at once", InputStream::readAllBytes),
        way("so many bytes", in -> in.readNBytes(1 << 20)),
        way("a transfer", in -> in.transferTo(new ByteArrayOutputStream())),
        way(
            "skipping",
            in -> {
              while (in.skip(1000) > 0) {}
              in.read();
            }),
        way("skipping far", in -> in.skip(Long.MAX_VALUE)),
        way(
            "skipping, then reading",
            in -> {
              in.skipNBytes(500);
              in.readAllBytes();
            }),
        way(
            "one of each",
            in -> {
              in.read();
              in.skip(10);
              in.readNBytes(3);
              in.read(new byte[0]);
              in.readAllBytes();
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("everyWayOfReading")
  void letsTheRightContentThrough(String name, Reading reading) throws Exception {
    try (InputStream in = open(CONTENT, Digest.sha256(CONTENT))) {
      reading.readToEnd(in);
    }
    Digest longer = Digest.of(HashAlgorithm.SHA512, CONTENT);
    try (InputStream in = open(CONTENT, longer)) {
      reading.readToEnd(in);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("everyWayOfReading")
  void refusesToEndOnOtherContent(String name, Reading reading) throws Exception {
    try (InputStream in = open(OTHER, Digest.sha256(CONTENT))) {
      assertThatThrownBy(() -> reading.readToEnd(in))
          .isInstanceOf(WrongDigestException.class)
          .hasMessage(
              "content has digest "
                  + Digest.sha256(OTHER)
                  + ", expected "
                  + Digest.sha256(CONTENT));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("everyWayOfReading")
  void refusesContentThatIsCutOff(String name, Reading reading) throws Exception {
    try (InputStream in = open(CONTENT.slice(0, 12_999), Digest.sha256(CONTENT))) {
      assertThatThrownBy(() -> reading.readToEnd(in)).isInstanceOf(WrongDigestException.class);
    }
  }

  @Test
  void staysAtTheEndOfTheRightContent() throws Exception {
    InputStream in = open(CONTENT, Digest.sha256(CONTENT));
    in.readAllBytes();

    assertThat(in.read()).isEqualTo(-1);
    assertThat(in.read(new byte[3])).isEqualTo(-1);
    assertThat(in.skip(3)).isZero();
  }

  /**
   * A digest object starts over once it was asked; asked again, it would speak for nothing at all.
   */
  @Test
  void refusesAgainWhenReadOnAfterARefusal() {
    InputStream in = open(CONTENT, Digest.sha256(Bytes.EMPTY));

    assertThatThrownBy(in::readAllBytes).isInstanceOf(WrongDigestException.class);
    assertThatThrownBy(in::read).isInstanceOf(WrongDigestException.class);
    assertThatThrownBy(in::readAllBytes).isInstanceOf(WrongDigestException.class);
  }

  @Test
  void cannotGoBack() {
    InputStream in = open(CONTENT, Digest.sha256(CONTENT));
    in.mark(100);

    assertThat(in.markSupported()).isFalse();
    assertThatThrownBy(in::reset).isInstanceOf(IOException.class);
  }

  private static InputStream open(Bytes content, Digest expected) {
    return new DigestingInputStream(content.newInputStream(), expected);
  }
}
