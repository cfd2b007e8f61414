package dev.bulla.json;

import dev.bulla.bytes.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What the three writers share: the walk over the tree. They differ in strings, numbers, order and
 * whitespace.
 */
final class TreeWriter {

  private final JsonText out = new JsonText();
  private final boolean goEscapes;
  private final boolean canonical;
  private final int indent;

  /**
   * @param canonical whether members are sorted and numbers respelled
   * @param indent spaces per level; 0 for no whitespace at all
   */
  TreeWriter(boolean goEscapes, boolean canonical, int indent) {
    this.goEscapes = goEscapes;
    this.canonical = canonical;
    this.indent = indent;
  }

  Bytes write(JsonValue value) {
    value(value, 0);
    return out.toBytes();
  }

  // instanceof rather than a pattern switch: linking one costs a process several milliseconds at
  // its start
  private void value(JsonValue value, int depth) {
    if (value instanceof JsonString string) {
      out.string(string.value(), goEscapes);
    } else if (value instanceof JsonObject object) {
      object(object, depth);
    } else if (value instanceof JsonArray array) {
      array(array, depth);
    } else if (value instanceof JsonNumber number) {
      out.ascii(canonical ? EcmaScriptNumber.format(number.doubleValue()) : number.text());
    } else if (value instanceof JsonBoolean bool) {
      out.ascii(bool.value() ? "true" : "false");
    } else {
      out.ascii("null");
    }
  }

  private void object(JsonObject object, int depth) {
    if (object.isEmpty()) {
      out.ascii("{}");
      return;
    }
    List<JsonObject.Member> members = object.members();
    if (canonical) {
      members = new ArrayList<>(members);
      members.sort(ByName.INSTANCE);
    }
    char separator = '{';
    for (JsonObject.Member member : members) {
      out.ascii(separator);
      separator = ',';
      line(depth + 1);
      out.string(member.name(), goEscapes);
      out.ascii(':');
      if (indent > 0) {
        out.ascii(' ');
      }
      value(member.value(), depth + 1);
    }
    line(depth);
    out.ascii('}');
  }

  private void array(JsonArray array, int depth) {
    if (array.isEmpty()) {
      out.ascii("[]");
      return;
    }
    char separator = '[';
    for (JsonValue value : array.values()) {
      out.ascii(separator);
      separator = ',';
      line(depth + 1);
      value(value, depth + 1);
    }
    line(depth);
    out.ascii(']');
  }

  private void line(int depth) {
    if (indent > 0) {
      out.ascii('\n');
      for (int i = depth * indent; i > 0; i--) {
        out.ascii(' ');
      }
    }
  }

  /** RFC 8785 §3.2.3: by UTF-16 code units, which is how Java compares. */
  private static final class ByName implements Comparator<JsonObject.Member> {

    static final ByName INSTANCE = new ByName();

    @Override
    public int compare(JsonObject.Member a, JsonObject.Member b) {
      return a.name().compareTo(b.name());
    }
  }
}
