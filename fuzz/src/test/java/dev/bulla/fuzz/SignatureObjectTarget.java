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
    boolean toNone = appends(config, MediaType.OCI_CONFIG, List.of());
    boolean toOne = appends(config, MediaType.OCI_CONFIG, List.of(FIRST));
    Check.equal(
        toOne, appends(config, MediaType.DOCKER_CONFIG, List.of(FIRST)), "both flavours alike");
    Check.that(
        appends(config, MediaType.OCI_EMPTY, List.of(FIRST)),
        "a configuration of another type is not looked at");
    return toNone && toOne;
  }

  private static boolean appends(Bytes config, MediaType configType, List<Descriptor> layers)
      throws MalformedInputException {
    SignatureObject before =
        new SignatureObject(
            new Manifest(
                MediaType.OCI_MANIFEST,
                new Descriptor(configType, config.size(), Digest.sha256(config)),
                layers),
            config);
    SignatureObject after;
    try {
      after = before.append(SECOND);
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    grew(before, after, SECOND);
    // an empty object's configuration is made anew and can say anything; others keep what they say
    grew(after, after.append(THIRD), THIRD);
    SignatureObject dated = after.createdAt("2026-01-01T00:00:00Z");
    Check.equal(
        after.manifest().layers(), dated.manifest().layers(), "a date leaves the layers alone");
    consistent(dated);
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
    if (after.manifest().config().mediaType().isImageConfig()) {
      List<JsonValue> diffIds =
          GoFields.of(JsonParser.parseObject(after.config(), "config"), "config")
              .requiredFields("rootfs")
              .array("diff_ids");
      Check.equal(
          new JsonString(layer.digest().toString()),
          diffIds.get(diffIds.size() - 1),
          "the configuration names the layer last");
    }
  }

  private static void consistent(SignatureObject object) throws MalformedInputException {
    Descriptor config = object.manifest().config();
    Check.equal((long) object.config().size(), config.size(), "size of the configuration");
    Check.that(config.digest().matches(object.config()), "digest of the configuration");
    Check.equal(
        object.manifest(), Manifest.parse(object.manifest().toJson()), "the manifest reads back");
  }
}
