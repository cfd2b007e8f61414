package dev.bulla.vectors;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.key.VerificationKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files under {@code vectors/}; each folder's README names the origins. A file that is missing
 * and a set that is empty fail: a test that checks nothing must not pass.
 */
public final class Vectors {

  /** A line of a table: a name, a tab, and a value. */
  public record Row(String name, String value) {
    @Override
    public String toString() {
      return name;
    }
  }

  private Vectors() {}

  /** The content of a file. */
  public static Bytes bytes(String path) {
    try (InputStream in = url(path).openStream()) {
      return Bytes.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The content of a file as text. */
  public static String text(String path) throws MalformedInputException {
    return bytes(path).toUtf8String(path);
  }

  /** The content of a file that is a JSON object. */
  public static JsonObject object(String path) throws MalformedInputException {
    return JsonParser.parseObject(bytes(path), path);
  }

  /** The elements of a file that is a JSON array of objects. */
  public static List<GoFields> cases(String path) throws MalformedInputException {
    JsonObject wrapped =
        JsonObject.builder().put("cases", JsonParser.parse(bytes(path), path)).build();
    return notEmpty(GoFields.of(wrapped, path).fieldsList("cases"), path);
  }

  /** The lines of a file with two columns. */
  public static List<Row> table(String path) throws MalformedInputException {
    List<Row> rows = new ArrayList<>();
    for (String line : text(path).lines().toList()) {
      int tab = line.indexOf('\t');
      if (tab <= 0 || tab == line.length() - 1) {
        throw new AssertionError(path + ": a line without two columns");
      }
      rows.add(new Row(line.substring(0, tab), line.substring(tab + 1)));
    }
    return notEmpty(rows, path);
  }

  /** The names of the files and folders in a folder, sorted. */
  public static List<String> names(String folder) {
    try (Stream<Path> entries = Files.list(Path.of(uri(folder)))) {
      return notEmpty(
          entries.map(entry -> entry.getFileName().toString()).sorted().toList(), folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The public key in a PEM file. */
  public static VerificationKey publicKey(String path) throws MalformedInputException {
    return VerificationKey.parsePem(bytes(path), path);
  }

  private static <T> List<T> notEmpty(List<T> found, String path) {
    if (found.isEmpty()) {
      throw new AssertionError("no vectors in " + path);
    }
    return found;
  }

  private static URI uri(String path) {
    try {
      return url(path).toURI();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static URL url(String path) {
    URL url = Vectors.class.getResource("/vectors/" + path);
    if (url == null) {
      throw new AssertionError("no vector " + path);
    }
    return url;
  }
}
