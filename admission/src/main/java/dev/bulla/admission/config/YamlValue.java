package dev.bulla.admission.config;

import dev.bulla.error.MalformedInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A piece of a YAML file that knows in which line it stands. */
sealed interface YamlValue {

  int MAX_FILE = 1 << 20;

  int MAX_DEPTH = 32;

  int MAX_VALUES = 100_000;

  /** From 1. */
  int line();

  /** What it is, for messages. */
  String kind();

  /**
   * A text, number, truth value, or nothing.
   *
   * @param plain whether it stands without quotes, and may be another thing than a text
   */
  record Scalar(String text, boolean plain, int line) implements YamlValue {
    boolean isNull() {
      return plain && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
    }

    @Override
    public String kind() {
      return isNull() ? "nothing" : plain ? "a single value" : "a text in quotes";
    }
  }

  /** A sequence. */
  record Items(List<YamlValue> values, int line) implements YamlValue {
    public Items {
      values = List.copyOf(values);
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /** A mapping, in the order of the file. */
  record Members(Map<String, YamlValue> members, Map<String, Integer> lines, int line)
      implements YamlValue {
    @Override
    public String kind() {
      return "a mapping";
    }

    Optional<YamlValue> get(String name) {
      YamlValue value = members.get(name);
      return value == null || (value instanceof Scalar scalar && scalar.isNull())
          ? Optional.empty()
          : Optional.of(value);
    }

    int lineOf(String name) {
      return lines.getOrDefault(name, line);
    }
  }

  /**
   * Reads a file of one document.
   *
   * @param file its name, for messages
   * @throws MalformedInputException with file and line
   */
  static YamlValue parse(String text, String file) throws MalformedInputException {
    if (text.length() > MAX_FILE) {
      throw MalformedInputException.verbatim(file + ": larger than " + MAX_FILE + " characters");
    }
    YamlNodes nodes = new YamlNodes(file, MAX_DEPTH, MAX_VALUES);
    List<Node> documents = nodes.documents(text, MAX_FILE);
    if (documents.size() > 1) {
      throw MalformedInputException.verbatim(
          file + ":" + YamlNodes.line(documents.get(1)) + ": yaml: expected a single document");
    }
    return documents.isEmpty()
        ? new Scalar("", true, 1)
        : new Reader(nodes).read(documents.get(0), 0);
  }

  /** Turns the library's nodes into ours, within bounds; an alias counts as what it stands for. */
  final class Reader {
    private final YamlNodes nodes;

    Reader(YamlNodes nodes) {
      this.nodes = nodes;
    }

    YamlValue read(Node node, int depth) throws MalformedInputException {
      int line = YamlNodes.line(node);
      nodes.count(node, depth);
      if (node instanceof ScalarNode scalar) {
        return new Scalar(scalar.getValue(), scalar.getScalarStyle() == ScalarStyle.PLAIN, line);
      }
      if (node instanceof SequenceNode sequence) {
        List<YamlValue> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
          items.add(read(item, depth + 1));
        }
        return new Items(items, line);
      }
      Map<String, YamlValue> members = new LinkedHashMap<>();
      Map<String, Integer> lines = new LinkedHashMap<>();
      for (Map.Entry<String, NodeTuple> member :
          nodes.members((MappingNode) node, depth).entrySet()) {
        members.put(member.getKey(), read(member.getValue().getValueNode(), depth + 1));
        lines.put(member.getKey(), YamlNodes.line(member.getValue().getKeyNode()));
      }
      return new Members(members, lines, line);
    }
  }
}
