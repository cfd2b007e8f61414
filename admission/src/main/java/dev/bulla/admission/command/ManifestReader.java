package dev.bulla.admission.command;

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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
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
  private static final int MAX_DEPTH = 100;

  private static final JsonLimits LIMITS =
      JsonLimits.DEFAULT.withMaxBytes(MAX_BYTES).withMaxValues(MAX_VALUES);

  private final String file;
  private int values;

  private ManifestReader(String file) {
    this.file = file;
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
    ManifestReader reader = new ManifestReader(file);
    LoadSettings settings =
        LoadSettings.builder().setAllowDuplicateKeys(false).setCodePointLimit(MAX_BYTES).build();
    try {
      for (Node document : new Compose(settings).composeAllFromString(text)) {
        add(reader.value(document, 0), file, objects);
      }
    } catch (YamlEngineException | StackOverflowError e) {
      throw MalformedInputException.verbatim(file + ": not YAML");
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
    if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
      throw MalformedInputException.verbatim(file + ": nested too deeply, or too much of it");
    }
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
    Set<String> names = new HashSet<>();
    for (NodeTuple member : ((MappingNode) node).getValue()) {
      if (!(member.getKeyNode() instanceof ScalarNode key) || !names.add(key.getValue())) {
        throw MalformedInputException.verbatim(file + ": a key is no text, or there twice");
      }
      object.put(key.getValue(), value(member.getValueNode(), depth + 1));
    }
    return object.build();
  }
}
