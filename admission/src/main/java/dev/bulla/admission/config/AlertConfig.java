package dev.bulla.admission.config;

import dev.bulla.json.JsonObject;
import java.util.List;

/**
 * Who is told what was decided.
 *
 * @param cluster what this cluster is called in alerts
 * @param admit told of what was let through
 * @param reject told of the rest
 * @param warnings what the writer should know, each with file and line
 */
public record AlertConfig(
    String cluster, List<Receiver> admit, List<Receiver> reject, List<String> warnings) {

  /** Nobody is told. */
  public static final AlertConfig NONE =
      new AlertConfig("not specified", List.of(), List.of(), List.of());

  public AlertConfig {
    admit = List.copyOf(admit);
    reject = List.copyOf(reject);
    warnings = List.copyOf(warnings);
  }

  /**
   * One who is told. {@link #toString()} shows no address, since those of chat services are
   * secrets.
   *
   * @param name for logs and errors
   * @param template name of the text that is sent
   * @param url HTTP or HTTPS
   * @param payloadFields take the place of members of the text
   * @param mandatory whether nothing is admitted when this one cannot be told
   * @param line where it stands in the file
   */
  public record Receiver(
      String name,
      String template,
      String url,
      int priority,
      List<Header> headers,
      JsonObject payloadFields,
      boolean mandatory,
      int line) {

    public Receiver {
      headers = List.copyOf(headers);
    }

    @Override
    public String toString() {
      return "Receiver[" + name + "]";
    }
  }

  /** A header of the request; {@link #toString()} shows no value. */
  public sealed interface Header {

    String name();

    /** With a value that stands in the configuration. */
    record Plain(String name, String value) implements Header {
      @Override
      public String toString() {
        return "Plain[" + name + "]";
      }
    }

    /**
     * With a value that is mounted.
     *
     * @param secret the secret's name
     * @param key the file in it
     */
    record FromSecret(String name, String secret, String key) implements Header {}
  }
}
