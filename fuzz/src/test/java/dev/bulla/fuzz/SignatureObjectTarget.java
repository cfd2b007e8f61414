package dev.bulla.fuzz;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@link SignatureObject#append} to an object whose configuration somebody else wrote: nothing that
 * was there goes away, and the result can be appended to.
 */
final class SignatureObjectTarget {

  private static final Descriptor FIRST =
      SignatureObject.layer(Bytes.utf8("{}"), Map.of("dev.cosignproject.cosign/signature", "AA=="));
  private static final Descriptor SECOND = SignatureObject.layer(Bytes.utf8("{\"a\":1}"), Map.of());
  private static final Descriptor THIRD = SignatureObject.layer(Bytes.utf8("{\"b\":1}"), Map.of());

  private SignatureObjectTarget() {}

  static boolean accepts(byte[] input) throws MalformedInputException {
    Bytes config = Bytes.of(input);
    boolean toNone = appends(object(config, MediaType.OCI_CONFIG, List.of()));
    boolean toOne = appends(object(config, MediaType.OCI_CONFIG, List.of(FIRST)));
    Optional<SignatureObject> docker =
        append(object(config, MediaType.DOCKER_CONFIG, List.of(FIRST)));
    Check.equal(toOne, docker.isPresent(), "both flavours alike");
    Optional<SignatureObject> other = append(object(config, MediaType.OCI_EMPTY, List.of(FIRST)));
    Check.equal(
        Optional.of(config),
        other.map(SignatureObject::config),
        "a configuration of another type is not looked at");
    return toNone && toOne;
  }

  private static SignatureObject object(Bytes config, MediaType type, List<Descriptor> layers) {
    Descriptor described = new Descriptor(type, config.size(), Digest.sha256(config));
    return new SignatureObject(new Manifest(MediaType.OCI_MANIFEST, described, layers), config);
  }

  private static Optional<SignatureObject> append(SignatureObject before) {
    try {
      return Optional.of(before.append(SECOND));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return Optional.empty();
    }
  }

  private static boolean appends(SignatureObject before) throws MalformedInputException {
    Optional<SignatureObject> after = append(before);
    if (after.isEmpty()) {
      return false;
    }
    grew(before, after.get(), SECOND);
    grew(after.get(), after.get().append(THIRD), THIRD);
    SignatureObject dated = after.get().createdAt("2026-01-01T00:00:00Z");
    Check.equal(
        after.get().manifest().layers(), dated.manifest().layers(), "a date leaves the layers");
    consistent(dated);
    Check.equal(
        dated.manifest(), Manifest.parse(dated.manifest().toJson()), "the manifest reads back");
    return true;
  }

  private static void grew(SignatureObject before, SignatureObject after, Descriptor layer)
      throws MalformedInputException {
    List<Descriptor> old = before.manifest().layers();
    List<Descriptor> now = after.manifest().layers();
    Check.equal(old.size() + 1, now.size(), "one layer more");
    Check.equal(old, now.subList(0, old.size()), "the others as they were");
    Check.equal(layer, now.get(old.size()), "the new one last");
    consistent(after);
    List<JsonValue> diffIds = diffIds(after);
    int added = diffIds.size() - 1;
    Check.equal(
        new JsonString(layer.digest().toString()),
        diffIds.get(added),
        "the configuration names the layer last");
    if (!old.isEmpty()) {
      Check.equal(diffIds(before), diffIds.subList(0, added), "and the others as they were");
    }
  }

  private static List<JsonValue> diffIds(SignatureObject object) throws MalformedInputException {
    return GoFields.of(JsonParser.parseObject(object.config(), "config"), "config")
        .requiredFields("rootfs")
        .array("diff_ids");
  }

  private static void consistent(SignatureObject object) {
    Descriptor config = object.manifest().config();
    Check.equal((long) object.config().size(), config.size(), "size of the configuration");
    Check.that(config.digest().matches(object.config()), "digest of the configuration");
  }
}
