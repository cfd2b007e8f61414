package dev.bulla.admission.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A mapping of a document that is being rewritten. A member moves with the comments above it. */
final class YamlMap {

  private final MappingNode node;

  private YamlMap(MappingNode node) {
    this.node = node;
  }

  static Optional<YamlMap> of(@Nullable Node node) {
    return node instanceof MappingNode mapping
        ? Optional.of(new YamlMap(mapping))
        : Optional.empty();
  }

  MappingNode node() {
    return node;
  }

  /** From 1. */
  int line() {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  int lineOf(String name) {
    int index = index(name);
    return index < 0
        ? line()
        : node.getValue()
            .get(index)
            .getKeyNode()
            .getStartMark()
            .map(m -> m.getLine() + 1)
            .orElse(1);
  }

  private int index(String name) {
    List<NodeTuple> members = node.getValue();
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).getKeyNode() instanceof ScalarNode key && key.getValue().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  boolean has(String name) {
    return index(name) >= 0;
  }

  boolean isEmpty() {
    return node.getValue().isEmpty();
  }

  List<String> names() {
    List<String> names = new ArrayList<>();
    for (NodeTuple member : node.getValue()) {
      if (member.getKeyNode() instanceof ScalarNode key) {
        names.add(key.getValue());
      }
    }
    return names;
  }

  @Nullable Node get(String name) {
    int index = index(name);
    return index < 0 ? null : node.getValue().get(index).getValueNode();
  }

  Optional<YamlMap> map(String name) {
    return of(get(name));
  }

  /** The mappings of a list; what is none is left out. */
  List<YamlMap> maps(String name) {
    List<YamlMap> maps = new ArrayList<>();
    if (get(name) instanceof SequenceNode sequence) {
      sequence.getValue().forEach(item -> of(item).ifPresent(maps::add));
    }
    return maps;
  }

  Optional<String> text(String name) {
    return get(name) instanceof ScalarNode scalar
        ? Optional.of(scalar.getValue())
        : Optional.empty();
  }

  /** Whether a member is that word without quotes, in any case. */
  boolean is(String name, String word) {
    return get(name) instanceof ScalarNode scalar
        && scalar.getScalarStyle() == ScalarStyle.PLAIN
        && scalar.getValue().equalsIgnoreCase(word);
  }

  void remove(String name) {
    int index = index(name);
    if (index >= 0) {
      node.getValue().remove(index);
    }
  }

  /** Takes a member out, name and comments with it. */
  @Nullable NodeTuple take(String name) {
    int index = index(name);
    return index < 0 ? null : node.getValue().remove(index);
  }

  void add(NodeTuple member) {
    node.getValue().add(member);
  }

  /** Gives a member another name, where it stands. */
  void rename(String name, String newName) {
    int index = index(name);
    NodeTuple member = node.getValue().get(index);
    node.getValue().set(index, named(member, newName));
  }

  private static NodeTuple named(NodeTuple member, String name) {
    Node key = scalar(name);
    key.setBlockComments(member.getKeyNode().getBlockComments());
    key.setInLineComments(member.getKeyNode().getInLineComments());
    return new NodeTuple(key, member.getValueNode());
  }

  void put(String name, String word) {
    put(name, scalar(word));
  }

  /** Replaces a value, with the comments that stand beside the old one; else adds it at the end. */
  void put(String name, Node value) {
    int index = index(name);
    if (index < 0) {
      node.getValue().add(new NodeTuple(scalar(name), value));
      return;
    }
    NodeTuple member = node.getValue().get(index);
    if (value instanceof ScalarNode) {
      value.setInLineComments(member.getValueNode().getInLineComments());
    }
    node.getValue().set(index, new NodeTuple(member.getKeyNode(), value));
  }

  /** The mapping under that name, made when there is none. */
  YamlMap mapOrNew(String name) {
    Optional<YamlMap> found = map(name);
    if (found.isPresent()) {
      return found.get();
    }
    YamlMap made = empty();
    put(name, made.node());
    return made;
  }

  static YamlMap empty() {
    return new YamlMap(new MappingNode(Tag.MAP, new ArrayList<>(), FlowStyle.BLOCK));
  }

  static ScalarNode scalar(String word) {
    boolean truth = word.equals("true") || word.equals("false");
    return new ScalarNode(truth ? Tag.BOOL : Tag.STR, word, ScalarStyle.PLAIN);
  }
}
