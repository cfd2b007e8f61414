package dev.bulla.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bulla.error.MalformedInputException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonValueTest {

  @Test
  void findsMembersByExactNameInSmallAndLargeObjects() {
    for (int size = 0; size < 40; size++) {
      JsonObject.Builder builder = JsonObject.builder();
      for (int i = 0; i < size; i++) {
        builder.put("m" + i, i);
      }
      JsonObject object = builder.build();
      assertThat(object.size()).isEqualTo(size);
      for (int i = 0; i < size; i++) {
        assertThat(object.get("m" + i)).contains(JsonNumber.of(i));
      }
      assertThat(object.get("M0")).isEmpty();
      assertThat(object.get("m" + size)).isEmpty();
    }
  }

  @Test
  void refusesASecondMemberOfOneNameInSmallAndLargeObjects() {
    for (int size = 1; size < 20; size++) {
      JsonObject.Builder builder = JsonObject.builder();
      for (int i = 0; i < size; i++) {
        builder.put("m" + i, i);
      }
      String last = "m" + (size - 1);
      assertThatIllegalArgumentException().isThrownBy(() -> builder.put("m0", "x"));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.put(last, true));
      assertThat(builder.build().size()).isEqualTo(size);
    }
  }

  @Test
  void countsANullLiteralAsAValue() {
    assertThat(JsonObject.builder().put("a", JsonNull.INSTANCE).build().get("a"))
        .contains(JsonNull.INSTANCE);
  }

  @Test
  void comparesObjectsWithoutRegardToOrder() {
    JsonObject ab = JsonObject.builder().put("a", 1).put("b", "x").build();
    JsonObject ba = JsonObject.builder().put("b", "x").put("a", 1).build();

    assertThat(ab).isEqualTo(ba).hasSameHashCodeAs(ba);
    assertThat(ab.members()).isNotEqualTo(ba.members());
    assertThat(ab)
        .isNotEqualTo(JsonObject.builder().put("a", 1).build())
        .isNotEqualTo(JsonObject.builder().put("a", 2).put("b", "x").build())
        .isNotEqualTo(JsonObject.builder().put("a", 1).put("c", "x").build())
        .isNotEqualTo(JsonObject.EMPTY)
        .isNotEqualTo(JsonArray.EMPTY);
  }

  @Test
  void comparesArraysInOrderAndNumbersBySpelling() {
    assertThat(JsonArray.of(JsonNumber.of(1), JsonNumber.of(2)))
        .isEqualTo(JsonArray.of(List.of(JsonNumber.of(1), JsonNumber.of(2))))
        .isNotEqualTo(JsonArray.of(JsonNumber.of(2), JsonNumber.of(1)));
    assertThat(new JsonNumber("1")).isEqualTo(JsonNumber.of(1)).isNotEqualTo(JsonNumber.of(1.5));
    assertThat(new JsonNumber("1.0")).isNotEqualTo(JsonNumber.of(1));
    assertThat(new JsonString("1")).isNotEqualTo(JsonNumber.of(1));
  }

  @Test
  void doesNotChangeWithTheListItWasMadeOf() {
    List<JsonValue> values = new ArrayList<>();
    values.add(JsonNull.INSTANCE);
    JsonArray array = JsonArray.of(values);
    values.clear();

    assertThat(array.size()).isEqualTo(1);
  }

  @Test
  void isOfNoUseAsABuilderAfterwards() {
    JsonObject.Builder builder = JsonObject.builder().put("a", 1);
    JsonObject object = builder.build();

    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> builder.put("b", 1));
    assertThat(object.size()).isEqualTo(1);
  }

  @Test
  void showsShapesAndNeverContent() {
    JsonObject object =
        JsonObject.builder()
            .put("hunter2", "hunter2")
            .put("n", 271828)
            .put("a", JsonArray.of(new JsonString("hunter2")))
            .build();

    assertThat(object.toString()).isEqualTo("JsonObject[3 members]");
    assertThat(object.members().toString()).doesNotContain("hunter2").doesNotContain("271828");
    assertThat(new JsonString("hunter2").toString()).isEqualTo("JsonString[7 characters]");
    assertThat(JsonArray.of(new JsonString("x")).toString()).isEqualTo("JsonArray[1 values]");
    assertThat(JsonNull.INSTANCE.toString()).isEqualTo("JsonNull");
    assertThat(JsonBoolean.of(true).toString()).isEqualTo("JsonBoolean[true]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "7",
        "9223372036854775807",
        "-9223372036854775808",
      })
  void readsIntegersOf64Bits(String text) throws Exception {
    assertThat(new JsonNumber(text).longValue()).isEqualTo(Long.parseLong(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999",
        "1000000000000000000000000",
        "1.0",
        "1e2",
        "-0.0",
        "0e0",
        "0.5",
      })
  void refusesOtherNumbersAsIntegers(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> new JsonNumber(text).longValue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+1",
        "01",
        "1.",
        ".1",
        "1e",
        "1e+",
        "0x1",
        "NaN",
        "Infinity",
        "1 ",
        " 1",
        "1f",
        "1d",
        "\u0661",
        "1e999",
        "--1",
        "1-",
        "1e1.0",
        "1e1e1",
        "1.-1"
      })
  void isNeverMadeOfWhatIsNoNumber(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new JsonNumber(text));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "0.1, 0.1", "1e100, 1e+100", "-2.5, -2.5", "1e-7, 1e-7", "-0.0, -0"})
  void spellsDoublesShortest(double value, String text) {
    assertThat(JsonNumber.of(value).text()).isEqualTo(text);
  }

  @Test
  void spellsLongsInFull() {
    assertThat(JsonNumber.of(Long.MIN_VALUE).text()).isEqualTo("-9223372036854775808");
    assertThat(JsonNumber.of(Long.MAX_VALUE).text()).isEqualTo("9223372036854775807");
  }
}
