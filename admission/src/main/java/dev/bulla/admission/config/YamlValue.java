package dev.bulla.admission.config;

import dev.bulla.error.MalformedInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
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
      return isNull() ? "nothing" : "a single value";
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
    LoadSettings settings =
        LoadSettings.builder().setAllowDuplicateKeys(false).setCodePointLimit(MAX_FILE).build();
    try {
      Optional<Node> document = new Compose(settings).composeString(text);
      return document.isEmpty()
          ? new Scalar("", true, 1)
          : new Reader(file).read(document.get(), 0);
    } catch (MarkedYamlEngineException e) {
      // the problem alone: the whole message shows the text around it, which may be a secret
      String problem = e.getProblem() == null ? "not YAML" : e.getProblem();
      throw MalformedInputException.verbatim(
          file + ":" + line(e.getProblemMark()) + ": yaml: " + problem);
    } catch (YamlEngineException | StackOverflowError e) {
      throw MalformedInputException.verbatim(file + ": yaml: not YAML");
    }
  }

  private static int line(Optional<Mark> mark) {
    return mark.map(m -> m.getLine() + 1).orElse(1);
  }

  /** Turns the library's nodes into ours, within bounds; an alias counts as what it stands for. */
  final class Reader {
    private final String file;
    private int values;

    Reader(String file) {
      this.file = file;
    }

    YamlValue read(Node node, int depth) throws MalformedInputException {
      int line = line(node.getStartMark());
      if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
        throw MalformedInputException.verbatim(
            file + ":" + line + ": yaml: nested too deeply, or too much of it");
      }
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
      for (NodeTuple tuple : ((MappingNode) node).getValue()) {
        int at = line(tuple.getKeyNode().getStartMark());
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
          throw MalformedInputException.verbatim(file + ":" + at + ": yaml: a key is no text");
        }
        if (members.put(key.getValue(), read(tuple.getValueNode(), depth + 1)) != null) {
          throw MalformedInputException.verbatim(
              file + ":" + at + ": yaml: the key " + key.getValue() + " is there twice");
        }
        lines.put(key.getValue(), at);
      }
      return new Members(members, lines, line);
    }
  }
}
