package dev.bulla.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GoFieldsTest {

  @Test
  void readsEveryType() throws Exception {
    GoFields fields =
        fields(
            "{\"s\":\"x\",\"n\":-5,\"t\":true,\"f\":false,\"b\":\"AAEC\","
                + "\"o\":{\"i\":{\"s\":\"y\"}},\"a\":[1,null],\"l\":[\"p\",\"q\"],"
                + "\"bl\":[\"\",\"AA==\"],\"m\":{\"K\":\"1\",\"k\":\"2\"},"
                + "\"fl\":[{\"s\":\"0\"},{\"s\":\"1\"}]}");

    assertThat(fields.requiredString("s")).isEqualTo("x");
    assertThat(fields.string("s")).contains("x");
    assertThat(fields.requiredInt64("n")).isEqualTo(-5);
    assertThat(fields.int64("n")).hasValue(-5);
    assertThat(fields.bool("t")).contains(true);
    assertThat(fields.bool("f")).contains(false);
    assertThat(fields.requiredBytes("b")).isEqualTo(Bytes.of((byte) 0, (byte) 1, (byte) 2));
    assertThat(fields.bytes("b")).isPresent();
    assertThat(fields.requiredFields("o").requiredFields("i").requiredString("s")).isEqualTo("y");
    assertThat(fields.fields("o")).isPresent();
    assertThat(fields.requiredObject("o").size()).isEqualTo(1);
    assertThat(fields.object("o")).isPresent();
    assertThat(fields.array("a")).containsExactly(JsonNumber.of(1), JsonNull.INSTANCE);
    assertThat(fields.strings("l")).containsExactly("p", "q");
    assertThat(fields.bytesList("bl")).containsExactly(Bytes.EMPTY, Bytes.of((byte) 0));
    assertThat(fields.stringMap("m")).isEqualTo(Map.of("K", "1", "k", "2"));
    List<GoFields> list = fields.fieldsList("fl");
    assertThat(list).hasSize(2);
    assertThat(list.get(1).requiredString("s")).isEqualTo("1");
    assertThat(fields.value("t")).contains(JsonBoolean.TRUE);
    assertThat(fields.has("t")).isTrue();
  }

  @Test
  void takesNullForAbsent() throws Exception {
    for (GoFields fields : List.of(fields("{}"), fields("{\"x\":null}"))) {
      assertThat(fields.has("x")).isFalse();
      assertThat(fields.value("x")).isEmpty();
      assertThat(fields.string("x")).isEmpty();
      assertThat(fields.int64("x")).isEmpty();
      assertThat(fields.bool("x")).isEmpty();
      assertThat(fields.bytes("x")).isEmpty();
      assertThat(fields.object("x")).isEmpty();
      assertThat(fields.fields("x")).isEmpty();
      assertThat(fields.array("x")).isEmpty();
      assertThat(fields.fieldsList("x")).isEmpty();
      assertThat(fields.strings("x")).isEmpty();
      assertThat(fields.bytesList("x")).isEmpty();
      assertThat(fields.stringMap("x")).isEmpty();
      assertMalformed(() -> fields.requiredString("x"), "payload: x: missing");
      assertMalformed(() -> fields.requiredInt64("x"), "payload: x: missing");
      assertMalformed(() -> fields.requiredBytes("x"), "payload: x: missing");
      assertMalformed(() -> fields.requiredObject("x"), "payload: x: missing");
      assertMalformed(() -> fields.requiredFields("x"), "payload: x: missing");
    }
  }

  // c3/legacy-payload-variants and the payloads of v0.1: upstream reads them today
  @Test
  void matchesNamesWithoutRegardToCase() throws Exception {
    GoFields fields =
        fields(
            "{\"Critical\":{\"IMAGE\":{\"Docker-manifest-digest\":\"sha256:00\"}},"
                + "\"Optional\":null}");

    assertThat(
            fields
                .requiredFields("critical")
                .requiredFields("image")
                .requiredString("docker-manifest-digest"))
        .isEqualTo("sha256:00");
  }

  @ParameterizedTest
  @CsvSource({
    "kind, \u212aind",
    "kind, KIND",
    "digest, dige\u017ft",
    "signatures, \u017fIGNATURE\u017f",
    "\u00e9, \u00c9",
    "\u03c3, \u03c2",
    "\u03c9, \u2126",
    "\u00df, \u1e9e",
    "\u01c4, \u01c5",
    "\ud801\udc28, \ud801\udc00",
  })
  void foldsAsGoDoes(String asked, String written) throws Exception {
    assertThat(fields("{\"" + written + "\":\"x\"}").string(asked)).contains("x");
    assertMalformed(
        () -> fields("{\"" + asked + "\":1,\"" + written + "\":2}"),
        "payload: members \"" + asked + "\" and \"" + written + "\" differ only in case");
  }

  @ParameterizedTest
  @CsvSource({
    "digest, d\u0131gest",
    "digest, d\u0130gest",
    "digest, \uff44igest",
    "digest, digest\u0301",
    "ss, \u00df",
    "fi, \ufb01",
    "a-b, a_b",
    "ab, abc",
  })
  void foldsNothingElse(String asked, String written) throws Exception {
    assertThat(fields("{\"" + written + "\":\"x\"}").string(asked)).isEmpty();
    assertThat(fields("{\"" + asked + "\":\"y\",\"" + written + "\":\"x\"}").string(asked))
        .contains("y");
  }

  @Test
  void refusesNamesThatDifferOnlyInCaseAtEveryLevel() throws Exception {
    assertMalformed(
        () -> fields("{\"unknown\":1,\"UNKNOWN\":2}"),
        "payload: members \"unknown\" and \"UNKNOWN\" differ only in case");
    GoFields outer = fields("{\"o\":{\"a\":1,\"A\":2},\"l\":[{},{\"b\":1,\"B\":1}]}");
    assertMalformed(
        () -> outer.fields("o"), "payload: o: members \"a\" and \"A\" differ only in case");
    assertMalformed(
        () -> outer.fieldsList("l"), "payload: l[1]: members \"b\" and \"B\" differ only in case");
  }

  @Test
  void leavesTheNamesOfMapsAlone() throws Exception {
    GoFields fields = fields("{\"annotations\":{\"a\":\"1\",\"A\":\"2\"}}");

    assertThat(fields.stringMap("annotations"))
        .containsExactly(Map.entry("a", "1"), Map.entry("A", "2"));
    assertThat(fields.requiredObject("annotations").size()).isEqualTo(2);
  }

  @Test
  void ignoresUnknownMembers() throws Exception {
    assertThat(fields("{\"a\":\"x\",\"other\":{\"x\":[1]}}").requiredString("a")).isEqualTo("x");
  }

  @Test
  void ignoresLineBreaksInBase64ButNothingElse() throws Exception {
    assertThat(fields("{\"b\":\"AA\\r\\nEC\\n\"}").requiredBytes("b").size()).isEqualTo(3);
    for (String bad : new String[] {"AA EC", "AA", "A", "AA=", "AA=A", "-_-_", "AAEC=", "AB=="}) {
      assertThatExceptionOfType(MalformedInputException.class)
          .as(bad)
          .isThrownBy(() -> fields("{\"b\":\"" + bad + "\"}").requiredBytes("b"))
          .withMessageStartingWith("payload: b: ");
    }
  }

  @Test
  void takesOnlyNumbersForIntegers() {
    assertMalformed(
        () -> fields("{\"n\":\"5\"}").int64("n"), "payload: n: expected an integer of 64 bits");
    for (String bad : new String[] {"1.0", "1e3", "9223372036854775808", "0.5"}) {
      assertMalformed(
          () -> fields("{\"n\":" + bad + "}").int64("n"),
          "payload: n: expected an integer of 64 bits");
    }
  }

  @Test
  void namesThePathOfWhatIsWrong() throws Exception {
    GoFields fields =
        fields(
            "{\"a\":{\"b\":{\"s\":5,\"n\":{},\"o\":[],\"l\":{},\"t\":\"true\",\"sl\":[\"x\",true],"
                + "\"m\":{\"k\\u001b\":null},\"fl\":[{},false],\"bl\":[\"\",\"?\"]}}}");
    GoFields inner = fields.requiredFields("a").requiredFields("b");

    assertMalformed(() -> inner.string("s"), "payload: a.b.s: expected a string, found a number");
    assertMalformed(() -> inner.bytes("s"), "payload: a.b.s: expected a string, found a number");
    assertMalformed(() -> inner.int64("n"), "payload: a.b.n: expected an integer, found an object");
    assertMalformed(() -> inner.object("o"), "payload: a.b.o: expected an object, found an array");
    assertMalformed(() -> inner.fields("o"), "payload: a.b.o: expected an object, found an array");
    assertMalformed(() -> inner.array("l"), "payload: a.b.l: expected an array, found an object");
    assertMalformed(
        () -> inner.bool("t"), "payload: a.b.t: expected true or false, found a string");
    assertMalformed(() -> inner.strings("sl"), "payload: a.b.sl[1]: expected a string, found true");
    assertMalformed(
        () -> inner.stringMap("m"),
        "payload: a.b.m: expected a string for \"k\\u{1b}\", found null");
    assertMalformed(
        () -> inner.fieldsList("fl"), "payload: a.b.fl[1]: expected an object, found false");
    assertMalformed(() -> inner.bytesList("bl"), "payload: a.b.bl[1]: not base64");
    assertMalformed(
        () -> {
          throw inner.malformed("s", "too odd");
        },
        "payload: a.b.s: too odd");
    assertThat(inner.where("s")).isEqualTo("payload: a.b.s");
    assertThat(fields.where("s")).isEqualTo("payload: s");
  }

  private static GoFields fields(String text) throws MalformedInputException {
    return GoFields.of(JsonParser.parseObject(Bytes.utf8(text), "payload"), "payload");
  }

  private static void assertMalformed(ThrowingCallable call, String message) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.message()).isEqualTo(message));
  }
}
