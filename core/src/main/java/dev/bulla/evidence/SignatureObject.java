package dev.bulla.evidence;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The object in which legacy signatures of one image are kept: an image manifest with one layer per
 * signature, and a configuration that lists the same layers. Immutable; {@link #append} makes the
 * next one.
 *
 * @param manifest the object's manifest
 * @param config the bytes of its configuration; not looked at unless it is an image configuration
 */
public record SignatureObject(Manifest manifest, Bytes config) {

  private static final String ZERO_TIME = "0001-01-01T00:00:00Z";
  private static final String WHAT = "signature object's config";

  /** Which media types a new object gets. */
  public enum Flavour {
    OCI,
    /** For registries that know no OCI types, as {@code COSIGN_DOCKER_MEDIA_TYPES} asks. */
    DOCKER;

    private MediaType manifest() {
      return this == OCI ? MediaType.OCI_MANIFEST : MediaType.DOCKER_MANIFEST;
    }

    private MediaType config() {
      return this == OCI ? MediaType.OCI_CONFIG : MediaType.DOCKER_CONFIG;
    }
  }

  /** An object without signatures, to append to. */
  public static SignatureObject empty(Flavour flavour) {
    Bytes config = newConfig(List.of(), ZERO_TIME);
    return new SignatureObject(
        new Manifest(flavour.manifest(), describe(flavour.config(), config), List.of()), config);
  }

  /** The layer that holds a signature over a payload. */
  public static Descriptor layer(Bytes payload, Map<String, String> annotations) {
    return describe(MediaType.SIMPLE_SIGNING, payload).withAnnotations(annotations);
  }

  /** The layer that holds a legacy attestation: its envelope, as JSON. */
  public static Descriptor attestation(Bytes envelope, Map<String, String> annotations) {
    return describe(MediaType.DSSE_ENVELOPE, envelope).withAnnotations(annotations);
  }

  /** The configuration of an object with these layers, as cosign writes it. */
  public static Bytes configOf(List<Digest> layers) {
    return newConfig(layers, ZERO_TIME);
  }

  /**
   * This object with one more layer; all others stay as they are, and so do the media types.
   *
   * @throws MalformedInputException when the existing configuration cannot be read, or there would
   *     be too many layers
   */
  public SignatureObject append(Descriptor layer) throws MalformedInputException {
    return append(List.of(layer));
  }

  /**
   * This object with more layers; all others stay as they are, and so do the media types.
   *
   * @throws MalformedInputException when the existing configuration cannot be read, or there would
   *     be too many layers
   */
  public SignatureObject append(List<Descriptor> more) throws MalformedInputException {
    List<Descriptor> layers = new ArrayList<>(manifest.layers());
    layers.addAll(more);
    if (layers.size() > Limits.MAX_SIGNATURE_LAYERS) {
      throw new MalformedInputException(
          "signature object",
          "number of layers ("
              + layers.size()
              + ") exceeded the limit ("
              + Limits.MAX_SIGNATURE_LAYERS
              + ")");
    }
    if (!hasImageConfig()) {
      return new SignatureObject(replacing(manifest.config(), layers), config);
    }
    if (config.equals(usualConfig(manifest))) {
      return with(layers, newConfig(digests(layers), ZERO_TIME));
    }
    SignatureObject next = this;
    for (Descriptor layer : more) {
      List<Descriptor> longer = new ArrayList<>(next.manifest.layers());
      longer.add(layer);
      next = next.with(longer, next.appendToConfig(layer.digest()));
    }
    return next;
  }

  /**
   * The configuration that a signature object with these layers nearly always has. Its digest tells
   * whether it has; then it need not be fetched.
   */
  public static Bytes usualConfig(Manifest manifest) {
    return newConfig(digests(manifest.layers()), ZERO_TIME);
  }

  private static List<Digest> digests(List<Descriptor> layers) {
    List<Digest> digests = new ArrayList<>(layers.size());
    for (Descriptor layer : layers) {
      digests.add(layer.digest());
    }
    return digests;
  }

  /**
   * This object with a creation time in its configuration; without a change when that is not an
   * image configuration.
   */
  public SignatureObject createdAt(String rfc3339) throws MalformedInputException {
    if (!hasImageConfig()) {
      return this;
    }
    JsonObject old = JsonParser.parseObject(config, WHAT);
    JsonObject.Builder next = JsonObject.builder();
    for (JsonObject.Member member : old.members()) {
      next.put(
          member.name(),
          member.name().equals("created") ? new JsonString(rfc3339) : member.value());
    }
    return with(manifest.layers(), GoJson.write(next.build()));
  }

  private boolean hasImageConfig() {
    return manifest.config().mediaType().isImageConfig();
  }

  private SignatureObject with(List<Descriptor> layers, Bytes nextConfig) {
    Descriptor old = manifest.config();
    Descriptor next =
        new Descriptor(
            old.mediaType(),
            nextConfig.size(),
            Digest.sha256(nextConfig),
            Optional.empty(),
            old.urls(),
            old.annotations(),
            old.platform(),
            old.artifactType());
    return new SignatureObject(replacing(next, layers), nextConfig);
  }

  private Manifest replacing(Descriptor nextConfig, List<Descriptor> layers) {
    return new Manifest(
        manifest.mediaType(),
        nextConfig,
        layers,
        manifest.annotations(),
        manifest.subject(),
        manifest.artifactType());
  }

  private Bytes appendToConfig(Digest layer) throws MalformedInputException {
    if (manifest.layers().isEmpty() && !config.isEmpty()) {
      GoFields fields = GoFields.of(JsonParser.parseObject(config, WHAT), WHAT);
      return newConfig(List.of(layer), fields.string("created").orElse(ZERO_TIME));
    }
    JsonObject old = JsonParser.parseObject(config, WHAT);
    GoFields fields = GoFields.of(old, WHAT);
    GoFields rootfs =
        fields
            .fields("rootfs")
            .orElseThrow(() -> new MalformedInputException(WHAT, "rootfs: missing"));
    List<JsonValue> diffIds = new ArrayList<>(rootfs.array("diff_ids"));
    diffIds.add(new JsonString(layer.toString()));
    List<JsonValue> history = new ArrayList<>(fields.array("history"));
    history.add(JsonObject.builder().put("created", ZERO_TIME).build());
    JsonObject.Builder next = JsonObject.builder();
    // member order of the Go client's configuration type; what it does not know is dropped, as it
    // does
    put(next, "architecture", fields.value("architecture").orElse(new JsonString("")));
    putIfPresent(next, "author", fields);
    putIfPresent(next, "container", fields);
    put(next, "created", fields.value("created").orElse(new JsonString(ZERO_TIME)));
    putIfPresent(next, "docker_version", fields);
    put(next, "history", JsonArray.of(history));
    put(next, "os", fields.value("os").orElse(new JsonString("")));
    put(
        next,
        "rootfs",
        JsonObject.builder()
            .put("type", rootfs.string("type").orElse("layers"))
            .put("diff_ids", JsonArray.of(diffIds))
            .build());
    put(next, "config", fields.value("config").orElse(JsonObject.builder().build()));
    putIfPresent(next, "os.version", fields);
    putIfPresent(next, "variant", fields);
    putIfPresent(next, "os.features", fields);
    return GoJson.write(next.build());
  }

  private static void put(JsonObject.Builder json, String name, JsonValue value) {
    json.put(name, value);
  }

  private static void putIfPresent(JsonObject.Builder json, String name, GoFields fields)
      throws MalformedInputException {
    Optional<JsonValue> value = fields.value(name);
    if (value.isPresent()) {
      json.put(name, value.get());
    }
  }

  private static Bytes newConfig(List<Digest> layers, String created) {
    List<JsonObject> history = new ArrayList<>();
    List<JsonString> diffIds = new ArrayList<>();
    for (Digest layer : layers) {
      history.add(JsonObject.builder().put("created", ZERO_TIME).build());
      diffIds.add(new JsonString(layer.toString()));
    }
    JsonObject.Builder json = JsonObject.builder().put("architecture", "").put("created", created);
    if (!history.isEmpty()) {
      json.put("history", JsonArray.of(history));
    }
    json.put("os", "");
    json.put(
        "rootfs",
        JsonObject.builder()
            .put("type", "layers")
            .put("diff_ids", diffIds.isEmpty() ? JsonNull.INSTANCE : JsonArray.of(diffIds))
            .build());
    json.put("config", JsonObject.builder().build());
    return GoJson.write(json.build());
  }

  private static Descriptor describe(MediaType type, Bytes content) {
    return new Descriptor(type, content.size(), Digest.sha256(content));
  }
}
