package dev.bulla.admission.config;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;

/** Reads the files that a configuration names. */
@FunctionalInterface
public interface NamedFiles {

  /** For a configuration that is no file, and so is in no folder. */
  NamedFiles NONE =
      (name, limit) -> {
        throw new ConfigurationException("files are not read here");
      };

  /**
   * Reads a whole file.
   *
   * @param name absolute, or from the folder of the configuration
   * @param limit bytes
   * @throws ConfigurationException when it cannot be read; the message names it
   * @throws MalformedInputException when it is larger
   */
  Bytes read(String name, long limit) throws ConfigurationException, MalformedInputException;
}
