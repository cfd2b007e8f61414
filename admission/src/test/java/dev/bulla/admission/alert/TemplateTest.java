package dev.bulla.admission.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {

  @TempDir Path folder;

  private static Map<String, String> values() {
    Map<String, String> values = new HashMap<>();
    Template.VARIABLES.forEach(name -> values.put(name, name + " value"));
    values.put("priority", "3");
    return values;
  }

  private static String rendered(String template, Map<String, String> values) throws Exception {
    return Template.parse("test", template)
        .render(values, JsonObject.EMPTY)
        .orElseThrow()
        .toUtf8String("rendered");
  }

  private static JsonObject ours(String name, Map<String, String> values) throws Exception {
    Bytes text =
        Templates.load(name, Optional.empty()).render(values, JsonObject.EMPTY).orElseThrow();
    return JsonParser.parseObject(text, name);
  }

  @Test
  @ConnaisseurRow({"E1", "E7"})
  void variablesGetTheirValuesAndSingleBracesAreText() throws Exception {
    assertThat(rendered("{\"a\":\"{{ cluster }}\",\"b\":{{priority}},\"c\":\"{ x }\"}", values()))
        .isEqualTo("{\"a\":\"cluster value\",\"b\":3,\"c\":\"{ x }\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":\"{{{ cluster }}}\"}",
        "{\"a\":\"{{ cluster }\"}",
        "{\"a\":\"{{ cluster\"}",
        "{\"a\":\"{{ {cluster} }}\"}",
        "{\"a\":\"{{ unknown }}\"}",
        "{\"a\":\"{{ cluster|upper }}\"}",
        "{\"a\":\"{{}}\"}",
      })
  @ConnaisseurRow({"E3", "E6"})
  void bracesThatDoNotBelongTogetherAndUnknownNamesAreErrors(String template) {
    assertThatThrownBy(() -> Template.parse("test", template))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("alert template \"test\": ");
  }

  @Test
  void whatIsNoObjectIsAnError() {
    assertThatThrownBy(() -> rendered("[\"{{ cluster }}\"]", values()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("does not make a JSON object");
  }

  @Test
  @ConnaisseurRow("E5")
  void nothingIsSentForNothing() throws Exception {
    for (String template : new String[] {"", " \n", "{}", "{ }"}) {
      assertThat(Template.parse("test", template).render(values(), JsonObject.EMPTY)).isEmpty();
    }
  }

  @Test
  @ConnaisseurRow("E10")
  void noValueCanEndItsString() throws Exception {
    Random random = new Random(26);
    for (int i = 0; i < 200; i++) {
      StringBuilder hostile = new StringBuilder();
      for (int j = 0; j < 20; j++) {
        hostile.append("\"\\{}\n,:a\u2028<é".charAt(random.nextInt(11)));
      }
      Map<String, String> values = values();
      values.put("connaisseur_pod_id", hostile.toString());
      JsonObject object =
          JsonParser.parseObject(
              Bytes.utf8(rendered("{\"a\":\"{{ connaisseur_pod_id }}\",\"b\":1}", values)), "test");
      assertThat(object.size()).isEqualTo(2);
      assertThat(object.get("a").orElseThrow().toString()).isNotEmpty();
    }
  }

  @Test
  void payloadFieldsTakeThePlaceOfMembersAndAddOthers() throws Exception {
    JsonObject fields =
        JsonParser.parseObject(Bytes.utf8("{\"b\":[1],\"z\":{\"k\":null}}"), "fields");
    Bytes rendered =
        Template.parse("test", "{\"a\":1,\"b\":2}").render(values(), fields).orElseThrow();
    assertThat(rendered).isEqualTo(Bytes.utf8("{\"a\":1,\"b\":[1],\"z\":{\"k\":null}}"));
  }

  @Test
  @ConnaisseurRow("E1")
  void everyTemplateThatComesAlongMakesAnObject() throws Exception {
    for (String name : Templates.OURS) {
      assertThat(ours(name, values()).isEmpty()).as(name).isFalse();
    }
  }

  @Test
  @ConnaisseurRow({"E2", "E11"})
  void theUsersTemplatesGoBeforeOursAndAMissingOneIsAnError() throws Exception {
    Files.writeString(folder.resolve("slack.json"), "{\"mine\":1}");
    assertThat(Templates.load("slack", Optional.of(folder)).render(values(), JsonObject.EMPTY))
        .contains(Bytes.utf8("{\"mine\":1}"));
    assertThatThrownBy(() -> Templates.load("none", Optional.of(folder)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("there is no alert template \"none\"");
  }
}
