package dev.bulla.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProtoFieldsTest {

  private static final Map<String, Integer> HASHES = Map.of("SHA2_256", 1, "SHA2_384", 2);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bundle-plain.json",
        "bundle-snake-case.json",
        "bundle-int64-as-number.json",
        "bundle-base64url.json"
      })
  void readsTheSameFromEverySpellingOfABundle(String file) throws Exception {
    assertThat(readBundle(Vectors.object(file)))
        .isEqualTo(readBundle(Vectors.object("bundle-plain.json")))
        .contains("61", "62", "rekor.local");
  }

  /** Reads every member, so that finish() has nothing to refuse. */
  private static List<String> readBundle(JsonObject object) throws MalformedInputException {
    List<String> seen = new ArrayList<>();
    ProtoFields bundle = ProtoFields.of(object, "bundle");
    seen.add(bundle.requiredString("mediaType"));
    ProtoFields material = bundle.requiredFields("verificationMaterial");
    seen.add(material.requiredFields("publicKey").requiredString("hint"));
    for (ProtoFields entry : material.fieldsList("tlogEntries")) {
      seen.add(Long.toString(entry.requiredInt64("logIndex")));
      seen.add(hex(entry.requiredFields("logId").requiredBytes("keyId")));
      ProtoFields kind = entry.requiredFields("kindVersion");
      seen.add(kind.requiredString("kind") + kind.requiredString("version"));
      ProtoFields proof = entry.requiredFields("inclusionProof");
      seen.add(Long.toString(proof.requiredInt64("logIndex")));
      seen.add(Long.toString(proof.requiredInt64("treeSize")));
      seen.add(hex(proof.requiredBytes("rootHash")));
      for (Bytes hash : proof.bytesList("hashes")) {
        seen.add(hex(hash));
      }
      String checkpoint = proof.requiredFields("checkpoint").requiredString("envelope");
      seen.add(checkpoint.substring(0, checkpoint.indexOf('\n')));
      seen.add(hex(entry.requiredBytes("canonicalizedBody")));
    }
    for (ProtoFields timestamp :
        material.requiredFields("timestampVerificationData").fieldsList("rfc3161Timestamps")) {
      seen.add(hex(timestamp.requiredBytes("signedTimestamp")));
    }
    ProtoFields envelope = bundle.requiredFields("dsseEnvelope");
    seen.add(envelope.requiredString("payloadType"));
    seen.add(hex(envelope.requiredBytes("payload")));
    for (ProtoFields signature : envelope.fieldsList("signatures")) {
      seen.add(hex(signature.requiredBytes("sig")));
    }
    bundle.finish();
    return seen;
  }

  private static String hex(Bytes bytes) {
    return HexText.encode(bytes);
  }

  @Test
  void goesByEitherName() throws Exception {
    assertThat(fields("{\"mediaType\":\"x\"}").requiredString("mediaType")).isEqualTo("x");
    assertThat(fields("{\"media_type\":\"x\"}").requiredString("mediaType")).isEqualTo("x");
    assertThat(fields("{\"rfc3161_timestamps\":[]}").has("rfc3161Timestamps")).isTrue();
    assertThat(fields("{\"x509_certificate_chain\":{}}").has("x509CertificateChain")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"MediaType\":\"x\"}",
        "{\"mediatype\":\"x\"}",
        "{\"media-type\":\"x\"}",
        "{\"media_Type\":\"x\"}",
        "{\"_media_type\":\"x\"}",
      })
  void goesByNoOtherName(String text) throws Exception {
    ProtoFields fields = fields(text);

    assertThat(fields.string("mediaType")).isEmpty();
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(fields::finish)
        .withMessageStartingWith("bundle: unknown member \"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"mediaType\":\"x\",\"media_type\":\"x\"}",
        "{\"media_type\":null,\"mediaType\":\"x\"}",
        "{\"mediaType\":null,\"media_type\":null}",
      })
  void refusesBothNamesOfOneField(String text) throws Exception {
    ProtoFields fields = fields(text);

    assertMalformed(
        () -> fields.string("mediaType"),
        "bundle: members \"mediaType\" and \"media_type\" are the same field");
  }

  @Test
  void takesIrregularNamesAsTold() throws Exception {
    assertThat(fields("{\"type\":\"x\"}").protoName("_type", "type").string("_type")).contains("x");
    assertThat(fields("{\"_type\":\"x\"}").protoName("_type", "type").string("_type"))
        .contains("x");
    ProtoFields envelope =
        fields("{\"payload_type\":\"x\"}").protoName("payloadType", "payloadType");
    assertThat(envelope.string("payloadType")).isEmpty();
    assertMalformed(envelope::finish, "bundle: unknown member \"payload_type\"");
  }

  @Test
  void refusesUnknownMembersAtTheEnd() throws Exception {
    ProtoFields fields = fields("{\"a\":1,\"\\u001b[31m\":2}");
    assertThat(fields.int64("a")).hasValue(1);

    assertMalformed(fields::finish, "bundle: unknown member \"\\u{1b}[31m\"");
  }

  @Test
  void refusesUnknownMembersWithNullValuesToo() throws Exception {
    assertMalformed(fields("{\"x\":null}")::finish, "bundle: unknown member \"x\"");
  }

  @Test
  void answersForNestedReadersAtTheEnd() throws Exception {
    ProtoFields fields = fields("{\"a\":{\"b\":[{\"c\":{\"d\":1,\"e\":2}}]}}");
    ProtoFields c = fields.requiredFields("a").fieldsList("b").get(0).requiredFields("c");
    assertThat(c.requiredInt64("d")).isEqualTo(1);

    assertMalformed(fields::finish, "bundle: a.b[0].c: unknown member \"e\"");
    assertThat(c.requiredInt64("e")).isEqualTo(2);
    fields.finish();
  }

  @Test
  void doesNotAnswerForWhatWasTakenAsAnOpenObject() throws Exception {
    ProtoFields fields = fields("{\"predicate\":{\"anything\":1}}");

    assertThat(fields.requiredObject("predicate").size()).isEqualTo(1);
    fields.finish();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "61, 61",
    "-1, -1",
    "9223372036854775807, 9223372036854775807",
    "-9223372036854775808, -9223372036854775808",
  })
  void readsIntegersAsNumbersAndAsStrings(String text, long value) throws Exception {
    assertThat(fields("{\"n\":" + text + "}").requiredInt64("n")).isEqualTo(value);
    assertThat(fields("{\"n\":\"" + text + "\"}").requiredInt64("n")).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\"",
        "\" 1\"",
        "\"1 \"",
        "\"+1\"",
        "\"01\"",
        "\"0x1\"",
        "\"1.0\"",
        "\"1e3\"",
        "\"-\"",
        "\"9223372036854775808\"",
        "9223372036854775808",
        "1.5",
        "1e3",
        "\"\u0661\"",
      })
  void refusesOtherSpellingsOfIntegers(String json) {
    assertMalformed(
        () -> fields("{\"n\":" + json + "}").int64("n"),
        "bundle: n: expected an integer of 64 bits");
  }

  @ParameterizedTest
  @ValueSource(strings = {"+/8=", "+/8", "-_8=", "-_8"})
  void readsEveryVariantOfBase64(String text) throws Exception {
    assertThat(fields("{\"b\":\"" + text + "\"}").requiredBytes("b"))
        .isEqualTo(Bytes.of((byte) 0xfb, (byte) 0xff));
  }

  @ParameterizedTest
  @ValueSource(strings = {"+_8=", "+/9=", "+", "+/8==", "+/ 8=", "?"})
  void refusesWhatIsNoBase64(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> fields("{\"b\":\"" + text + "\"}").bytes("b"))
        .withMessageStartingWith("bundle: b: ");
  }

  @Test
  void readsEnumerationsByNameAndByNumber() throws Exception {
    assertThat(fields("{\"e\":\"SHA2_384\"}").enumNumber("e", HASHES)).hasValue(2);
    assertThat(fields("{\"e\":2}").enumNumber("e", HASHES)).hasValue(2);
    assertThat(fields("{\"e\":77}").enumNumber("e", HASHES)).hasValue(77);
    assertThat(fields("{\"e\":null}").enumNumber("e", HASHES)).isEmpty();
    assertThat(fields("{}").enumNumber("e", HASHES)).isEmpty();
    assertMalformed(
        () -> fields("{\"e\":\"sha2_256\"}").enumNumber("e", HASHES),
        "bundle: e: unknown value \"sha2_256\"");
    assertMalformed(
        () -> fields("{\"e\":\"1\"}").enumNumber("e", HASHES), "bundle: e: unknown value \"1\"");
    assertMalformed(
        () -> fields("{\"e\":2147483648}").enumNumber("e", HASHES),
        "bundle: e: expected an integer of 32 bits");
    assertMalformed(
        () -> fields("{\"e\":true}").enumNumber("e", HASHES),
        "bundle: e: expected a name or a number, found true");
  }

  @Test
  void namesThePathAsInThisExample() throws Exception {
    ProtoFields key =
        fields("{\"verification_material\":{\"publicKey\":{\"hint\":5}}}")
            .requiredFields("verificationMaterial")
            .requiredFields("publicKey");

    assertMalformed(
        () -> key.string("hint"),
        "bundle: verificationMaterial.publicKey.hint: expected a string, found a number");
  }

  private static ProtoFields fields(String text) throws MalformedInputException {
    return ProtoFields.of(JsonParser.parseObject(Bytes.utf8(text), "bundle"), "bundle");
  }

  private static void assertMalformed(ThrowingCallable call, String message) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.message()).isEqualTo(message));
  }
}
