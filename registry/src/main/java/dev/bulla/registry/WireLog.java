package dev.bulla.registry;

import java.util.List;

/** Hears what goes over the wire, for {@code --verbose}. Called by many threads at once. */
@FunctionalInterface
public interface WireLog {

  /** Hears nothing. */
  WireLog SILENT = lines -> {};

  /**
   * One request, response or failure.
   *
   * @param lines redacted and escaped: no credential, no signed query, no control character
   */
  void entry(List<String> lines);
}
