package dev.bulla.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bundle.Bundle.CertificateChain;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bundle.Bundle.MessageDigest;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bundle.Bundle.PublicKeyHint;
import dev.bulla.bundle.Bundle.Version;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.Limits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BundleJsonTest {

  private static final String V01 = "application/vnd.dev.sigstore.bundle+json;version=0.1";
  private static final String V02 = "application/vnd.dev.sigstore.bundle+json;version=0.2";
  private static final String V03 = BundleJson.MEDIA_TYPE;
  private static final String KEY = "\"publicKey\":{\"hint\":\"aGludA==\"}";
  private static final String CERTIFICATE = "\"certificate\":{\"rawBytes\":\"AQ==\"}";
  private static final String CHAIN =
      "\"x509CertificateChain\":{\"certificates\":[{\"rawBytes\":\"AQ==\"},"
          + "{\"rawBytes\":\"Ag==\"}]}";
  private static final String PROMISE = "\"inclusionPromise\":{\"signedEntryTimestamp\":\"Aw==\"}";
  private static final String PROOF =
      "\"inclusionProof\":{\"logIndex\":\"7\",\"rootHash\":\"BA==\",\"treeSize\":\"8\","
          + "\"hashes\":[\"BQ==\",\"Bg==\"],\"checkpoint\":{\"envelope\":\"log\\n8\\n\"}}";
  private static final String ENTRY =
      "{\"logIndex\":\"1007\",\"logId\":{\"keyId\":\"Bw==\"},\"kindVersion\":{\"kind\":\"dsse\","
          + "\"version\":\"0.0.1\"},\"integratedTime\":\"1717082297\","
          + PROMISE
          + ","
          + PROOF
          + ",\"canonicalizedBody\":\"CA==\"}";
  private static final String TIMESTAMPS =
      "\"timestampVerificationData\":{\"rfc3161Timestamps\":[{\"signedTimestamp\":\"CQ==\"}]}";
  private static final String MESSAGE =
      "\"messageSignature\":{\"messageDigest\":{\"algorithm\":\"SHA2_256\",\"digest\":\"Cg==\"},"
          + "\"signature\":\"Cw==\"}";
  private static final String DSSE =
      "\"dsseEnvelope\":{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\","
          + "\"signatures\":[{\"sig\":\"DA==\",\"keyid\":\"id\"}]}";
  private static final String FULL =
      bundle(V03, KEY + ",\"tlogEntries\":[" + ENTRY + "]," + TIMESTAMPS, MESSAGE);
  private static final String FULL_DSSE = FULL.replace(MESSAGE, DSSE);

  private static String bundle(String mediaType, String material, String content) {
    return "{\"mediaType\":\""
        + mediaType
        + "\",\"verificationMaterial\":{"
        + material
        + "},"
        + content
        + "}";
  }

  private static Bundle parse(String json) throws MalformedInputException {
    return BundleJson.parse(Bytes.utf8(json));
  }

  private static JsonValue tree(String json) throws MalformedInputException {
    return JsonParser.parse(Bytes.utf8(json), "bundle");
  }

  private static Bytes raw(int value) {
    return Bytes.of((byte) value);
  }

  @Test
  void readsEveryMember() throws Exception {
    LogEntry entry =
        new LogEntry(
            1007,
            raw(7),
            "dsse",
            "0.0.1",
            1717082297,
            Optional.of(raw(3)),
            Optional.of(
                new Bundle.InclusionProof(7, raw(4), 8, List.of(raw(5), raw(6)), "log\n8\n")),
            raw(8));

    assertThat(parse(FULL))
        .isEqualTo(
            new Bundle(
                V03,
                Version.V0_3,
                new PublicKeyHint("aGludA=="),
                List.of(entry),
                List.of(raw(9)),
                new MessageSignature(
                    Optional.of(new MessageDigest(HashAlgorithm.SHA256, raw(10))), raw(11))));
    assertThat(parse(FULL_DSSE).content())
        .isEqualTo(
            new DsseContent(
                new Envelope(
                    Envelope.IN_TOTO,
                    Bytes.utf8("{}"),
                    List.of(new Envelope.Signature(raw(12), "id")))));
    assertThat(parse(bundle(V03, CERTIFICATE, DSSE)).keyMaterial())
        .isEqualTo(new CertificateChain(List.of(raw(1))));
    assertThat(parse(bundle(V01, CHAIN, DSSE)).keyMaterial())
        .isEqualTo(new CertificateChain(List.of(raw(1), raw(2))));
  }

  @ParameterizedTest
  @CsvSource({
    "application/vnd.dev.sigstore.bundle+json;version=0.1,V0_1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2,V0_2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3,V0_3",
    "application/vnd.dev.sigstore.bundle.v0.1+json,V0_1",
    "application/vnd.dev.sigstore.bundle.v0.2+json,V0_2",
    "application/vnd.dev.sigstore.bundle.v0.3+json,V0_3",
    "application/vnd.dev.sigstore.bundle.v0.3.0+json,V0_3",
    "application/vnd.dev.sigstore.bundle.v0.3.1+json,V0_3",
    "application/vnd.dev.sigstore.bundle.v0.3.99+json,V0_3"
  })
  void knowsTheVersions(String mediaType, Version version) throws Exception {
    Bundle bundle = parse(bundle(mediaType, KEY, DSSE));

    assertThat(bundle.version()).isEqualTo(version);
    assertThat(bundle.mediaType()).isEqualTo(mediaType);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "application/json",
        "application/vnd.dev.sigstore.bundle+json",
        "application/vnd.dev.sigstore.bundle+json;version=",
        "application/vnd.dev.sigstore.bundle+json;version=0.4",
        "application/vnd.dev.sigstore.bundle+json;version=99.9",
        "application/vnd.dev.sigstore.bundle+json;version=0.3.1",
        "application/vnd.dev.sigstore.bundle+json; version=0.3",
        "application/vnd.dev.sigstore.bundle+json;version=0.3 ",
        "application/vnd.dev.sigstore.bundle.v0.4+json",
        "application/vnd.dev.sigstore.bundle.v0.30+json",
        "application/vnd.dev.sigstore.bundle.v00.3+json",
        "application/vnd.dev.sigstore.bundle.v1.0.3+json",
        "application/vnd.dev.sigstore.bundle.v0+json",
        "application/vnd.dev.sigstore.bundle.v+json",
        "application/vnd.dev.sigstore.bundle.v.3+json",
        "application/vnd.dev.sigstore.bundle.v0.3.+json",
        "application/vnd.dev.sigstore.bundle.v0.3.x+json",
        "application/vnd.dev.sigstore.bundle.v0.3.1.1+json",
        "application/vnd.dev.sigstore.bundle.v0.3-rc1+json",
        "application/vnd.dev.sigstore.bundle.v0.3+xml",
        "application/vnd.dev.sigstore.bundle.v0.3",
        "APPLICATION/vnd.dev.sigstore.bundle.v0.3+json",
        "application/vnd.dev.sigstore.bundle.v0.\uff13+json"
      })
  void refusesOtherVersions(String mediaType) {
    assertThatThrownBy(() -> parse(bundle(mediaType, KEY, DSSE)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageStartingWith("bundle: mediaType: ");
  }

  static Stream<Arguments> rulesOfTheVersions() {
    String promised = ENTRY.replace("," + PROOF, "");
    String proven = ENTRY.replace(PROMISE + ",", "");
    String neither = promised.replace("," + PROMISE, "");
    List<Arguments> rules = new ArrayList<>();
    for (String version : List.of(V01, V02, V03)) {
      boolean first = version.equals(V01);
      rules.add(rule(version, KEY, "", true));
      rules.add(rule(version, CERTIFICATE, "", true));
      rules.add(rule(version, CHAIN, "", !version.equals(V03)));
      rules.add(rule(version, KEY, ENTRY, true));
      rules.add(rule(version, KEY, promised, first));
      rules.add(rule(version, KEY, proven, !first));
      rules.add(rule(version, KEY, neither, false));
      rules.add(rule(version, KEY, neither + "," + ENTRY, true));
      rules.add(rule(version, KEY, promised + "," + proven, true));
    }
    return rules.stream();
  }

  private static Arguments rule(String version, String key, String entries, boolean allowed) {
    return Arguments.of(bundle(version, key + ",\"tlogEntries\":[" + entries + "]", DSSE), allowed);
  }

  @ParameterizedTest
  @MethodSource("rulesOfTheVersions")
  void holdsEachVersionToItsRules(String json, boolean allowed) throws Exception {
    if (allowed) {
      assertThat(parse(json).content()).isInstanceOf(DsseContent.class);
    } else {
      assertThatThrownBy(() -> parse(json)).isInstanceOf(MalformedInputException.class);
    }
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("nothing", ""),
        Arguments.of("an array", "[" + FULL + "]"),
        Arguments.of("a text", "\"bundle\""),
        Arguments.of("data after it", FULL + FULL),
        Arguments.of("a byte order mark", "\ufeff" + FULL),
        Arguments.of("cut off", FULL.substring(0, FULL.length() - 1)),
        Arguments.of("no content", FULL.replace("," + MESSAGE, "")),
        Arguments.of("two contents", FULL.replace(MESSAGE, MESSAGE + "," + DSSE)),
        Arguments.of(
            "two contents in two spellings",
            FULL.replace(MESSAGE, MESSAGE + "," + DSSE.replace("dsseEnvelope", "dsse_envelope"))),
        Arguments.of(
            "an empty second content", FULL.replace(MESSAGE, MESSAGE + ",\"dsseEnvelope\":{}")),
        Arguments.of(
            "a key and an empty certificate", FULL.replace(KEY, KEY + ",\"certificate\":{}")),
        Arguments.of(
            "a key and an empty chain",
            FULL.replace(KEY, KEY + ",\"x509CertificateChain\":{}").replace(V03, V02)),
        Arguments.of("no key material", FULL.replace(KEY + ",", "")),
        Arguments.of("key and certificate", FULL.replace(KEY, KEY + "," + CERTIFICATE)),
        Arguments.of("key and chain", FULL.replace(KEY, KEY + "," + CHAIN).replace(V03, V02)),
        Arguments.of(
            "certificate and chain",
            FULL.replace(KEY, CERTIFICATE + "," + CHAIN).replace(V03, V02)),
        Arguments.of(
            "an empty certificate", FULL.replace(KEY, "\"certificate\":{\"rawBytes\":\"\"}")),
        Arguments.of("a certificate without bytes", FULL.replace(KEY, "\"certificate\":{}")),
        Arguments.of(
            "an empty chain",
            FULL.replace(KEY, "\"x509CertificateChain\":{\"certificates\":[]}").replace(V03, V02)),
        Arguments.of(
            "a chain without certificates",
            FULL.replace(KEY, "\"x509CertificateChain\":{}").replace(V03, V02)),
        Arguments.of(
            "an empty certificate in a chain",
            FULL.replace(KEY, CHAIN.replace("Ag==", "")).replace(V03, V02)),
        Arguments.of(
            "a PEM certificate",
            FULL.replace(KEY, CERTIFICATE.replace("AQ==", "-----BEGIN CERTIFICATE-----"))),
        Arguments.of("a hint that is no text", FULL.replace("\"aGludA==\"", "1")),
        Arguments.of("a negative log index", FULL.replace("\"1007\"", "\"-1\"")),
        Arguments.of("a log index with a fraction", FULL.replace("\"1007\"", "1.5")),
        Arguments.of("a log index with an exponent", FULL.replace("\"1007\"", "1e3")),
        Arguments.of("a log index of 65 bits", FULL.replace("1007", "9223372036854775808")),
        Arguments.of("a log index with spaces", FULL.replace("\"1007\"", "\" 1007\"")),
        Arguments.of("an empty log ID", FULL.replace("\"Bw==\"", "\"\"")),
        Arguments.of("an empty body", FULL.replace("\"CA==\"", "\"\"")),
        Arguments.of(
            "an old proof without checkpoint",
            FULL.replace(",\"checkpoint\":{\"envelope\":\"log\\n8\\n\"}", "")),
        Arguments.of("an empty checkpoint", FULL.replace("log\\n8\\n", "")),
        Arguments.of("a log entry that is no object", FULL.replace(ENTRY, "\"x\"")),
        Arguments.of("a null log entry", FULL.replace(ENTRY, "null")),
        Arguments.of("a null hash", FULL.replace("\"BQ==\"", "null")),
        Arguments.of("a hash that is no text", FULL.replace("\"BQ==\"", "{}")),
        Arguments.of(
            "a timestamp that is no object",
            FULL.replace("{\"signedTimestamp\":\"CQ==\"}", "\"CQ==\"")),
        Arguments.of("a signature that is not base64", FULL.replace("\"Cw==\"", "\"C.==\"")),
        Arguments.of("a signature with stray bits", FULL.replace("\"Cw==\"", "\"Cx==\"")),
        Arguments.of(
            "a signature in hexadecimal with a colon", FULL.replace("\"Cw==\"", "\"0b:0c\"")),
        Arguments.of("an empty signature", FULL.replace("\"Cw==\"", "\"\"")),
        Arguments.of("an unknown hash", FULL.replace("SHA2_256", "MD5")),
        Arguments.of("a hash in lower case", FULL.replace("SHA2_256", "sha2_256")),
        Arguments.of("SHA-3", FULL.replace("SHA2_256", "SHA3_256")),
        Arguments.of("a number that is no hash", FULL.replace("\"SHA2_256\"", "17")),
        Arguments.of("a negative hash", FULL.replace("\"SHA2_256\"", "-1")),
        Arguments.of("a digest without algorithm", FULL.replace("\"algorithm\":\"SHA2_256\",", "")),
        Arguments.of(
            "an envelope signature that is no object",
            FULL_DSSE.replace("{\"sig\":\"DA==\",\"keyid\":\"id\"}", "\"DA==\"")),
        Arguments.of("a payload that is not base64", FULL_DSSE.replace("\"e30=\"", "\"{}\"")),
        Arguments.of(
            "a member twice",
            FULL.replace("\"mediaType\"", "\"mediaType\":\"" + V03 + "\",\"mediaType\"")),
        Arguments.of(
            "a signature twice",
            FULL.replace("\"signature\"", "\"signature\":\"DQ==\",\"signature\"")),
        Arguments.of(
            "a field by both names",
            FULL.replace("\"mediaType\"", "\"media_type\":\"" + V03 + "\",\"mediaType\"")),
        Arguments.of("a name in another case", FULL.replace("\"mediaType\"", "\"MediaType\"")),
        Arguments.of("deep nesting", "{\"mediaType\":" + "[".repeat(100_000)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void refusesWhatIsNoBundle(String name, String json) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageStartingWith("bundle: ");
  }

  static Stream<Trees.Changed> unknownMembers() throws MalformedInputException {
    List<Trees.Changed> all = new ArrayList<>();
    for (String json :
        List.of(
            FULL,
            FULL_DSSE,
            FULL.replace(KEY, CERTIFICATE),
            FULL.replace(KEY, CHAIN).replace(V03, V02))) {
      all.addAll(
          Trees.changingEachObject(
              tree(json),
              object -> {
                JsonObject.Builder more = JsonObject.builder().put("x", 1);
                object.members().forEach(member -> more.put(member.name(), member.value()));
                return more.build();
              }));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("unknownMembers")
  void refusesUnknownMembersEverywhere(Trees.Changed changed) {
    assertThatThrownBy(() -> BundleJson.parse(changed.json()))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("unknown member \"x\"");
  }

  @Test
  void refusesTheWrongTypeEverywhere() throws Exception {
    for (String json : List.of(FULL, FULL_DSSE, FULL.replace(KEY, CERTIFICATE))) {
      for (Trees.Changed changed :
          Trees.changingEachMember(tree(json), value -> JsonBoolean.TRUE)) {
        assertThatThrownBy(() -> BundleJson.parse(changed.json()))
            .as(changed.path())
            .isInstanceOf(MalformedInputException.class);
      }
    }
  }

  /** A member that may be left out has a harmless default; this is the whole list. */
  @Test
  void knowsWhichMembersMayBeMissing() throws Exception {
    assertThat(missingAndFine(FULL))
        .containsExactly(
            "/verificationMaterial/publicKey/hint",
            "/verificationMaterial/tlogEntries",
            "/verificationMaterial/tlogEntries[0]/logIndex",
            "/verificationMaterial/tlogEntries[0]/kindVersion/kind",
            "/verificationMaterial/tlogEntries[0]/kindVersion/version",
            "/verificationMaterial/tlogEntries[0]/integratedTime",
            "/verificationMaterial/tlogEntries[0]/inclusionPromise",
            "/verificationMaterial/tlogEntries[0]/inclusionPromise/signedEntryTimestamp",
            "/verificationMaterial/tlogEntries[0]/inclusionProof/logIndex",
            "/verificationMaterial/tlogEntries[0]/inclusionProof/rootHash",
            "/verificationMaterial/tlogEntries[0]/inclusionProof/treeSize",
            "/verificationMaterial/tlogEntries[0]/inclusionProof/hashes",
            "/verificationMaterial/timestampVerificationData",
            "/verificationMaterial/timestampVerificationData/rfc3161Timestamps",
            "/verificationMaterial/timestampVerificationData/rfc3161Timestamps[0]/signedTimestamp",
            "/messageSignature/messageDigest",
            "/messageSignature/messageDigest/digest");
    assertThat(missingAndFine(FULL_DSSE))
        .filteredOn(path -> path.startsWith("/dsse"))
        .containsExactly(
            "/dsseEnvelope/payload",
            "/dsseEnvelope/payloadType",
            "/dsseEnvelope/signatures",
            "/dsseEnvelope/signatures[0]/sig",
            "/dsseEnvelope/signatures[0]/keyid");
  }

  private static List<String> missingAndFine(String json) throws MalformedInputException {
    List<String> fine = new ArrayList<>();
    for (Trees.Changed without : Trees.withoutEachMember(tree(json))) {
      try {
        BundleJson.parse(without.json());
        fine.add(without.path());
      } catch (MalformedInputException e) {
        assertThat(e.message()).startsWith("bundle: ");
      }
    }
    return fine;
  }

  @Test
  void takesNullForAbsence() throws Exception {
    List<Trees.Changed> without = Trees.withoutEachMember(tree(FULL));
    List<Trees.Changed> nulls = Trees.changingEachMember(tree(FULL), value -> JsonNull.INSTANCE);

    assertThat(nulls).hasSameSizeAs(without);
    for (int i = 0; i < nulls.size(); i++) {
      assertThat(parsed(nulls.get(i).json()))
          .as(nulls.get(i).path())
          .isEqualTo(parsed(without.get(i).json()));
    }
  }

  private static Optional<Bundle> parsed(Bytes json) {
    try {
      return Optional.of(BundleJson.parse(json));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  @Test
  void readsNamesOfTheMessageDefinition() throws Exception {
    for (String json : List.of(FULL, FULL_DSSE)) {
      Bytes snake = Trees.renamed(tree(json), BundleJsonTest::snakeCase);

      assertThat(snake.toUtf8String("bundle")).contains("verification_material", "tlog_entries");
      assertThat(BundleJson.parse(snake)).isEqualTo(parse(json));
    }
    assertThat(
            parse(
                bundle(V02, CHAIN.replace("x509CertificateChain", "x509_certificate_chain"), DSSE)))
        .isEqualTo(parse(bundle(V02, CHAIN, DSSE)));
  }

  private static String snakeCase(String name) {
    StringBuilder snake = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      snake.append(c >= 'A' && c <= 'Z' ? "_" + (char) (c + 32) : String.valueOf(c));
    }
    return snake.toString();
  }

  @Test
  void readsNumbersEitherWayAndBase64InAnyVariant() throws Exception {
    assertThat(
            parse(
                FULL.replace("\"1007\"", "1007")
                    .replace("\"1717082297\"", "1717082297")
                    .replace("\"8\"", "8")
                    .replace("==\"", "\"")))
        .isEqualTo(parse(FULL.replace("aGludA==", "aGludA")));
    assertThat(parse(FULL.replace("\"Cw==\"", "\"-_8\"")))
        .isEqualTo(parse(FULL.replace("\"Cw==\"", "\"+/8=\"")));
  }

  @ParameterizedTest
  @CsvSource({
    "\"SHA2_256\",SHA256",
    "1,SHA256",
    "\"SHA2_384\",SHA384",
    "2,SHA384",
    "\"SHA2_512\",SHA512",
    "3,SHA512"
  })
  void knowsTheHashesByNameAndNumber(String json, HashAlgorithm algorithm) throws Exception {
    assertThat(parse(FULL.replace("\"SHA2_256\"", json)).content())
        .isEqualTo(
            new MessageSignature(Optional.of(new MessageDigest(algorithm, raw(10))), raw(11)));
  }

  /** As cosign writes it for pure Ed25519, which has no hash of its own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "null",
        "{\"algorithm\":0}",
        "{\"algorithm\":\"HASH_ALGORITHM_UNSPECIFIED\"}"
      })
  void readsASignatureWithoutDigest(String digest) throws Exception {
    assertThat(
            parse(FULL.replace("{\"algorithm\":\"SHA2_256\",\"digest\":\"Cg==\"}", digest))
                .content())
        .isEqualTo(new MessageSignature(Optional.empty(), raw(11)));
  }

  static Stream<Arguments> repeatedFields() {
    return Stream.of(
        Arguments.of("log entries", FULL, ENTRY, 32),
        Arguments.of("timestamps", FULL, "{\"signedTimestamp\":\"CQ==\"}", 32),
        Arguments.of("signatures", FULL_DSSE, "{\"sig\":\"DA==\",\"keyid\":\"id\"}", 32),
        Arguments.of(
            "certificates",
            bundle(V02, CHAIN.replace("{\"rawBytes\":\"AQ==\"},", ""), DSSE),
            "{\"rawBytes\":\"Ag==\"}",
            32),
        Arguments.of("hashes", FULL.replace(",\"Bg==\"", ""), "\"BQ==\"", 64));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("repeatedFields")
  void boundsEveryRepeatedField(String name, String json, String element, int limit)
      throws Exception {
    assertThat(parse(json.replace(element, repeat(element, limit)))).isNotNull();
    assertThatThrownBy(() -> parse(json.replace(element, repeat(element, limit + 1))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("more than " + limit);
    assertThatThrownBy(() -> parse(json.replace(element, repeat(element, 10_000))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("more than ");
  }

  private static String repeat(String element, int count) {
    return String.join(",", Collections.nCopies(count, element));
  }

  @Test
  void refusesMoreThanTheLimit() throws Exception {
    String padded = FULL + " ".repeat(Limits.MAX_BUNDLE - FULL.length());

    assertThat(parse(padded)).isEqualTo(parse(FULL));
    assertThatThrownBy(() -> parse(padded + " "))
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("bundle: larger than the limit of " + Limits.MAX_BUNDLE + " bytes");
  }

  @Test
  void writesInDeclarationOrderAndLeavesOutWhatIsEmpty() throws Exception {
    Bundle dsse =
        Bundle.signedWithKey(
            "aGludA==",
            new DsseContent(
                new Envelope(
                    Envelope.IN_TOTO,
                    Bytes.utf8("{}"),
                    List.of(new Envelope.Signature(raw(12), "")))));
    Bundle message =
        Bundle.signedWithKey(
            "h",
            new MessageSignature(
                Optional.of(new MessageDigest(HashAlgorithm.SHA512, raw(10))), raw(11)));
    Bundle pure = Bundle.signedWithKey("h", new MessageSignature(Optional.empty(), raw(11)));

    assertThat(BundleJson.write(dsse).toUtf8String("bundle"))
        .isEqualTo(bundle(V03, KEY, DSSE.replace(",\"keyid\":\"id\"", "")));
    assertThat(BundleJson.write(message).toUtf8String("bundle"))
        .isEqualTo(bundle(V03, "\"publicKey\":{\"hint\":\"h\"}", MESSAGE.replace("_256", "_512")));
    assertThat(BundleJson.write(pure).toUtf8String("bundle"))
        .endsWith("\"messageSignature\":{\"messageDigest\":{},\"signature\":\"Cw==\"}}");
    for (Bundle bundle : List.of(dsse, message, pure)) {
      assertThat(BundleJson.parse(BundleJson.write(bundle))).isEqualTo(bundle);
    }
  }

  @ParameterizedTest
  @MethodSource("whole")
  void writesProofsAndCertificatesToo(String json) throws Exception {
    Bundle bundle = parse(json);

    assertThat(BundleJson.parse(BundleJson.write(bundle))).isEqualTo(bundle);
  }

  static Stream<String> whole() {
    return Stream.of(
        FULL, bundle(V03, KEY + "," + TIMESTAMPS, DSSE), bundle(V03, CERTIFICATE, DSSE));
  }

  @Test
  void refusesToWriteSeveralCertificatesWhereOneIsAllowed() throws Exception {
    Bundle one = parse(bundle(V03, CERTIFICATE, DSSE));
    Bundle two =
        new Bundle(
            one.mediaType(),
            one.version(),
            new Bundle.CertificateChain(List.of(raw(1), raw(2))),
            one.logEntries(),
            one.timestamps(),
            one.content());

    assertThatThrownBy(() -> BundleJson.write(two)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void textOfForeignMembersIsEscapedInMessages() {
    String hostile = "\\u001b[2K\\u202e\\n";

    assertThatThrownBy(
            () -> parse(FULL.replace("\"mediaType\"", "\"" + hostile + "\":1,\"mediaType\"")))
        .isInstanceOfSatisfying(
            MalformedInputException.class,
            e ->
                assertThat(e.message())
                    .contains("\\u{1b}[2K\\u{202e}\\n")
                    .doesNotContain("\u001b", "\u202e", "\n"));
  }
}
