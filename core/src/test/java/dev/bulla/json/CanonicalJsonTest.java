package dev.bulla.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CanonicalJsonTest {

  // RFC 8785 §3.2.2 to §3.2.4: the sample and its published bytes
  @Test
  void writesTheSampleOfTheRfc() throws Exception {
    String sample =
        """
        {
          "numbers": [333333333.33333329, 1E30, 4.50,
                      2e-3, 0.000000000000000000000000001],
          "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
          "literals": [null, true, false]
        }
        """;

    assertThat(canonical(sample))
        .isEqualTo(
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                + "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    assertThat(HexText.encode(CanonicalJson.write(parse(sample))))
        .startsWith("7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273")
        .endsWith("22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d");
  }

  // RFC 8785 §3.2.3
  @Test
  void sortsTheNamesOfTheRfcByUtf16Units() throws Exception {
    String sample =
        """
        {
          "\\u20ac": "Euro Sign",
          "\\r": "Carriage Return",
          "\\ufb33": "Hebrew Letter Dalet With Dagesh",
          "1": "One",
          "\\ud83d\\ude00": "Emoji: Grinning Face",
          "\\u0080": "Control",
          "\\u00f6": "Latin Small Letter O With Diaeresis"
        }
        """;

    assertThat(((JsonObject) parse(canonical(sample))).members())
        .extracting(member -> ((JsonString) member.value()).value())
        .containsExactly(
            "Carriage Return",
            "One",
            "Control",
            "Latin Small Letter O With Diaeresis",
            "Euro Sign",
            "Emoji: Grinning Face",
            "Hebrew Letter Dalet With Dagesh");
  }

  // RFC 8785, appendix B
  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "ffefffffffffffff, -1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "c340000000000000, -9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef4f, 999999999999999900000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555554, 333333333.33333325",
    "41b3de4355555555, 333333333.3333333",
    "41b3de4355555556, 333333333.3333334",
    "41b3de4355555557, 333333333.33333343",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2",
  })
  void writesTheNumbersOfTheRfc(String bits, String text) throws Exception {
    double value = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));

    assertThat(CanonicalJson.write(JsonNumber.of(value)).toUtf8String("test")).isEqualTo(text);
    assertThat(canonical(text)).isEqualTo(text);
  }

  // ECMA-262 Number::toString; the places where the JDK prints more digits or lays them out
  // otherwise
  @ParameterizedTest
  @CsvSource({
    "2, 1e-323",
    "3, 1.5e-323",
    "4, 2e-323",
    "5, 2.5e-323",
    "6, 3e-323",
    "7, 3.5e-323",
    "8, 4e-323",
    "9, 4.4e-323",
    "10, 5e-323",
    "19, 9.4e-323",
    "20, 1e-322",
    "202, 1e-321",
    "203, 1.003e-321",
  })
  void writesTheSmallestNumbersInTheFewestDigits(long bits, String text) {
    assertThat(EcmaScriptNumber.format(Double.longBitsToDouble(bits))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 100",
    "1e2, 100",
    "-0, 0",
    "-0.0, 0",
    "0e-5, 0",
    "1.0, 1",
    "0.1e1, 1",
    "123456789012345680000, 123456789012345680000",
    "1e20, 100000000000000000000",
    "1e21, 1e+21",
    "1.5e21, 1.5e+21",
    "0.00001, 0.00001",
    "0.000001, 0.000001",
    "0.0000001, 1e-7",
    "0.00000012, 1.2e-7",
    "9007199254740993, 9007199254740992",
    "9223372036854775807, 9223372036854776000",
    "1e-400, 0",
    "4.35, 4.35",
    "-12.5, -12.5",
  })
  void respellsNumbers(String given, String wanted) throws Exception {
    assertThat(canonical(given)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void hasNoNumberBeyondTheFinite(double value) {
    assertThatIllegalArgumentException().isThrownBy(() -> EcmaScriptNumber.format(value));
    assertThatIllegalArgumentException().isThrownBy(() -> JsonNumber.of(value));
  }

  @Test
  void sortsInsideArraysAndNestedObjects() throws Exception {
    assertThat(canonical("[ {\"b\":{\"d\":1,\"c\":[{\"z\":1,\"y\":2}]},\"a\":0} ]"))
        .isEqualTo("[{\"a\":0,\"b\":{\"c\":[{\"y\":2,\"z\":1}],\"d\":1}}]");
  }

  @Test
  void keepsTextAsItIsWithoutNormalising() throws Exception {
    assertThat(canonical("\"A\\u030a\\u212b\\u2028<>&\\u007f\\u00ad\""))
        .isEqualTo("\"A\u030a\u212b\u2028<>&\u007f\u00ad\"");
  }

  @Test
  void refusesTextThatHasNoEncoding() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.write(new JsonString("\ud800x")));
  }

  private static JsonValue parse(String text) throws Exception {
    return JsonParser.parse(Bytes.utf8(text), "test");
  }

  private static String canonical(String text) throws Exception {
    return CanonicalJson.write(parse(text)).toUtf8String("test");
  }
}
