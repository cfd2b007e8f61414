package dev.bulla.admission.alert;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Templates by name: those of a folder, then those that come along. */
final class Templates {

  /** What comes along. */
  static final List<String> OURS =
      List.of("slack", "opsgenie", "keybase", "msteams", "ecs-1-12-0", "cloudevents");

  private static final int MAX_FILE = 1 << 20;

  private Templates() {}

  /**
   * Reads a template.
   *
   * @param name a plain file name without {@code .json}
   */
  static Template load(String name, Optional<Path> folder) throws ConfigurationException {
    if (folder.isPresent()) {
      Path file = folder.get().resolve(name + ".json");
      if (Files.isRegularFile(file)) {
        try (InputStream in = Files.newInputStream(file)) {
          return Template.parse(name, text(in, name));
        } catch (IOException e) {
          throw new ConfigurationException(
              "alert template " + Quoted.text(name) + " cannot be read: " + e.getMessage(), e);
        }
      }
    }
    if (OURS.contains(name)) {
      try (InputStream in = Templates.class.getResourceAsStream(name + ".json")) {
        if (in != null) {
          return Template.parse(name, text(in, name));
        }
      } catch (IOException e) {
        throw new ConfigurationException(
            "alert template " + Quoted.text(name) + " cannot be read", e);
      }
    }
    throw new ConfigurationException(
        "there is no alert template " + Quoted.text(name),
        "those that come along are " + String.join(", ", OURS));
  }

  private static String text(InputStream in, String name)
      throws IOException, ConfigurationException {
    try {
      Bytes bytes = LimitedInput.readAll(in, MAX_FILE, "alert template " + Quoted.text(name));
      return bytes.toUtf8String("alert template " + Quoted.text(name));
    } catch (MalformedInputException e) {
      throw new ConfigurationException(e.message(), e);
    }
  }
}
