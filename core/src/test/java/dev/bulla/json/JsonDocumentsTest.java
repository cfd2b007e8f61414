package dev.bulla.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDocumentsTest {

  @Test
  void readsOneObjectAfterTheOther() throws Exception {
    Bytes text = Bytes.utf8(" {\"a\":\"}{\\\"\"}\n{}\t{\"b\":[{},[]]}{\"c\":{}} ");

    assertThat(JsonDocuments.parse(text, "test"))
        .extracting(GoJson::write)
        .containsExactly(
            Bytes.utf8("{\"a\":\"}{\\\"\"}"),
            Bytes.utf8("{}"),
            Bytes.utf8("{\"b\":[{},[]]}"),
            Bytes.utf8("{\"c\":{}}"));
    assertThat(JsonDocuments.parse(Bytes.EMPTY, "test")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}x", "x{}", "{}}", "{", "{\"a\":\"", "[]", "{}[]", "{}, {}", "\"\\"})
  void refusesAnythingElse(String text) {
    assertThatThrownBy(() -> JsonDocuments.parse(Bytes.utf8(text), "test"))
        .isInstanceOf(MalformedInputException.class);
  }

  @Test
  void neverThrowsAnythingElse() {
    Random random = new Random(20261121);
    String alphabet = "{}[]\"\\:,a1 \n";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(20); j > 0; j--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        JsonDocuments.parse(Bytes.utf8(text.toString()), "test");
      } catch (MalformedInputException e) {
        assertThat(e.message()).startsWith("test");
      }
    }
  }

  @Test
  void stopsAtItsLimit() {
    assertThatThrownBy(() -> JsonDocuments.parse(Bytes.utf8("{}".repeat(1001)), "test"))
        .hasMessageContaining("more than 1000 JSON documents");
  }
}
