package dev.bulla.der;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DerTest {

  @Test
  void readsBackLengthsOfEveryForm() throws Exception {
    for (int size : new int[] {0, 1, 127, 128, 255, 256, 65535, 65536, 70000}) {
      byte[] content = new byte[size];
      DerReader reader = DerReader.of(DerWriter.octets(content), "test");
      assertThat(reader.bytes(DerReader.OCTET_STRING)).isEqualTo(content);
      reader.finish();
    }
  }

  @Test
  void readsBackIntegers() throws Exception {
    for (long value : new long[] {0, 1, 127, 128, 255, 256, 65537, Long.MAX_VALUE}) {
      assertThat(DerReader.of(DerWriter.integer(BigInteger.valueOf(value)), "test").unsigned())
          .isEqualTo(value);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.2.840.10045.2.1",
        "1.3.132.0.34",
        "1.3.6.1.4.1.57264.1",
        "2.5.4.3",
        "0.0.1",
        "2.999.4294967296"
      })
  void readsBackObjectIdentifiers(String oid) throws Exception {
    assertThat(DerReader.of(DerWriter.oid(oid), "test").oid()).isEqualTo(oid);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "02",
        "0200",
        "020180",
        "02020001",
        "0202ff80",
        "028101ff",
        "02820001ff",
        "0280",
        "0284000000017f",
        "02027f",
        "0401ff",
        "028400ffffff"
      })
  void refusesIntegersInAnyOtherForm(String hex) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(
            () -> DerReader.of(HexText.decode(hex, "hex").toByteArray(), "test").unsigned());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0600", "060180", "06022a80", "06038001ff", "060a2a8080808080808080ff01"})
  void refusesObjectIdentifiersInAnyOtherForm(String hex) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> DerReader.of(HexText.decode(hex, "hex").toByteArray(), "test").oid());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0300", "030101", "03020101", "0302", "0501ff"})
  void refusesBitStringsOfPartialBytes(String hex) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(
            () -> DerReader.of(HexText.decode(hex, "hex").toByteArray(), "test").wholeBits());
  }

  @Test
  void readsTimes() throws Exception {
    assertThat(time(0x17, "500101000000Z")).isEqualTo("1950-01-01T00:00:00Z");
    assertThat(time(0x17, "491231235959Z")).isEqualTo("2049-12-31T23:59:59Z");
    assertThat(time(0x18, "20500101000000Z")).isEqualTo("2050-01-01T00:00:00Z");
    assertThat(DerReader.of(element(0x18, "20240229120000.05Z"), "test").generalizedTime())
        .isEqualTo("2024-02-29T12:00:00.050Z");
    assertThat(DerReader.of(element(0x18, "20240229120000.123456789Z"), "test").generalizedTime())
        .isEqualTo("2024-02-29T12:00:00.123456789Z");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2024",
        "20230229000000Z",
        "20240101000060Z",
        "20240101240000Z",
        "20240101000000",
        "20240101000000+0100",
        "20240101000000.Z",
        "20240101000000.0Z",
        "20240101000000.10Z",
        "20240101000000.1234567891Z",
        "20240101000000,1Z",
        "2024010100000/Z",
        "-0240101000000Z"
      })
  void refusesOtherTimes(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> DerReader.of(element(0x18, text), "test").generalizedTime());
  }

  @ParameterizedTest
  @ValueSource(strings = {"2401010000Z", "240101000000+0000", "20240101000000Z", "24010100000xZ"})
  void refusesOtherShortTimes(String text) {
    assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> time(0x17, text));
  }

  @Test
  void aCertificatesTimeHasNoFraction() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> time(0x18, "20500101000000.5Z"));
  }

  @Test
  void readsTruthValues() throws Exception {
    assertThat(read("0101ff").bool()).isTrue();
    assertThat(read("010100").bool()).isFalse();
    for (String other : new String[] {"0100", "010101", "0102ffff"}) {
      assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> read(other).bool());
    }
  }

  @Test
  void readsNumbersOfEitherSign() throws Exception {
    assertThat(read("0201ff").number()).containsExactly(-1);
    assertThat(read("020200ff").number()).containsExactly(0, -1);
    for (String other : new String[] {"0200", "0202007f", "0202ff80"}) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> read(other).number());
    }
  }

  @Test
  void takesElementsWhole() throws Exception {
    DerReader in = read("0201050500aabb");
    assertThat(in.nextTag()).isEqualTo(2);
    assertThat(in.element()).containsExactly(2, 1, 5);
    in.skip();
    assertThat(in.rest()).hasSize(2);
    assertThat(in.nextTag()).isEqualTo(-1);
    in.finish();
    for (String other : new String[] {"", "1f0100", "0402ff"}) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> read(other).element());
    }
  }

  private static DerReader read(String hex) throws MalformedInputException {
    return DerReader.of(HexText.decode(hex, "test").toByteArray(), "test");
  }

  private static byte[] element(int tag, String text) {
    return DerWriter.element(tag, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Instant time(int tag, String text) throws MalformedInputException {
    return DerReader.of(element(tag, text), "test").time();
  }
}
