package dev.bulla.admission.log;

import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Writes events as JSON objects with {@code level}, {@code msg}, {@code time} and what else belongs
 * to the event. JSON escapes control characters, so that no foreign text can begin a line.
 *
 * <p>Thread-safe when the sink is.
 */
public final class JsonLog {

  /** How much an event matters. */
  public enum Level {
    DEBUG,
    INFO,
    WARN,
    ERROR,
    FATAL;

    /** The level of that name, in any case; {@code INFO} for everything else. */
    public static Level named(String name) {
      for (Level level : values()) {
        if (level.name().equals(name.toUpperCase(Locale.ROOT))) {
          return level;
        }
      }
      return INFO;
    }
  }

  private final Level from;
  private final boolean pretty;
  private final InstantSource clock;
  private final Consumer<String> sink;

  /**
   * @param from what matters less is left out
   * @param pretty several lines for each event; one otherwise
   * @param sink gets each event without a final line break
   */
  public JsonLog(Level from, boolean pretty, InstantSource clock, Consumer<String> sink) {
    this.from = from;
    this.pretty = pretty;
    this.clock = clock;
    this.sink = sink;
  }

  /** Says nothing. */
  public static JsonLog silent() {
    return new JsonLog(Level.FATAL, false, InstantSource.system(), line -> {});
  }

  public void debug(String message) {
    write(Level.DEBUG, message, JsonObject.EMPTY);
  }

  public void info(String message) {
    write(Level.INFO, message, JsonObject.EMPTY);
  }

  public void warn(String message) {
    write(Level.WARN, message, JsonObject.EMPTY);
  }

  public void error(String message) {
    write(Level.ERROR, message, JsonObject.EMPTY);
  }

  /** An error that is a mistake of ours, with where it happened. */
  public void failure(Throwable cause) {
    StringBuilder where = new StringBuilder();
    for (StackTraceElement frame : cause.getStackTrace()) {
      where.append(where.isEmpty() ? "" : " < ").append(frame);
      if (where.length() > 1000) {
        break;
      }
    }
    error("internal error: " + cause + " at " + where);
  }

  /**
   * Writes an event.
   *
   * @param more members after the three that every event has, none of them named like those
   */
  public void write(Level level, String message, JsonObject more) {
    if (!writes(level)) {
      return;
    }
    JsonObject.Builder event =
        JsonObject.builder()
            .put("level", level.name().toLowerCase(Locale.ROOT))
            .put("msg", message)
            .put("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
    for (JsonObject.Member member : more.members()) {
      event.put(member.name(), member.value());
    }
    JsonObject whole = event.build();
    sink.accept(
        new String(
            (pretty ? GoJson.writeIndented(whole, 2) : GoJson.write(whole)).toByteArray(),
            StandardCharsets.UTF_8));
  }

  public boolean writes(Level level) {
    return level.compareTo(from) >= 0;
  }
}
