package dev.bulla.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is JSON here and what is not. Limits are in {@link JsonLimitsTest}. */
final class JsonParserTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "true",
        "false",
        "\"\"",
        "0",
        " [ ] ",
        "\t\r\n {\t\"a\"\r:\n1 }\n",
        "[1,2,3]",
        "[[],[[]],{}]",
        "{\"a\":{\"b\":{\"c\":[]}}}",
        "{\"\":0}",
        "{\"a\":1,\"A\":2}",
        "{\"a\\u0000b\":1}",
        "-0",
        "-0.0",
        "10",
        "1.0",
        "0.1",
        "-1.5e10",
        "1E5",
        "1e+5",
        "1e-5",
        "1E-05",
        "0e0",
        "1e-999",
        "123456789012345678901234567890",
        "0.1234567890123456789012345678901234567890",
        "1.7976931348623157e308",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0000\"",
        "\"\\uD83D\\uDE00\"",
        "\"\\uabcd\\uABCD\"",
        "\"\\udbff\\udfff\"",
        "\"\\uffff\\ufffe\\ufeff\"",
        "\"\u007f\u0080\u009f\u00ad\u2028\u2029\ufeff\"",
        "\"\u00e9\u20ac\ud83d\ude00\uffff\"",
        "\"/* no comment */ // either\"",
        "\"'\"",
      })
  void acceptsJson(String text) throws Exception {
    assertThat(parse(text)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\n",
        // structure
        "[",
        "]",
        "{",
        "}",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[,]",
        "[1,,2]",
        "[1 2]",
        "[1:2]",
        "[\"a\"",
        "[}",
        "{]",
        "[)",
        "<null>",
        "[1}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1",
        "{\"a\":1,}",
        "{,\"a\":1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\" 1}",
        "{\"a\",1}",
        "{\"a\"::1}",
        "{\"a\":1:2}",
        "{:1}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{null:1}",
        "{[]:1}",
        "['a']",
        // after the value
        "{}{}",
        "{} {}",
        "[][]",
        "{} x",
        "{}\n\n}",
        "{},",
        "1 2",
        "1,2",
        "1\"a\"",
        "\"a\"\"b\"",
        "\"a\" 1",
        "null null",
        "nulltrue",
        "1x",
        "1[]",
        "1{}",
        "true]",
        "{}#",
        "{}//",
        "{}/**/",
        "{}\u0000",
        "{}\u00a0",
        "{}\ufeff",
        // literals
        "nul",
        "nulll",
        "Null",
        "NULL",
        "True",
        "tru",
        "truee",
        "fals",
        "undefined",
        "NaN",
        "-NaN",
        "nan",
        "Infinity",
        "-Infinity",
        "+Infinity",
        "INF",
        "-INF",
        "[NaN]",
        // numbers
        "-",
        "+1",
        "+0",
        "--1",
        "- 1",
        "-a",
        "01",
        "-01",
        "00",
        "-00",
        "012e3",
        "1.",
        "-1.",
        ".5",
        "-.5",
        "1.e5",
        "1e",
        "1e+",
        "1E-",
        "1e5.5",
        "1e 5",
        "1.2.3",
        "1..2",
        "1ee5",
        "0x10",
        "1_000",
        "1,000",
        "1f",
        "1d",
        "1L",
        "1e400",
        "-1e400",
        "1e999999999999",
        "\uff11",
        "\u0661",
        // strings
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\",
        "\"a\nb\"",
        "\"a\tb\"",
        "\"a\u0000b\"",
        "\"a\u001fb\"",
        "\"\\a\"",
        "\"\\'\"",
        "\"\\x41\"",
        "\"\\0\"",
        "\"\\U0041\"",
        "\"\\u\"",
        "\"\\u1\"",
        "\"\\u123\"",
        "\"\\u12g4\"",
        "\"\\u 123\"",
        "\"\\u+123\"",
        "\"\\\n\"",
        "\"\\u00\\u0041\"",
        "{\"a\nb\":1}",
        // surrogates
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800x\"",
        "\"\\ud800\\n\"",
        "\"\\ud800\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\ud83d\\ude00\\ude00\"",
        "{\"\\ud800\":1}",
        // comments and other whitespace
        "/**/1",
        "//x\n1",
        "#x\n1",
        "[1/**/]",
        "[1//x\n]",
        "\u000b1",
        "\f1",
        "\u00a01",
        "\u20281",
        "\u0085[]",
        "\u001e1",
        "[\u00001]",
        "[\f]",
        // byte order mark
        "\ufeff{}",
        "\ufeff",
        " \ufeff{}",
        // duplicates
        "{\"a\":1,\"a\":1}",
        "{\"a\":null,\"a\":1}",
        "{\"a\":1,\"\\u0061\":1}",
        "{\"\":1,\"\":1}",
        "{\"x\":[{\"a\":1,\"b\":2,\"a\":3}]}",
        "{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,\"j\":0,\"c\":0}",
      })
  void refusesWhatIsNotExactlyOneJsonValue(String text) {
    assertRefused(Bytes.utf8(text));
  }

  @ParameterizedTest
  @CsvSource({
    "22ff22, a byte that UTF-8 never has",
    "22fe22, a byte that UTF-8 never has",
    "228022, a continuation byte alone",
    "22bf22, a continuation byte alone",
    "22c322, a sequence cut short",
    "22e28222, a sequence cut short",
    "22f09f9822, a sequence cut short",
    "22c3, a sequence cut short by the end",
    "22c0af22, an overlong slash",
    "22c1bf22, an overlong form of two bytes",
    "22c08022, an overlong NUL",
    "22e0808022, an overlong form of three bytes",
    "22e09fbf22, an overlong form of three bytes",
    "22f080808022, an overlong form of four bytes",
    "22f08fbfbf22, an overlong form of four bytes",
    "22eda08022, a surrogate",
    "22edbfbf22, a surrogate",
    "22eda0bdedb88022, a surrogate pair",
    "22f490808022, beyond U+10FFFF",
    "22f888808080 22, a form of five bytes",
    "22fc848080808022, a form of six bytes",
    "7b7dff, garbage after the value",
    "7b7d20c3, garbage after the value",
    "ff, garbage alone",
    "7b22c3223a317d, in a name",
    "fffe7b007d00, UTF-16 with a mark",
    "7b007d00, UTF-16",
    "007b007d, UTF-16",
    "0000007b0000007d, UTF-32",
    "7b0000007d000000, UTF-32",
    "fffe00007b000000, UTF-32 with a mark",
    "efbbbf7b7d, UTF-8 with a mark",
    "efbb, half a mark",
  })
  void refusesWhatIsNotUtf8(String hex, String problem) throws Exception {
    assertRefused(HexText.decode(hex.replace(" ", ""), problem));
  }

  @Test
  void refusesBadUtf8WhereverABufferEnds() {
    for (int padding = 3990; padding < 4010; padding++) {
      assertRefused(Bytes.concat(spaces(padding), Bytes.utf8("{}"), Bytes.of((byte) 0xc3)));
    }
    for (int padding = 8180; padding < 8200; padding++) {
      assertRefused(Bytes.concat(spaces(padding), Bytes.utf8("{}"), Bytes.of((byte) 0xe2)));
    }
  }

  @Test
  void readsTextAcrossBufferEnds() throws Exception {
    for (int padding = 3980; padding < 4010; padding++) {
      String text = "x".repeat(padding) + "\u00e9\u20ac\ud83d\ude00";
      assertThat(parse("[\"" + text + "\",\"" + text + "\"]"))
          .isEqualTo(JsonArray.of(new JsonString(text), new JsonString(text)));
    }
  }

  @Test
  void buildsTheTree() throws Exception {
    assertThat(
            parse(
                "{\"s\":\"\\u00e9\\n\",\"n\":-1.50e3,\"t\":true,\"f\":false,\"z\":null,"
                    + "\"a\":[1,\"x\"],\"o\":{\"\":{}}}"))
        .isEqualTo(
            JsonObject.builder()
                .put("s", "\u00e9\n")
                .put("n", new JsonNumber("-1.50e3"))
                .put("t", true)
                .put("f", false)
                .put("z", JsonNull.INSTANCE)
                .put("a", JsonArray.of(JsonNumber.of(1), new JsonString("x")))
                .put("o", JsonObject.builder().put("", JsonObject.EMPTY).build())
                .build());
  }

  @Test
  void keepsTheOrderOfMembers() throws Exception {
    assertThat(((JsonObject) parse("{\"b\":1,\"a\":2,\"c\":3}")).members())
        .extracting(JsonObject.Member::name)
        .containsExactly("b", "a", "c");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":1,\"a\":2}|test: duplicate member \"a\" (line 1, column 8)",
        "[1,]|test: not valid JSON (line 1, column 4)",
        "[1|test: ends inside a JSON value",
        "'  '|test: empty where a JSON value is expected",
        "[] []|test: data after the JSON value (line 1, column 4)",
        "[1e999]|test: number too large (line 1, column 2)",
        "[\"\\ud800\"]|test: escaped surrogate that is not one of a pair (line 1, column 2)",
      })
  void saysWhatIsWrongAndWhere(String text, String message) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(text))
        .satisfies(e -> assertThat(e.message()).isEqualTo(message));
  }

  @Test
  void saysThatTextIsNotUtf8() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> JsonParser.parse(Bytes.of((byte) '"', (byte) 0xff, (byte) '"'), "test"))
        .satisfies(e -> assertThat(e.message()).isEqualTo("test: not valid UTF-8"));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse("\ufeff{}"))
        .satisfies(e -> assertThat(e.message()).isEqualTo("test: starts with a byte order mark"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"auth\":hunter2}",
        "{\"auth\":\"hunter2",
        "{\"auth\":\"hunter2\\q\"}",
        "{\"auth\":\"hunter2\" x}",
        "{\"auth\":\"hunter2\"} hunter2",
        "hunter2",
      })
  void neverShowsAValueOfABrokenDocument(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(text))
        .satisfies(e -> {
          for (Throwable t = e; t != null; t = t.getCause()) {
            assertThat(t.toString()).doesNotContain("hunter2");
          }
        });
  }

  @Test
  void parsesADocumentThatHasToBeAnObject() throws Exception {
    assertThat(JsonParser.parseObject(Bytes.utf8("{\"a\":1}"), "test").size()).isEqualTo(1);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> JsonParser.parseObject(Bytes.utf8("[]"), "test"))
        .satisfies(e -> assertThat(e.message()).isEqualTo("test: not a JSON object"));
  }

  private static JsonValue parse(String text) throws MalformedInputException {
    return JsonParser.parse(Bytes.utf8(text), "test");
  }

  private static void assertRefused(Bytes input) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> JsonParser.parse(input, "test"));
  }

  private static Bytes spaces(int count) {
    return Bytes.utf8(" ".repeat(count));
  }
}
