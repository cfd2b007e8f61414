package dev.bulla.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random trees, biased to what writers get wrong. */
final class JsonGenerator {

  private static final String[] HARD = {
    "",
    "\"",
    "\\",
    "/",
    "<>&",
    "\u2028\u2029",
    "\u0000",
    "\b\f\n\r\t",
    "\u001f\u007f\u0080",
    "\ud83d\ude00",
    "\udbff\udfff",
    "\uffff",
    "\ufeff",
    "\u212a",
    "\u0130\u0131",
    "e\u0301"
  };

  private static final String[] ODD_NUMBERS = {
    "1.50", "-0", "1E2", "1e-05", "0.0", "123456789012345678901234567890"
  };

  private final Random random;
  private final boolean canonicalNumbers;

  /**
   * @param canonicalNumbers whether numbers are spelled as RFC 8785 has them, as no other spelling
   *     comes back from its writer
   */
  JsonGenerator(Random random, boolean canonicalNumbers) {
    this.random = random;
    this.canonicalNumbers = canonicalNumbers;
  }

  JsonValue value(int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 5)) {
      case 0 -> JsonNull.INSTANCE;
      case 1 -> JsonBoolean.of(random.nextBoolean());
      case 2 -> number();
      case 3, 4 -> new JsonString(text());
      case 5 -> array(depth - 1);
      default -> object(depth - 1);
    };
  }

  JsonObject object(int depth) {
    JsonObject.Builder builder = JsonObject.builder();
    int size = size();
    for (int i = 0; i < size; i++) {
      String name = text();
      if (!builder.has(name)) {
        builder.put(name, value(depth));
      }
    }
    return builder.build();
  }

  private JsonArray array(int depth) {
    List<JsonValue> values = new ArrayList<>();
    int size = size();
    for (int i = 0; i < size; i++) {
      values.add(value(depth));
    }
    return JsonArray.of(values);
  }

  private int size() {
    return random.nextInt(10) == 0 ? random.nextInt(30) : random.nextInt(4);
  }

  private JsonNumber number() {
    return switch (random.nextInt(4)) {
      case 0 -> JsonNumber.of((long) random.nextInt(1000) - 500);
      case 1 -> JsonNumber.of(random.nextLong() >> 11);
      case 2 -> {
        double any = Double.longBitsToDouble(random.nextLong());
        yield JsonNumber.of(Double.isFinite(any) && any != 0 ? any : 0.5);
      }
      default ->
          canonicalNumbers
              ? JsonNumber.of(random.nextInt() / 64.0)
              : new JsonNumber(ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)]);
    };
  }

  String text() {
    StringBuilder text = new StringBuilder();
    int parts = random.nextInt(5);
    for (int i = 0; i < parts; i++) {
      switch (random.nextInt(4)) {
        case 0 -> text.append(HARD[random.nextInt(HARD.length)]);
        case 1 -> text.appendCodePoint(scalar());
        default -> text.append((char) (' ' + random.nextInt(95)));
      }
    }
    return text.toString();
  }

  /** Any Unicode scalar value, that is, no surrogate. */
  private int scalar() {
    int point = random.nextInt(0x110000 - 0x800);
    return point < 0xd800 ? point : point + 0x800;
  }
}
