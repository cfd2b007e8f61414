package dev.bulla.json;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The files under {@code vectors/json}; their README names the origins. */
final class Vectors {

  private Vectors() {}

  static Bytes bytes(String file) throws IOException {
    try (InputStream in = Vectors.class.getResourceAsStream("/vectors/json/" + file)) {
      if (in == null) {
        throw new AssertionError("no vector " + file);
      }
      return Bytes.of(in.readAllBytes());
    }
  }

  static JsonObject object(String file) throws IOException, MalformedInputException {
    return JsonParser.parseObject(bytes(file), file);
  }

  static List<GoFields> cases(String file) throws IOException, MalformedInputException {
    JsonObject wrapped =
        JsonObject.builder().put("cases", JsonParser.parse(bytes(file), file)).build();
    List<GoFields> cases = GoFields.of(wrapped, file).fieldsList("cases");
    if (cases.isEmpty()) {
      throw new AssertionError("no cases in " + file);
    }
    return cases;
  }
}
