package dev.bulla.key;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files under {@code vectors/keys}. A list that comes out empty is a failure of its own. */
final class KeyVectors {

  static final Bytes MESSAGE = Bytes.utf8("formats.md test message\n");

  private KeyVectors() {}

  static Bytes file(String name) {
    try {
      return Bytes.of(Files.readAllBytes(path(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Bytes base64File(String name) throws MalformedInputException {
    return Base64Text.decodeIgnoringNewlines(file(name).toUtf8String(name), name);
  }

  static VerificationKey publicKey(String name) throws MalformedInputException {
    return VerificationKey.parsePem(file(name), name);
  }

  static List<String> names(String directory, String suffix) {
    try (Stream<Path> files = Files.list(path(directory))) {
      List<String> names =
          files
              .map(file -> directory + "/" + file.getFileName())
              .filter(name -> name.endsWith(suffix))
              .sorted()
              .toList();
      return notEmpty(names, directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The elements of a JSON file that is a list of objects. */
  static List<GoFields> index(String name) throws MalformedInputException {
    List<GoFields> cases = new ArrayList<>();
    if (JsonParser.parse(file(name), name) instanceof JsonArray array) {
      for (JsonValue value : array.values()) {
        cases.add(GoFields.of((JsonObject) value, name));
      }
    }
    return notEmpty(cases, name);
  }

  private static <T> List<T> notEmpty(List<T> found, String where) {
    if (found.isEmpty()) {
      throw new AssertionError("no vectors in " + where);
    }
    return found;
  }

  private static Path path(String name) {
    try {
      var url = KeyVectors.class.getResource("/vectors/keys/" + name);
      if (url == null) {
        throw new AssertionError("no such vector: " + name);
      }
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
