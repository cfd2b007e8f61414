package dev.bulla.oci;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.limits.Limits;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A list of manifests: of one image for several platforms, or of an artifact's referrers. Source:
 * OCI image-spec 1.1, image-index.md; Docker's manifest list has the same shape.
 */
public record ImageIndex(
    Optional<MediaType> mediaType,
    List<Descriptor> manifests,
    Map<String, String> annotations,
    Optional<Descriptor> subject,
    Optional<String> artifactType) {

  private static final String WHAT = "image index";

  public ImageIndex {
    manifests = List.copyOf(manifests);
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
  }

  /** An OCI index of these manifests. */
  public ImageIndex(List<Descriptor> manifests) {
    this(Optional.of(MediaType.OCI_INDEX), manifests, Map.of(), Optional.empty(), Optional.empty());
  }

  /** Reads an index's bytes. */
  public static ImageIndex parse(Bytes json) throws MalformedInputException {
    if (json.size() > Limits.MAX_MANIFEST) {
      throw new MalformedInputException(
          WHAT, "larger than the limit of " + Limits.MAX_MANIFEST + " bytes");
    }
    GoFields fields = GoFields.of(JsonParser.parseObject(json, WHAT, Manifest.JSON), WHAT);
    Manifest.checkVersion(fields, WHAT);
    return new ImageIndex(
        Manifest.mediaType(fields, WHAT),
        Manifest.descriptors(fields, "manifests", WHAT),
        fields.stringMap("annotations"),
        Manifest.descriptor(fields, "subject", WHAT),
        fields.string("artifactType").filter(type -> !type.isEmpty()));
  }

  /** This index with other entries. */
  public ImageIndex withManifests(List<Descriptor> replacement) {
    return new ImageIndex(mediaType, replacement, annotations, subject, artifactType);
  }

  /** The bytes that Go clients write for it; member order as in ggcr's index type. */
  public Bytes toJson() {
    JsonObject.Builder json = JsonObject.builder().put("schemaVersion", 2);
    mediaType.ifPresent(type -> json.put("mediaType", type.value()));
    json.put("manifests", Manifest.array(manifests));
    if (!annotations.isEmpty()) {
      json.put("annotations", JsonObject.sortedStrings(annotations));
    }
    subject.ifPresent(descriptor -> json.put("subject", descriptor.toJson()));
    artifactType.ifPresent(type -> json.put("artifactType", type));
    return GoJson.write(json.build());
  }
}
