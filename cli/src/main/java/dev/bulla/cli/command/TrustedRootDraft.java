package dev.bulla.cli.command;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.der.DerReader;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoJson;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import dev.bulla.tlog.TransparencyLog;
import dev.bulla.trust.TrustedRoot;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A {@code trusted_root.json} that is being put together, written as cosign writes one: each kind
 * by its start; of two logs with one id the later one counts.
 */
final class TrustedRootDraft {

  /** The kinds of services, in the order of the file. */
  enum Kind {
    LOGS("tlogs"),
    AUTHORITIES("certificateAuthorities"),
    CERTIFICATE_LOGS("ctlogs"),
    TIMESTAMP_AUTHORITIES("timestampAuthorities");

    private final String member;

    Kind(String member) {
      this.member = member;
    }
  }

  private static final String MEDIA_TYPE =
      "application/vnd.dev.sigstore.trustedroot+json;version=0.1";
  private static final String ORGANIZATION = "2.5.4.10";
  private static final String COMMON_NAME = "2.5.4.3";

  /** An entry with what it is sorted and told apart by. */
  private record Entry(Kind kind, Instant start, String id, JsonObject json) {}

  private final List<Entry> entries = new ArrayList<>();

  /** Takes everything of some kinds out of another root, which has been read as one. */
  void addFrom(Bytes trustedRoot, List<Kind> kinds) throws MalformedInputException {
    TrustedRoot read = TrustedRoot.parse(trustedRoot);
    JsonObject root = JsonParser.parseObject(trustedRoot, "trusted root");
    requireAll(root, Kind.LOGS, read.logs().size());
    requireAll(root, Kind.AUTHORITIES, read.authorities().size());
    requireAll(root, Kind.CERTIFICATE_LOGS, read.certificateLogs().size());
    requireAll(root, Kind.TIMESTAMP_AUTHORITIES, read.timestampAuthorities().size());
    for (Kind kind : kinds) {
      if (root.get(kind.member).orElse(JsonArray.EMPTY) instanceof JsonArray array) {
        for (JsonValue value : array.values()) {
          if (value instanceof JsonObject json) {
            add(kind, json);
          }
        }
      }
    }
  }

  /** Nothing is left out in silence: members may also go by names that are not looked for here. */
  private static void requireAll(JsonObject root, Kind kind, int count)
      throws MalformedInputException {
    int here = root.get(kind.member).orElse(null) instanceof JsonArray array ? array.size() : 0;
    if (here != count) {
      throw new MalformedInputException("trusted root", kind.member + ": in another spelling");
    }
  }

  /** An entry of another root keeps all it says; only the place of its start differs by kind. */
  private void add(Kind kind, JsonObject json) {
    boolean log = kind == Kind.LOGS || kind == Kind.CERTIFICATE_LOGS;
    JsonObject holder = log ? member(json, "publicKey") : json;
    String start = text(member(holder, "validFor"), "start");
    String id = log ? text(member(json, "logId"), "keyId") : "";
    add(new Entry(kind, start.isEmpty() ? Instant.MIN : Instant.parse(start), id, json));
  }

  private static JsonObject member(JsonObject json, String name) {
    return json.get(name).orElse(null) instanceof JsonObject object ? object : JsonObject.EMPTY;
  }

  private static String text(JsonObject json, String name) {
    return json.get(name).orElse(null) instanceof JsonString text ? text.value() : "";
  }

  private void add(Entry entry) {
    if (!entry.id().isEmpty()) {
      entries.removeIf(old -> old.kind() == entry.kind() && old.id().equals(entry.id()));
    }
    entries.add(entry);
  }

