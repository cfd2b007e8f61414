package dev.bulla.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import org.junit.jupiter.api.Test;

/** Each limit at its boundary, and the documents that try to hurt. */
final class JsonLimitsTest {

  private static final JsonLimits SMALL = new JsonLimits(200, 3, 10, 4, 5, 6);

  @Test
  void boundsTheSizeOfTheDocument() throws Exception {
    parse("[" + " ".repeat(198) + "]", SMALL);
    assertRefused("[" + " ".repeat(199) + "]", SMALL, "test: larger than the limit of 200 bytes");
  }

  @Test
  void boundsTheDepth() throws Exception {
    parse("[[{\"a\":0}]]", SMALL);
    assertRefused(
        "[[{\"a\":[]}]]", SMALL, "test: JSON nested deeper than 3 levels (line 1, column 8)");
    assertRefused("[[[{}]]]", SMALL, "test: JSON nested deeper than 3 levels (line 1, column 4)");
  }

  @Test
  void allowsNothingInsideAtDepthZero() throws Exception {
    JsonLimits scalars = new JsonLimits(200, 0, 10, 4, 5, 6);

    parse("1", scalars);
    assertRefused("[]", scalars, "test: JSON nested deeper than 0 levels (line 1, column 1)");
  }

  @Test
  void boundsTheValuesOfTheWholeDocument() throws Exception {
    parse("[1,2,[3,4,5],{\"a\":6},0]", SMALL);
    assertRefused(
        "[1,2,[3,4,5],{\"a\":6},0,7]", SMALL, "test: more than 10 JSON values (line 1, column 24)");
  }

  @Test
  void boundsTheMembersOfAnObject() throws Exception {
    parse("{\"a\":0,\"b\":0,\"c\":0,\"d\":0}", SMALL);
    assertRefused(
        "{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0}",
        SMALL,
        "test: JSON object with more than 4 members (line 1, column 26)");
  }

  @Test
  void boundsStringsAndNames() throws Exception {
    parse("{\"12345\":\"\\u003145\\ud83d\\ude00\"}", SMALL);
    assertRefused("\"123456\"", SMALL, "test: string longer than 5 characters (line 1, column 1)");
    assertRefused(
        "{\"123456\":0}", SMALL, "test: string longer than 5 characters (line 1, column 2)");
  }

  @Test
  void boundsNumbers() throws Exception {
    parse("[123456,-1.5e3]", SMALL);
    assertRefused("[1234567]", SMALL, "test: number longer than 6 characters (line 1, column 2)");
    assertRefused("-1.5e10", SMALL, "test: number longer than 6 characters (line 1, column 1)");
  }

  @Test
  void takes64LevelsByDefault() throws Exception {
    assertThat(Limits.MAX_JSON_DEPTH).isEqualTo(64);
    parse("[".repeat(64) + "]".repeat(64), JsonLimits.DEFAULT);
    assertRefused(
        "[".repeat(65) + "]".repeat(65),
        JsonLimits.DEFAULT,
        "test: JSON nested deeper than 64 levels (line 1, column 65)");
  }

  @Test
  void refusesNestingBombsOfEveryKind() {
    JsonLimits deepest = new JsonLimits(16 << 20, JsonLimits.HIGHEST_DEPTH, 1 << 24, 100, 100, 64);
    for (String unit : new String[] {"[", "{\"a\":", "[{\"a\":", "[[],", " [\n"}) {
      assertMalformed(unit.repeat(1_000_000), deepest);
      assertMalformed(unit.repeat(1_000_000), JsonLimits.DEFAULT);
    }
  }

  @Test
  void parsesAndWritesTheDeepestDocumentOnASmallStack() throws Exception {
    int depth = JsonLimits.HIGHEST_DEPTH / 2;
    Bytes document = Bytes.utf8("{\"a\":[".repeat(depth) + "]}".repeat(depth));
    JsonLimits deepest = new JsonLimits(1 << 20, JsonLimits.HIGHEST_DEPTH, 10_000, 100, 100, 64);
    Throwable[] failure = new Throwable[1];
    Thread small =
        new Thread(
            null,
            () -> {
              try {
                JsonValue value = JsonParser.parse(document, "test", deepest);
                assertThat(GoJson.write(value)).isEqualTo(document);
                assertThat(CanonicalJson.write(value)).isEqualTo(document);
                assertThat(value).isEqualTo(JsonParser.parse(document, "test", deepest));
                assertThat(value.hashCode())
                    .isEqualTo(JsonParser.parse(document, "test", deepest).hashCode());
              } catch (MalformedInputException | AssertionError | StackOverflowError e) {
                failure[0] = e;
              }
            },
            "small stack",
            256 << 10);
    small.start();
    small.join();

    assertThat(failure[0]).isNull();
  }

