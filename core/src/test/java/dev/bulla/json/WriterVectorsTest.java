package dev.bulla.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The documents whose bytes others fixed, built from values and compared byte for byte. */
final class WriterVectorsTest {

  private static final String ZERO_TIME = "0001-01-01T00:00:00Z";

  @Test
  void writesSimpleSigningPayloads() throws Exception {
    for (GoFields vector : Vectors.cases("simple-signing-payloads.json")) {
      String reference =
          vector.string("claimed_identity").orElse(vector.requiredString("repository"));
      JsonValue optional =
          vector.has("annotations")
              ? JsonObject.sortedStrings(vector.stringMap("annotations"))
              : JsonNull.INSTANCE;
      JsonObject payload =
          JsonObject.builder()
              .put(
                  "critical",
                  JsonObject.builder()
                      .put(
                          "identity",
                          JsonObject.builder().put("docker-reference", reference).build())
                      .put(
                          "image",
                          JsonObject.builder()
                              .put("docker-manifest-digest", vector.requiredString("digest"))
                              .build())
                      .put("type", "cosign container image signature")
                      .build())
              .put("optional", optional)
              .build();

      assertWritten(
          vector,
          GoJson.write(payload),
          "payload_utf8",
          Optional.of("sha256"),
          Optional.of("size"));
    }
  }

  @Test
  void writesSignatureImageConfigs() throws Exception {
    for (GoFields vector : Vectors.cases("signature-image-configs.json")) {
      List<JsonValue> history = new ArrayList<>();
      List<JsonValue> diffIds = new ArrayList<>();
      for (String diffId : vector.strings("diff_ids")) {
        history.add(JsonObject.builder().put("created", ZERO_TIME).build());
        diffIds.add(new JsonString(diffId));
      }
      JsonObject config =
          JsonObject.builder()
              .put("architecture", "")
              .put("created", vector.string("created").orElse(ZERO_TIME))
              .put("history", JsonArray.of(history))
              .put("os", "")
              .put(
                  "rootfs",
                  JsonObject.builder()
                      .put("type", "layers")
                      .put("diff_ids", JsonArray.of(diffIds))
                      .build())
              .put("config", JsonObject.EMPTY)
              .build();

      assertWritten(
          vector, GoJson.write(config), "config_utf8", Optional.of("sha256"), Optional.of("size"));
    }
  }

  @Test
  void writesSignStatements() throws Exception {
    for (GoFields vector : Vectors.cases("v3-sign-statements.json")) {
      JsonObject subject =
          JsonObject.builder()
              .put("digest", JsonObject.builder().put("sha256", "ab".repeat(32)).build())
              .put("annotations", JsonObject.sortedStrings(vector.stringMap("annotations")))
              .build();
      JsonObject statement =
          JsonObject.builder()
              .put("_type", "https://in-toto.io/Statement/v1")
              .put("subject", JsonArray.of(subject))
              .put("predicateType", "https://sigstore.dev/cosign/sign/v1")
              .put("predicate", JsonObject.EMPTY)
              .build();

      assertWritten(
          vector, ProtoJson.write(statement), "statement_utf8", Optional.empty(), Optional.empty());
    }
  }

  @Test
  void writesTheSignedEntryTimestampPayload() throws Exception {
    GoFields vector = GoFields.of(Vectors.object("set-canonical.json"), "set-canonical.json");
    Bytes wanted = Bytes.utf8(vector.requiredString("canonical_utf8"));
    GoFields entry = GoFields.of(JsonParser.parseObject(wanted, "entry"), "entry");
    JsonObject scrambled =
        JsonObject.builder()
            .put("logIndex", entry.requiredInt64("logIndex"))
            .put("logID", entry.requiredString("logID"))
            .put("integratedTime", entry.requiredInt64("integratedTime"))
            .put("body", entry.requiredString("body"))
            .build();

    assertWritten(
        vector,
        CanonicalJson.write(scrambled),
        "canonical_utf8",
        Optional.of("sha256"),
        Optional.empty());
  }

  @Test
  void writesARealBundleAgainAsItWas() throws Exception {
    Bytes bundle = Vectors.bytes("bundle-plain.json");

    assertThat(ProtoJson.write(JsonParser.parse(bundle, "bundle"))).isEqualTo(bundle);
  }

  @Test
  void writesARealIndexAgainAsItWas() throws Exception {
    Bytes index = Vectors.bytes("fallback-index.json");

    assertThat(GoJson.write(JsonParser.parse(index, "index"))).isEqualTo(index);
  }

  private static void assertWritten(
      GoFields vector,
      Bytes written,
      String textMember,
      Optional<String> sha256Member,
      Optional<String> sizeMember)
      throws Exception {
    String name = vector.string("name").orElse("");
    assertThat(written.toUtf8String("written"))
        .as(name)
        .isEqualTo(vector.requiredString(textMember));
    if (sha256Member.isPresent()) {
      assertThat(Digest.sha256(written).hex())
          .as(name)
          .isEqualTo(vector.requiredString(sha256Member.get()));
    }
    if (sizeMember.isPresent()) {
      assertThat(written.size()).as(name).isEqualTo((int) vector.requiredInt64(sizeMember.get()));
    }
  }
}
