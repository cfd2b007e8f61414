package dev.bulla.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bulla.bytes.Bytes;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class GoJsonTest {

  @Test
  void escapesControlCharactersWithShortFormsWhereThereAreAny() throws Exception {
    assertThat(string("\b\f\n\r\t")).isEqualTo("\"\\b\\f\\n\\r\\t\"");
    assertThat(string("\u0000\u0001\u000b\u001f")).isEqualTo("\"\\u0000\\u0001\\u000b\\u001f\"");
    assertThat(string("\u007f\u0080")).isEqualTo("\"\u007f\u0080\"");
  }

  @Test
  void escapesQuoteAndBackslashButNotSlash() throws Exception {
    assertThat(string("a\"b\\c/d")).isEqualTo("\"a\\\"b\\\\c/d\"");
  }

  @Test
  void escapesWhatIsSpecialToHtmlAndJavaScript() throws Exception {
    assertThat(string("<a>&'=")).isEqualTo("\"\\u003ca\\u003e\\u0026'=\"");
    assertThat(string("\u2027\u2028\u2029\u202a")).isEqualTo("\"\u2027\\u2028\\u2029\u202a\"");
  }

  @Test
  void writesOtherTextAsRawUtf8() throws Exception {
    String text = "\u00e9\u07ff\u0800\u20ac\ufb33\ufffd\uffff\ud83d\ude00\udbff\udfff";

    assertThat(string(text)).isEqualTo("\"" + text + "\"");
  }

  @Test
  void replacesUnpairedSurrogatesAsGoReplacesInvalidText() throws Exception {
    assertThat(string("\ud800")).isEqualTo("\"\\ufffd\"");
    assertThat(string("a\udc00\ud800b\ud83d\ude00")).isEqualTo("\"a\\ufffd\\ufffdb\ud83d\ude00\"");
  }

  @Test
  void escapesMemberNamesLikeStrings() throws Exception {
    assertThat(text(JsonObject.builder().put("<\n", true).build()))
        .isEqualTo("{\"\\u003c\\n\":true}");
  }

  @Test
  void keepsOrderAndSpellingOfNumbers() throws Exception {
    String document = "{\"b\":1.50,\"a\":[1E+2,-0,null,true,false,{},[]],\"c\":\"\"}";

    assertThat(text(JsonParser.parse(Bytes.utf8(document), "test"))).isEqualTo(document);
  }

  @Test
  void indentsLikeMarshalIndent() throws Exception {
    JsonObject value =
        JsonObject.builder()
            .put("a", 1)
            .put("empty", JsonObject.EMPTY)
            .put("none", JsonArray.EMPTY)
            .put("list", JsonArray.of(JsonNull.INSTANCE, JsonArray.of(JsonBoolean.TRUE)))
            .put("o", JsonObject.builder().put("<", "x").build())
            .build();

    assertThat(GoJson.writeIndented(value, 2).toUtf8String("test"))
        .isEqualTo(
            """
            {
              "a": 1,
              "empty": {},
              "none": [],
              "list": [
                null,
                [
                  true
                ]
              ],
              "o": {
                "\\u003c": "x"
              }
            }\
            """);
    assertThat(GoJson.writeIndented(JsonArray.of(JsonNull.INSTANCE), 3).toUtf8String("test"))
        .isEqualTo("[\n   null\n]");
    assertThat(GoJson.writeIndented(JsonObject.EMPTY, 3).toUtf8String("test")).isEqualTo("{}");
  }

  @Test
  void refusesAnIndentationThatIsNone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GoJson.writeIndented(JsonNull.INSTANCE, 0));
  }

  @Test
  void sortsMapsByTheBytesOfTheirNames() throws Exception {
    Map<String, String> map = new HashMap<>();
    for (String name : new String[] {"b", "a", "aa", "B", "", "\ud83d\ude00", "\uffee", "\u00e9"}) {
      map.put(name, "");
    }

    // U+FFEE comes before U+1F600 in UTF-8, and after its surrogates in UTF-16
    assertThat(JsonObject.sortedStrings(map).members())
        .extracting(JsonObject.Member::name)
        .containsExactly("", "B", "a", "aa", "b", "\u00e9", "\uffee", "\ud83d\ude00");
  }

  private static String string(String value) throws Exception {
    return text(new JsonString(value));
  }

  private static String text(JsonValue value) throws Exception {
    return GoJson.write(value).toUtf8String("test");
  }
}