  /**
   * Adds a log.
   *
   * @param origin under which it signs checkpoints; changes the id of Ed25519 keys only
   */
  void addLog(
      Kind kind,
      String url,
      VerificationKey key,
      Instant start,
      Optional<Instant> end,
      Optional<String> origin) {
    Bytes id = key.fingerprint();
    if (origin.isPresent() && key.type() == KeyType.ED25519) {
      id = new TransparencyLog(origin.get(), id, key, start, end).noteKeyId();
    }
    JsonObject.Builder json = JsonObject.builder();
    putUnlessEmpty(json, "baseUrl", url);
    String idText = Base64Text.encode(id);
    json.put("hashAlgorithm", "SHA2_256")
        .put(
            "publicKey",
            JsonObject.builder()
                .put("rawBytes", Base64Text.encode(key.spki()))
                .put("keyDetails", keyDetails(key.type()))
                .put("validFor", period(start, end))
                .build())
        .put("logId", JsonObject.builder().put("keyId", idText).build());
    add(new Entry(kind, start, idText, json.build()));
  }

  /** Adds an issuer of certificates or timestamps, named as its last certificate is. */
  void addAuthority(
      Kind kind, String url, List<Certificate> chain, Instant start, Optional<Instant> end)
      throws MalformedInputException {
    Bytes name = chain.get(chain.size() - 1).subject();
    JsonObject.Builder subject = JsonObject.builder();
    putUnlessEmpty(subject, "organization", namePart(name, ORGANIZATION));
    putUnlessEmpty(subject, "commonName", namePart(name, COMMON_NAME));
    JsonObject.Builder json = JsonObject.builder().put("subject", subject.build());
    putUnlessEmpty(json, "uri", url);
    List<JsonObject> certificates = new ArrayList<>();
    for (Certificate certificate : chain) {
      certificates.add(
          JsonObject.builder().put("rawBytes", Base64Text.encode(certificate.der())).build());
    }
    json.put(
            "certChain",
            JsonObject.builder().put("certificates", JsonArray.of(certificates)).build())
        .put("validFor", period(start, end));
    add(new Entry(kind, start, "", json.build()));
  }

  private static void putUnlessEmpty(JsonObject.Builder json, String name, String value) {
    if (!value.isEmpty()) {
      json.put(name, value);
    }
  }

  private static JsonObject period(Instant start, Optional<Instant> end) {
    JsonObject.Builder period = JsonObject.builder().put("start", start.toString());
    end.ifPresent(time -> period.put("end", time.toString()));
    return period.build();
  }

  private static String keyDetails(KeyType type) {
    return switch (type) {
      case EC_P256 -> "PKIX_ECDSA_P256_SHA_256";
      case EC_P384 -> "PKIX_ECDSA_P384_SHA_384";
      case EC_P521 -> "PKIX_ECDSA_P521_SHA_512";
      case RSA_2048 -> "PKIX_RSA_PKCS1V15_2048_SHA256";
      case RSA_3072 -> "PKIX_RSA_PKCS1V15_3072_SHA256";
      case RSA_4096 -> "PKIX_RSA_PKCS1V15_4096_SHA256";
      case ED25519 -> "PKIX_ED25519";
    };
  }

  /** The first such part of a name (RFC 5280 §4.1.2.4); empty when it has none that is text. */
  private static String namePart(Bytes name, String oid) throws MalformedInputException {
    DerReader parts = DerReader.of(name.toByteArray(), "name").enter(DerReader.SEQUENCE);
    while (parts.hasMore()) {
      DerReader set = parts.enter(DerReader.SET);
      while (set.hasMore()) {
        DerReader part = set.enter(DerReader.SEQUENCE);
        boolean wanted = part.oid().equals(oid);
        int tag = part.nextTag();
        if (wanted && (tag == DerReader.UTF8_STRING || tag == DerReader.PRINTABLE_STRING)) {
          return new String(part.bytes(tag), StandardCharsets.UTF_8);
        }
      }
    }
    return "";
  }

  /** The file, without a newline. */
  Bytes write() {
    JsonObject.Builder root = JsonObject.builder().put("mediaType", MEDIA_TYPE);
    for (Kind kind : Kind.values()) {
      List<JsonObject> sorted = new ArrayList<>();
      entries.stream()
          .filter(entry -> entry.kind() == kind)
          .sorted(Comparator.comparing(Entry::start))
          .forEach(entry -> sorted.add(entry.json()));
      if (!sorted.isEmpty()) {
        root.put(kind.member, JsonArray.of(sorted));
      }
    }
    return ProtoJson.write(root.build());
  }
}
