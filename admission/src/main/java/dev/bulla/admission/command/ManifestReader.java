package dev.bulla.admission.command;

import dev.bulla.admission.config.YamlNodes;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads the objects of a manifest: YAML documents or JSON, lists taken apart. */
final class ManifestReader {

  /** What {@code kubectl get -A -o json} prints of a cluster with some ten thousand pods. */
  static final int MAX_BYTES = 256 << 20;

  private static final int MAX_VALUES = 20_000_000;

  /** Of YAML, which takes more memory for each. */
  private static final int MAX_YAML_VALUES = 5_000_000;

  /** How much more than its characters a file may stand for, by aliases. */
  private static final int MAX_UNFOLDING = 10;

  private static final int MAX_DEPTH = 100;

  private static final JsonLimits LIMITS =
      JsonLimits.DEFAULT.withMaxBytes(MAX_BYTES).withMaxValues(MAX_VALUES);

  private final YamlNodes nodes;

  private ManifestReader(YamlNodes nodes) {
    this.nodes = nodes;
  }

  /**
   * The objects, in their order; at least one.
   *
   * @param file its name, for messages
   */
  static List<JsonObject> read(Bytes content, String file) throws MalformedInputException {
    List<JsonObject> objects = objects(content, file);
    if (objects.isEmpty()) {
      // what printed nothing has failed more often than it had nothing to print
      throw MalformedInputException.verbatim(file + ": holds no object");
    }
    return objects;
  }

  private static List<JsonObject> objects(Bytes content, String file)
      throws MalformedInputException {
    String text = content.toUtf8String(file);
    List<JsonObject> objects = new ArrayList<>();
    if (text.stripLeading().startsWith("{")) {
      add(JsonParser.parse(content, file, LIMITS), file, objects);
      return objects;
    }
    long most = Math.min(MAX_YAML_VALUES, 10_000 + (long) text.length() * MAX_UNFOLDING);
    YamlNodes nodes = new YamlNodes(file, MAX_DEPTH, (int) most);
    ManifestReader reader = new ManifestReader(nodes);
    for (Node document : nodes.documents(text, MAX_BYTES)) {
      add(reader.value(document, 0), file, objects);
    }
    return objects;
  }

  /** Takes a list apart; nothing between two marks is nothing. */
  private static void add(JsonValue value, String file, List<JsonObject> objects)
      throws MalformedInputException {
    if (value instanceof JsonNull) {
      return;
    }
    if (!(value instanceof JsonObject object)) {
      throw MalformedInputException.verbatim(file + ": a document is no object");
    }
    boolean list =
        object.get("kind").orElse(JsonNull.INSTANCE) instanceof JsonString kind
            && kind.value().endsWith("List");
    if (list && object.get("items").orElse(JsonNull.INSTANCE) instanceof JsonArray items) {
      for (JsonValue item : items.values()) {
        add(item, file, objects);
      }
    } else {
      objects.add(object);
    }
  }

  /** An alias counts as what it stands for. */
  private JsonValue value(Node node, int depth) throws MalformedInputException {
    nodes.count(node, depth);
    if (node instanceof ScalarNode scalar) {
      if (scalar.getTag().equals(Tag.NULL)) {
        return JsonNull.INSTANCE;
      }
      return scalar.getTag().equals(Tag.BOOL)
          ? JsonBoolean.of(scalar.getValue().equalsIgnoreCase("true"))
          : new JsonString(scalar.getValue());
    }
    if (node instanceof SequenceNode sequence) {
      List<JsonValue> items = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        items.add(value(item, depth + 1));
      }
      return JsonArray.of(items);
    }
    JsonObject.Builder object = JsonObject.builder();
    for (Map.Entry<String, NodeTuple> member :
        nodes.members((MappingNode) node, depth).entrySet()) {
      object.put(member.getKey(), value(member.getValue().getValueNode(), depth + 1));
    }
    return object.build();
  }
}
