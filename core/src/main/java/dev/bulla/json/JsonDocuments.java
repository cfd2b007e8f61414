package dev.bulla.json;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import java.util.ArrayList;
import java.util.List;

/** Several JSON objects one after the other in one text, with or without blanks between them. */
public final class JsonDocuments {

  private JsonDocuments() {}

  /**
   * Every object of the text, under {@link JsonLimits#DEFAULT} each.
   *
   * @throws MalformedInputException also for anything else than blanks between them, and for more
   *     than {@link Limits#MAX_SIGNATURE_LAYERS} objects
   */
  public static List<JsonObject> parse(Bytes text, String what) throws MalformedInputException {
    List<JsonObject> documents = new ArrayList<>();
    int at = skipBlanks(text, 0);
    while (at < text.size()) {
      if (documents.size() >= Limits.MAX_SIGNATURE_LAYERS) {
        throw new MalformedInputException(
            what, "more than " + Limits.MAX_SIGNATURE_LAYERS + " JSON documents");
      }
      int end = end(text, at);
      documents.add(JsonParser.parseObject(text.slice(at, end), what));
      at = skipBlanks(text, end);
    }
    return documents;
  }

  private static int skipBlanks(Bytes text, int from) {
    int at = from;
    while (at < text.size() && " \t\r\n".indexOf(text.at(at)) >= 0) {
      at++;
    }
    return at;
  }

  /** Behind the brace that closes the object; the end of the text when there is none. */
  private static int end(Bytes text, int from) {
    int depth = 0;
    boolean inString = false;
    for (int at = from; at < text.size(); at++) {
      byte b = text.at(at);
      if (inString) {
        if (b == '\\') {
          at++;
        } else if (b == '"') {
          inString = false;
        }
      } else if (b == '"') {
        inString = true;
      } else if (b == '{' || b == '[') {
        depth++;
      } else if ((b == '}' || b == ']') && --depth <= 0) {
        return at + 1;
      }
    }
    return text.size();
  }
}
