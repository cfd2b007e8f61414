package dev.bulla.admission.alert;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaBug;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A JSON text with variables <code>{{ name }}</code> in it. There are no conditions and no filters;
 * a single brace is a brace.
 */
final class Template {

  /** What can be named. */
  static final Set<String> VARIABLES =
      Set.of(
          "alert_message",
          "priority",
          "connaisseur_pod_id",
          "namespace",
          "cluster",
          "timestamp",
          "request_id",
          "images");

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  private final String name;
  private final List<Piece> pieces;

  /** A text as it is, or the name of a variable. */
  private record Piece(String text, boolean variable) {}

  private Template(String name, List<Piece> pieces) {
    this.name = name;
    this.pieces = List.copyOf(pieces);
  }

  /**
   * Reads a template.
   *
   * @param name for messages
   * @throws ConfigurationException for braces that do not belong together, and unknown variables
   */
  static Template parse(String name, String text) throws ConfigurationException {
    List<Piece> pieces = new ArrayList<>();
    int from = 0;
    while (true) {
      int open = text.indexOf("{{", from);
      if (open < 0) {
        pieces.add(new Piece(text.substring(from), false));
        return new Template(name, pieces);
      }
      int close = text.indexOf("}}", open);
      if (close < 0) {
        throw wrong(name, "{{ without }}");
      }
      String variable = text.substring(open + 2, close).strip();
      if (!NAME.matcher(variable).matches()) {
        throw wrong(name, Quoted.text(variable) + " between {{ and }} is no name");
      }
      if (!VARIABLES.contains(variable)) {
        throw wrong(name, "unknown variable " + Quoted.text(variable));
      }
      pieces.add(new Piece(text.substring(from, open), false));
      pieces.add(new Piece(variable, true));
      from = close + 2;
    }
  }

  private static ConfigurationException wrong(String name, String why) {
    return new ConfigurationException("alert template " + Quoted.text(name) + ": " + why);
  }

  /**
   * The text with values in it, as an object.
   *
   * @param fields take the place of members
   * @return empty when there is nothing to send
   * @throws ConfigurationException when it is no JSON object then
   */
  Optional<Bytes> render(Map<String, String> values, JsonObject fields)
      throws ConfigurationException {
    StringBuilder out = new StringBuilder();
    for (Piece piece : pieces) {
      out.append(piece.variable() ? escaped(values.getOrDefault(piece.text(), "")) : piece.text());
    }
    if (out.toString().isBlank()) {
      return Optional.empty();
    }
    JsonObject rendered;
    try {
      rendered = JsonParser.parseObject(Bytes.utf8(out.toString()), "alert");
    } catch (MalformedInputException e) {
      throw new ConfigurationException(
          "alert template " + Quoted.text(name) + " does not make a JSON object: " + e.message(),
          e);
    }
    if (rendered.isEmpty()) {
      return Optional.empty();
    }
    JsonObject.Builder merged = JsonObject.builder();
    for (JsonObject.Member member : rendered.members()) {
      merged.put(member.name(), fields.get(member.name()).orElse(member.value()));
    }
    for (JsonObject.Member member : fields.members()) {
      if (rendered.get(member.name()).isEmpty()) {
        merged.put(member.name(), member.value());
      }
    }
    return Optional.of(GoJson.write(merged.build()));
  }

  /** As it stands between the quotes of a JSON string, so that it can end none. */
  private static String escaped(String value) {
    try {
      String quoted = GoJson.write(new JsonString(value)).toUtf8String("value");
      return quoted.substring(1, quoted.length() - 1);
    } catch (MalformedInputException e) {
      throw new BullaBug("what was written is no text");
    }
  }
}
