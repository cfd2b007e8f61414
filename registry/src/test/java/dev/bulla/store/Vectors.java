package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import java.io.IOException;
import java.io.InputStream;

/** Reads vectors; one that is not there fails the test. */
final class Vectors {

  private Vectors() {}

  static Bytes bytes(String path) throws IOException, MalformedInputException {
    try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + path)) {
      if (in == null) {
        throw new AssertionError("no vector " + path);
      }
      return LimitedInput.readAll(in, Limits.MAX_MANIFEST, path);
    }
  }

  static JsonObject json(String path) throws IOException, MalformedInputException {
    return JsonParser.parseObject(bytes(path), path);
  }
}
