package dev.bulla.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import java.math.BigInteger;
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
}