  @Test
  void refusesAMillionMembers() {
    StringBuilder document = new StringBuilder("{");
    for (int i = 0; i < 1_000_000; i++) {
      document.append("\"m").append(i).append("\":0,");
    }
    document.append("\"last\":0}");

    assertRefused(
        document.toString(),
        JsonLimits.DEFAULT.withMaxBytes(16 << 20),
        "test: JSON object with more than 50000 members (line 1, column 538892)");
  }

  @Test
  void refusesAMillionValues() {
    String document = "[" + "0,".repeat(1_000_000) + "0]";

    assertRefused(
        document,
        JsonLimits.DEFAULT,
        "test: more than 500000 JSON values (line 1, column 1000000)");
  }

  @Test
  void takesAMillionMembersWhenAskedTo() throws Exception {
    StringBuilder document = new StringBuilder("{");
    for (int i = 0; i < 1_000_000; i++) {
      document.append("\"m").append(i).append("\":null,");
    }
    document.append("\"last\":null}");
    JsonLimits wide = new JsonLimits(32 << 20, 1, 2_000_000, 2_000_000, 100, 64);

    assertThat(((JsonObject) parse(document.toString(), wide)).size()).isEqualTo(1_000_001);
  }

  @Test
  void findsADuplicateAmongNamesOfOneHash() {
    // "Aa" and "BB" have the same hash, and so has every row of them
    StringBuilder document = new StringBuilder("{");
    for (int i = 0; i < 1 << 14; i++) {
      document.append('"');
      for (int bit = 0; bit < 14; bit++) {
        document.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      document.append("\":0,");
    }
    document.append("\"").append("Aa".repeat(14)).append("\":0}");

    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(document.toString(), JsonLimits.DEFAULT))
        .withMessageContaining("duplicate member \"AaAa");
  }

  @Test
  void neverExpandsAnExponent() throws Exception {
    for (String bomb :
        new String[] {"1e-999999999", "1E-2147483649", "0e999999999", "-0.0e99999999999999999"}) {
      JsonNumber number = (JsonNumber) parse(bomb, JsonLimits.DEFAULT);
      assertThat(Math.abs(number.doubleValue())).as(bomb).isZero();
      assertThat(CanonicalJson.write(number)).as(bomb).isEqualTo(Bytes.utf8("0"));
      assertThatExceptionOfType(MalformedInputException.class).isThrownBy(number::longValue);
    }
    assertMalformed("1e999999999", JsonLimits.DEFAULT);
    assertMalformed("1" + "0".repeat(64), JsonLimits.DEFAULT);
    assertMalformed("1" + "0".repeat(1_000_000), JsonLimits.DEFAULT);
  }

  @Test
  void takesALargeStringWithinTheDefault() throws Exception {
    String text = "A".repeat(Limits.MAX_BUNDLE - 2);

    assertThat(parse("\"" + text + "\"", JsonLimits.DEFAULT)).isEqualTo(new JsonString(text));
    assertMalformed("\"" + text + "A\"", JsonLimits.DEFAULT);
  }

  @Test
  void changesOneLimitAtATime() {
    assertThat(SMALL.withMaxBytes(1000)).isEqualTo(new JsonLimits(1000, 3, 10, 4, 1000, 6));
    assertThat(SMALL.withMaxValues(11)).isEqualTo(new JsonLimits(200, 3, 11, 4, 5, 6));
  }

  @Test
  void refusesLimitsThatMakeNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new JsonLimits(1, JsonLimits.HIGHEST_DEPTH + 1, 1, 1, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new JsonLimits(1, -1, 1, 1, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new JsonLimits(-1, 1, 1, 1, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new JsonLimits(1, 1, 0, 1, 1, 1));
  }

  private static JsonValue parse(String text, JsonLimits limits) throws MalformedInputException {
    return JsonParser.parse(Bytes.utf8(text), "test", limits);
  }

  private static void assertRefused(String text, JsonLimits limits, String message) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(text, limits))
        .satisfies(e -> assertThat(e.message()).isEqualTo(message));
  }

  private static void assertMalformed(String text, JsonLimits limits) {
    assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> parse(text, limits));
  }
}
