package dev.bulla.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import org.junit.jupiter.api.Test;

class EvidenceTagsTest {

  @Test
  void areNamedAsInTheVectors() throws Exception {
    JsonObject vectors = Vectors.json("derived/tags.json");
    Digest digest = Digest.parse(text(vectors, "digest"));
    int checked = 0;
    for (JsonValue value : ((JsonArray) vectors.get("cases").orElseThrow()).values()) {
      JsonObject entry = (JsonObject) value;
      String prefix = entry.get("prefix").map(p -> ((JsonString) p).value()).orElse("");
      String tag =
          switch (text(entry, "kind")) {
            case "signature" -> EvidenceTags.signatures(prefix, digest);
            case "attestation" -> EvidenceTags.attestations(prefix, digest);
            case "sbom" -> EvidenceTags.sbom(prefix, digest);
            case "referrers-fallback", "v0.1-earliest", "copy-target" ->
                EvidenceTags.referrers(digest);
            case "v0.1" -> EvidenceTags.v01Signatures(digest);
            default -> throw new AssertionError(entry);
          };
      assertThat(tag).as(entry.toString()).isEqualTo(text(entry, "tag"));
      checked++;
    }
    assertThat(checked).isEqualTo(8);
  }

  @Test
  void areNamedAfterTheDigestsAlgorithm() throws Exception {
    Digest digest = new Digest(HashAlgorithm.SHA512, "ab".repeat(64));

    assertThat(EvidenceTags.signatures("", digest)).isEqualTo("sha512-" + digest.hex() + ".sig");
    assertThat(EvidenceTags.referrers(digest)).isEqualTo("sha512-" + digest.hex());
  }

  private static String text(JsonObject object, String name) {
    return ((JsonString) object.get(name).orElseThrow()).value();
  }
}
