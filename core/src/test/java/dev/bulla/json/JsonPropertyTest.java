package dev.bulla.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class JsonPropertyTest {

  private static final int DEPTH = 5;

  @Test
  void whatGoJsonWritesParsesToTheSameTree() throws Exception {
    assertRoundTrip(GoJson::write, false);
  }

  @Test
  void whatGoJsonIndentsParsesToTheSameTree() throws Exception {
    assertRoundTrip(value -> GoJson.writeIndented(value, 3), false);
  }

  @Test
  void whatProtoJsonWritesParsesToTheSameTree() throws Exception {
    assertRoundTrip(ProtoJson::write, false);
  }

  @Test
  void whatCanonicalJsonWritesParsesToAnEqualTree() throws Exception {
    assertRoundTrip(CanonicalJson::write, true);
  }

  private static void assertRoundTrip(Function<JsonValue, Bytes> writer, boolean canonical)
      throws Exception {
    for (long seed = 0; seed < 1000; seed++) {
      JsonValue value = new JsonGenerator(new Random(seed), canonical).value(DEPTH);
      JsonValue again = JsonParser.parse(writer.apply(value), "seed " + seed);
      assertThat(again).as("seed %d", seed).isEqualTo(value);
      if (!canonical) {
        // equality of objects ignores order; the bytes do not
        assertThat(GoJson.write(again)).as("seed %d", seed).isEqualTo(GoJson.write(value));
      }
    }
  }

  @Test
  void canonicalFormDependsOnNeitherOrderNorWhitespaceNorWriter() throws Exception {
    for (long seed = 0; seed < 1000; seed++) {
      JsonObject value = new JsonGenerator(new Random(seed), false).object(DEPTH);
      Bytes canonical = CanonicalJson.write(value);
      String name = "seed " + seed;

      assertThat(CanonicalJson.write(reversed(value))).as(name).isEqualTo(canonical);
      assertThat(CanonicalJson.write(JsonParser.parse(canonical, name)))
          .as(name)
          .isEqualTo(canonical);
      assertThat(CanonicalJson.write(JsonParser.parse(GoJson.writeIndented(value, 1), name)))
          .as(name)
          .isEqualTo(canonical);
    }
  }

  private static JsonObject reversed(JsonObject object) {
    JsonObject.Builder builder = JsonObject.builder();
    for (int i = object.size() - 1; i >= 0; i--) {
      JsonObject.Member member = object.members().get(i);
      builder.put(
          member.name(),
          member.value() instanceof JsonObject nested ? reversed(nested) : member.value());
    }
    return builder.build();
  }

  @Test
  void sortedNamesFollowTheirBytes() {
    for (long seed = 0; seed < 5000; seed++) {
      JsonGenerator generator = new JsonGenerator(new Random(seed), false);
      String a = generator.text();
      String b = generator.text();
      int wanted = Arrays.compareUnsigned(Bytes.utf8(a).toByteArray(), Bytes.utf8(b).toByteArray());
      assertThat(Integer.signum(Utf8Order.INSTANCE.compare(a, b)))
          .as("seed %d", seed)
          .isEqualTo(Integer.signum(wanted));
    }
  }

  @Test
  void anyChangeOfBytesParsesOrIsMalformed() throws Exception {
    String[] files = {"bundle-plain.json", "simple-signing-payloads.json", "fallback-index.json"};
    for (String file : files) {
      byte[] original = Vectors.bytes(file).toByteArray();
      for (long seed = 0; seed < 1000; seed++) {
        readAnyhow(Bytes.of(mutated(original, new Random(seed))));
      }
    }
    for (long seed = 0; seed < 1000; seed++) {
      Random random = new Random(seed);
      JsonValue value = new JsonGenerator(random, false).value(DEPTH);
      readAnyhow(Bytes.of(mutated(GoJson.writeIndented(value, 1).toByteArray(), random)));
    }
  }

  @Test
  void everyPrefixOfAnObjectIsMalformed() throws Exception {
    byte[] whole = Vectors.bytes("bundle-plain.json").toByteArray();
    for (int length = 0; length < whole.length; length++) {
      try {
        JsonParser.parse(Bytes.of(whole, 0, length), "prefix");
      } catch (MalformedInputException expected) {
        continue;
      }
      throw new AssertionError("accepted the first " + length + " bytes");
    }
  }

  @Test
  void randomBytesParseOrAreMalformed() {
    String alphabet = "{}[]:,\"\\u0019eE+-.tfn ale\u00e9\ud83d\ude00";
    for (long seed = 0; seed < 5000; seed++) {
      Random random = new Random(seed);
      byte[] noise = new byte[random.nextInt(40)];
      random.nextBytes(noise);
      readAnyhow(Bytes.of(noise));
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(40); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      readAnyhow(Bytes.utf8(text.toString()));
    }
  }

  /**
   * Parses, and when that works, writes and reads by every rule there is. Only malformedness may
   * come out.
   */
  private static void readAnyhow(Bytes input) {
    JsonValue value;
    try {
      value = JsonParser.parse(input, "mutated");
    } catch (MalformedInputException expected) {
      return;
    }
    GoJson.write(value);
    ProtoJson.write(value);
    CanonicalJson.write(value);
    if (value instanceof JsonObject object) {
      try {
        readAll(GoFields.of(object, "mutated"), object);
      } catch (MalformedInputException expected) {
        // as it should be
      }
      try {
        ProtoFields fields = ProtoFields.of(object, "mutated");
        readAll(fields, object);
        fields.finish();
      } catch (MalformedInputException expected) {
        // as it should be
      }
    }
  }

  private static <S extends Fields<S>> void readAll(S fields, JsonObject object)
      throws MalformedInputException {
    for (JsonObject.Member member : object.members()) {
      String name = member.name();
      if (member.value() instanceof JsonObject nested) {
        readAll(fields.requiredFields(name), nested);
      } else if (member.value() instanceof JsonArray) {
        fields.array(name);
        fields.fieldsList(name);
      } else if (member.value() instanceof JsonNumber) {
        fields.int64(name);
      } else if (member.value() instanceof JsonString) {
        fields.string(name);
        fields.bytes(name);
      } else {
        fields.bool(name);
      }
    }
  }

  private static byte[] mutated(byte[] original, Random random) {
    byte[] bytes = original.clone();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        case 3 -> {
          byte[] shorter = new byte[bytes.length - 1];
          System.arraycopy(bytes, 0, shorter, 0, at);
          System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
          bytes = shorter;
        }
        default -> {
          int length = Math.min(random.nextInt(20), bytes.length - at);
          byte[] longer = new byte[bytes.length + length];
          System.arraycopy(bytes, 0, longer, 0, at + length);
          System.arraycopy(bytes, at, longer, at + length, bytes.length - at);
          bytes = longer;
        }
      }
    }
    return bytes;
  }
}
