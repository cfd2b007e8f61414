package dev.bulla.admission.command;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.terminal.WorkingFiles;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where a line's configuration is. */
final class ConfigFiles {

  /** Where the container has it. */
  static final String DEFAULT = "/app/config";

  static final Flag<String> CONFIG =
      Flag.text("config", "config.yaml, a Helm values.yaml, or the folder with one of them")
          .orElse(DEFAULT);

  /** Larger ones are refused before they are read. */
  static final int MAX_BYTES = 1 << 20;

  private static final List<String> NAMES =
      List.of("config.yaml", "config.yml", "values.yaml", "values.yml");

  private ConfigFiles() {}

  /**
   * The file that a name on the command line means: itself, or the configuration in that folder.
   */
  static String find(String name, WorkingFiles files) throws ConfigurationException {
    if (!Files.isDirectory(files.resolve(name))) {
      return name;
    }
    String folder = name.isEmpty() || name.endsWith("/") ? name : name + "/";
    for (String candidate : NAMES) {
      if (files.exists(folder + candidate)) {
        return folder + candidate;
      }
    }
    throw new ConfigurationException(
        "open " + Quoted.plain(folder) + NAMES.get(0) + ": no such file or directory");
  }

  /**
   * The text of a file that {@link #find} found.
   *
   * @throws ConfigurationException when it cannot be read, or is too large or no text
   */
  static String text(String file, WorkingFiles files) throws ConfigurationException {
    try {
      return files.read(file, MAX_BYTES).toUtf8String(Quoted.plain(file));
    } catch (MalformedInputException e) {
      throw unparsable(e);
    }
  }

  /**
   * Loads what a name on the command line means.
   *
   * @throws ConfigurationException with everything that is wrong with it
   */
  static AdmissionConfig load(String name, WorkingFiles files) throws ConfigurationException {
    String file = find(name, files);
    return parse(text(file, files), file, files);
  }

  /**
   * Reads a configuration. That it is no YAML is one more mistake of its writer.
   *
   * @throws ConfigurationException with everything that is wrong with it
   */
  static AdmissionConfig parse(String text, String file, WorkingFiles files)
      throws ConfigurationException {
    return parse(text, Quoted.plain(file), file, files);
  }

  /**
   * Reads a configuration.
   *
   * @param shown its name, for messages
   * @param file in whose folder the files are that it names
   */
  static AdmissionConfig parse(String text, String shown, String file, WorkingFiles files)
      throws ConfigurationException {
    try {
      return ConfigLoader.load(text, shown, beside(file, files)::read);
    } catch (MalformedInputException e) {
      throw unparsable(e);
    }
  }

  /**
   * Reads a configuration whose writer wants to know all that is wrong with it, also in the alerts
   * beside it.
   *
   * @throws ConfigurationException with everything that is wrong with it
   */
  static AdmissionConfig examine(String file, WorkingFiles files) throws ConfigurationException {
    try {
      return ConfigLoader.loadWithAlerts(
          text(file, files), Quoted.plain(file), beside(file, files)::read);
    } catch (MalformedInputException e) {
      throw unparsable(e);
    }
  }

  /**
   * The files that a configuration names now and that are there, whatever else is wrong with it;
   * none while it cannot be read.
   */
  static List<Path> namedBy(String name, WorkingFiles files) {
    List<Path> named = new ArrayList<>();
    try {
      String file = find(name, files);
      WorkingFiles beside = beside(file, files);
      ConfigLoader.load(
          text(file, files),
          file,
          (path, limit) -> {
            named.add(beside.resolve(path));
            throw new ConfigurationException("not now");
          });
    } catch (ConfigurationException | MalformedInputException e) {
      // what is wrong with it is told by who loads it
    }
    named.removeIf(path -> !Files.isRegularFile(path));
    return named;
  }

  private static WorkingFiles beside(String file, WorkingFiles files)
      throws ConfigurationException {
    Path folder = files.resolve(file).toAbsolutePath().getParent();
    return folder == null ? files : new WorkingFiles(folder);
  }

  /** What is no YAML, as one more mistake. */
  static ConfigurationException unparsable(MalformedInputException e) {
    return new ConfigurationException("error parsing file: " + e.message(), e);
  }
}
