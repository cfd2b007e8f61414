package dev.bulla.oci;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.Limits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An image manifest: of an image, or of anything else that is stored like one. Source: OCI
 * image-spec 1.1, manifest.md; Docker's schema 2 has the same shape.
 *
 * @param mediaType absent in some older manifests
 * @param subject the manifest that this one belongs to
 */
public record Manifest(
    Optional<MediaType> mediaType,
    Descriptor config,
    List<Descriptor> layers,
    Map<String, String> annotations,
    Optional<Descriptor> subject,
    Optional<String> artifactType) {

  /**
   * A thousand layers have a tenth of that; what is read for nothing else must not cost more memory
   * than its bytes.
   */
  static final JsonLimits JSON =
      JsonLimits.DEFAULT.withMaxBytes(Limits.MAX_MANIFEST).withMaxValues(100_000);

  private static final String WHAT = "manifest";

  public Manifest {
    layers = List.copyOf(layers);
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
  }

  /** A manifest that belongs to nothing and says nothing. */
  public Manifest(MediaType mediaType, Descriptor config, List<Descriptor> layers) {
    this(Optional.of(mediaType), config, layers, Map.of(), Optional.empty(), Optional.empty());
  }

  /** Reads a manifest's bytes. */
  public static Manifest parse(Bytes json) throws MalformedInputException {
    if (json.size() > Limits.MAX_MANIFEST) {
      throw new MalformedInputException(
          WHAT, "larger than the limit of " + Limits.MAX_MANIFEST + " bytes");
    }
    GoFields fields = GoFields.of(JsonParser.parseObject(json, WHAT, JSON), WHAT);
    checkVersion(fields, WHAT);
    JsonObject config =
        fields
            .object("config")
            .orElseThrow(() -> new MalformedInputException(WHAT, "config: missing"));
    return new Manifest(
        mediaType(fields, WHAT),
        Descriptor.parse(config, WHAT + ": config"),
        descriptors(fields, "layers", WHAT),
        fields.stringMap("annotations"),
        descriptor(fields, "subject", WHAT),
        fields.string("artifactType").filter(type -> !type.isEmpty()));
  }

  static void checkVersion(GoFields fields, String what) throws MalformedInputException {
    if (fields.int64("schemaVersion").orElse(0) != 2) {
      throw new MalformedInputException(what, "schemaVersion: not 2");
    }
  }

  static Optional<MediaType> mediaType(GoFields fields, String what)
      throws MalformedInputException {
    Optional<String> text = fields.string("mediaType").filter(type -> !type.isEmpty());
    if (text.isPresent() && !MediaType.isValid(text.get())) {
      throw new MalformedInputException(what, "mediaType: not a media type");
    }
    return text.map(MediaType::new);
  }

  static Optional<Descriptor> descriptor(GoFields fields, String name, String what)
      throws MalformedInputException {
    Optional<JsonObject> object = fields.object(name);
    return object.isEmpty()
        ? Optional.empty()
        : Optional.of(Descriptor.parse(object.get(), what + ": " + name));
  }

  static List<Descriptor> descriptors(GoFields fields, String name, String what)
      throws MalformedInputException {
    List<Descriptor> found = new ArrayList<>();
    for (JsonValue value : fields.array(name)) {
      found.add(descriptor(value, what + ": " + name + "[" + found.size() + "]"));
    }
    return found;
  }

  static Descriptor descriptor(JsonValue value, String what) throws MalformedInputException {
    if (!(value instanceof JsonObject object)) {
      throw new MalformedInputException(what, "expected an object");
    }
    return Descriptor.parse(object, what);
  }

  /** The bytes that Go clients write for it; member order as in ggcr's manifest type. */
  public Bytes toJson() {
    JsonObject.Builder json = JsonObject.builder().put("schemaVersion", 2);
    mediaType.ifPresent(type -> json.put("mediaType", type.value()));
    json.put("config", config.toJson());
    json.put("layers", array(layers));
    if (!annotations.isEmpty()) {
      json.put("annotations", JsonObject.sortedStrings(annotations));
    }
    subject.ifPresent(descriptor -> json.put("subject", descriptor.toJson()));
    artifactType.ifPresent(type -> json.put("artifactType", type));
    return GoJson.write(json.build());
  }

  static JsonArray array(List<Descriptor> descriptors) {
    List<JsonObject> objects = new ArrayList<>(descriptors.size());
    for (Descriptor descriptor : descriptors) {
      objects.add(descriptor.toJson());
    }
    return JsonArray.of(objects);
  }
}
