package dev.bulla.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class ProtoJsonTest {

  @Test
  void leavesHtmlAndLineSeparatorsAlone() throws Exception {
    String text = "<a>&\u2028\u2029\u007f\u00e9\ud83d\ude00/";

    assertThat(write(text)).isEqualTo("\"" + text + "\"");
  }

  @Test
  void escapesQuoteBackslashAndControlCharacters() throws Exception {
    assertThat(write("\"\\\b\f\n\r\t\u0000\u001f"))
        .isEqualTo("\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\"");
  }

  @Test
  void refusesTextThatHasNoEncoding() {
    assertThatIllegalArgumentException().isThrownBy(() -> write("\ud800"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProtoJson.write(JsonObject.builder().put("\udc00", 1).build()));
  }

  private static String write(String value) throws Exception {
    return ProtoJson.write(new JsonString(value)).toUtf8String("test");
  }
}
