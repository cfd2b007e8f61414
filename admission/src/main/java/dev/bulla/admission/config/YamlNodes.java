package dev.bulla.admission.config;

import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
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

/**
 * The nodes of a YAML file as kubectl and Helm read them: an alias stands for what it names, and
 * {@code <<} takes over the members of other mappings that the mapping does not have itself.
 * Bounded: each use of an alias counts. No message quotes a value, which may be a secret.
 *
 * <p>Counts for one file; to be used by one thread.
 */
public final class YamlNodes {

  /** What a problem begins with, and what to say of it: what follows there quotes the file. */
  private static final List<List<String>> PROBLEMS =
      List.of(
          List.of("found undefined alias", "an alias of nothing: quote a text that begins with *"),
          List.of("unexpected character found", "quote a text that begins with * or &"),
          List.of("found undefined tag handle", "an unknown tag: quote a text that begins with !"),
          List.of("found unknown escape character", "an unknown escape in double quotes"),
          List.of("expected escape sequence", "an unknown escape in double quotes"),
          List.of("found unexpected end of stream", "a quote is not closed"),
          List.of("found character '\\t", "a tab cannot start anything: indent with spaces"),
          List.of("found character", "quote a text that begins with such a character"),
          List.of("could not find expected ':'", "could not find expected ':'"),
          List.of(
              "mapping values are not allowed here",
              "mapping values are not allowed here: look at the indentation, and quote texts with"
                  + " a colon"),
          List.of("mapping keys are not allowed here", "mapping keys are not allowed here"),
          List.of("sequence entries are not allowed here", "sequence entries are not allowed here"),
          List.of("expected <block end>", "look at the indentation: this belongs to nothing above"),
          List.of("expected ',' or ']'", "expected ',' or ']'"),
          List.of("expected ',' or '}'", "expected ',' or '}'"),
          List.of("expected the node content", "a value is missing"),
          List.of("expected a single document", "expected a single document"),
          List.of("special characters are not allowed", "special characters are not allowed"));

  private final String file;
  private final int maxDepth;
  private final int maxValues;
  private int values;

  /**
   * Counts for a file.
   *
   * @param file its name, for messages
   * @param maxDepth how deeply values may be nested
   * @param maxValues how many there may be, aliases unfolded
   */
  public YamlNodes(String file, int maxDepth, int maxValues) {
    this.file = file;
    this.maxDepth = maxDepth;
    this.maxValues = maxValues;
  }

  /**
   * The documents of a file, in their order.
   *
   * @throws MalformedInputException with file and line
   */
  public List<Node> documents(String text, int maxCharacters) throws MalformedInputException {
    LoadSettings settings =
        LoadSettings.builder()
            .setAllowDuplicateKeys(false)
            .setCodePointLimit(maxCharacters)
            .setMaxAliasesForCollections(maxValues)
            .build();
    List<Node> documents = new ArrayList<>();
    try {
      new Compose(settings).composeAllFromString(text).forEach(documents::add);
      return documents;
    } catch (MarkedYamlEngineException e) {
      throw wrong(line(e.getProblemMark()), problem(e.getProblem()));
    } catch (YamlEngineException | StackOverflowError e) {
      throw MalformedInputException.verbatim(file + ": yaml: not YAML");
    }
  }

  private static String problem(String text) {
    for (List<String> known : PROBLEMS) {
      if (text != null && text.startsWith(known.get(0))) {
        return known.get(1);
      }
    }
    return "not YAML";
  }

  /** The line of a node, from 1. */
  public static int line(Node node) {
    return line(node.getStartMark());
  }

  private static int line(Optional<Mark> mark) {
    return mark.map(m -> m.getLine() + 1).orElse(1);
  }

  /**
   * Counts a value.
   *
   * @throws MalformedInputException when there are too many, or it is too deep
   */
  public void count(Node node, int depth) throws MalformedInputException {
    if (depth > maxDepth || ++values > maxValues) {
      throw wrong(line(node), "nested too deeply, or too much of it");
    }
  }

  /**
   * The members of a mapping by their names: its own, then what it takes over, the first before the
   * later.
   */
  public Map<String, NodeTuple> members(MappingNode mapping, int depth)
      throws MalformedInputException {
    Map<String, NodeTuple> members = new LinkedHashMap<>();
    Optional<NodeTuple> merged = Optional.empty();
    for (NodeTuple tuple : mapping.getValue()) {
      int line = line(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw wrong(line, "a key is no text");
      }
      boolean merge = key.getValue().equals("<<") && key.getScalarStyle() == ScalarStyle.PLAIN;
      if (merge ? merged.isPresent() : members.put(key.getValue(), tuple) != null) {
        throw wrong(line, "the key " + Quoted.plain(key.getValue()) + " is there twice (keep one)");
      }
      merged = merge ? Optional.of(tuple) : merged;
    }
    if (merged.isPresent()) {
      merge(merged.get(), depth + 1, members);
    }
    return members;
  }

  private void merge(NodeTuple merged, int depth, Map<String, NodeTuple> members)
      throws MalformedInputException {
    Node value = merged.getValueNode();
    List<Node> sources = value instanceof SequenceNode list ? list.getValue() : List.of(value);
    for (Node source : sources) {
      if (!(source instanceof MappingNode mapping)) {
        throw wrong(line(merged.getKeyNode()), "<< takes a mapping, or a list of them");
      }
      count(source, depth);
      for (Map.Entry<String, NodeTuple> member : members(mapping, depth).entrySet()) {
        count(source, depth);
        members.putIfAbsent(member.getKey(), member.getValue());
      }
    }
  }

  private MalformedInputException wrong(int line, String what) {
    return MalformedInputException.verbatim(file + ":" + line + ": yaml: " + what);
  }
}
