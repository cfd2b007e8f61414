package dev.bulla.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.MalformedInputException;
import java.io.ByteArrayOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BytesTest {

  @Test
  void keepsItsContentWhenTheArrayItCameFromChanges() {
    byte[] source = {1, 2, 3};
    Bytes bytes = Bytes.of(source);
    Bytes part = Bytes.of(source, 1, 3);

    source[1] = 9;

    assertThat(bytes).isEqualTo(Bytes.of((byte) 1, (byte) 2, (byte) 3));
    assertThat(part).isEqualTo(Bytes.of((byte) 2, (byte) 3));
  }

  @Test
  void keepsItsContentWhenTheArrayItGaveOutChanges() {
    Bytes bytes = Bytes.utf8("abc");

    bytes.toByteArray()[0] = 'x';

    assertThat(bytes).isEqualTo(Bytes.utf8("abc"));
  }

  @Test
  void isEqualByContent() {
    assertThat(Bytes.utf8("abc")).isEqualTo(Bytes.utf8("abc")).hasSameHashCodeAs(Bytes.utf8("abc"));
    assertThat(Bytes.utf8("abc")).isNotEqualTo(Bytes.utf8("abd")).isNotEqualTo(Bytes.EMPTY);
    assertThat(Bytes.of()).isEqualTo(Bytes.EMPTY);
    assertThat(Bytes.utf8("abc").equals((Object) "abc")).isFalse();
  }

  @Test
  void takesParts() {
    Bytes bytes = Bytes.utf8("abcdef");

    assertThat(bytes.slice(1, 4)).isEqualTo(Bytes.utf8("bcd"));
    assertThat(bytes.slice(0, 6)).isEqualTo(bytes);
    assertThat(bytes.slice(6, 6)).isEqualTo(Bytes.EMPTY);
    assertThat(bytes.at(5)).isEqualTo((byte) 'f');
    assertThat(bytes.startsWith(Bytes.utf8("abc"))).isTrue();
    assertThat(bytes.startsWith(bytes)).isTrue();
    assertThat(bytes.startsWith(Bytes.EMPTY)).isTrue();
    assertThat(bytes.startsWith(Bytes.utf8("abd"))).isFalse();
    assertThat(bytes.startsWith(Bytes.utf8("abcdefg"))).isFalse();
  }

  /** An array copy would fill up with zeros, and a cut-off structure would look whole. */
  @ParameterizedTest
  @ValueSource(strings = {"0,4", "4,5", "-1,2", "2,1", "4,4"})
  void refusesPartsOutsideItself(String range) {
    int from = Integer.parseInt(range.substring(0, range.indexOf(',')));
    int to = Integer.parseInt(range.substring(range.indexOf(',') + 1));

    assertThatThrownBy(() -> Bytes.utf8("abc").slice(from, to))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void joinsParts() {
    assertThat(Bytes.concat(Bytes.utf8("a"), Bytes.EMPTY, Bytes.utf8("bc")))
        .isEqualTo(Bytes.utf8("abc"));
    assertThat(Bytes.concat()).isEqualTo(Bytes.EMPTY);
  }

  @Test
  void readsAndWritesItsContent() throws Exception {
    Bytes bytes = Bytes.utf8("héllo");
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    bytes.writeTo(out);

    assertThat(out.toByteArray()).isEqualTo(bytes.toByteArray());
    assertThat(bytes.newInputStream().readAllBytes()).isEqualTo(bytes.toByteArray());
    assertThat(bytes.toUtf8String("text")).isEqualTo("héllo");
    assertThat(bytes.size()).isEqualTo(6);
    assertThat(bytes.isEmpty()).isFalse();
  }

  static Stream<Bytes> notUtf8() {
    return Stream.of(
        Bytes.of((byte) 0x80),
        Bytes.of((byte) 0xc3),
        // overlong forms of '/' and NUL
        Bytes.of((byte) 0xc0, (byte) 0xaf),
        Bytes.of((byte) 0xc0, (byte) 0x80),
        // a surrogate, and a code point above the last
        Bytes.of((byte) 0xed, (byte) 0xa0, (byte) 0x80),
        Bytes.of((byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80),
        Bytes.of((byte) 'a', (byte) 0xff));
  }

  @ParameterizedTest
  @MethodSource("notUtf8")
  void refusesTextThatIsNotUtf8(Bytes bytes) {
    assertThatThrownBy(() -> bytes.toUtf8String("greeting"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("greeting: not valid UTF-8");
  }

  @Test
  void tellsNothingButItsSize() {
    assertThat(Bytes.utf8("abc")).hasToString("Bytes[3 bytes]");
  }
}
