package dev.bulla.trust;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateAuthority;
import dev.bulla.certificate.CertificateLog;
import dev.bulla.certificate.ValidityPeriod;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonParser;
import dev.bulla.json.ProtoFields;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import dev.bulla.limits.Limits;
import dev.bulla.timestamp.TimestampAuthority;
import dev.bulla.tlog.TransparencyLog;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads trusted roots. Source: sigstore/protobuf-specs, sigstore_trustroot.proto; what has to be
 * there follows sigstore-go's reading of it.
 */
final class TrustedRootJson {

  private static final String WHAT = "trusted root";

  private static final List<String> MEDIA_TYPES =
      List.of(
          "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
          "application/vnd.dev.sigstore.trustedroot.v0.1+json",
          "application/vnd.dev.sigstore.trustedroot.v0.2+json");

  /** sigstore_common.proto, "HashAlgorithm". */
  private static final Map<String, Integer> HASHES =
      Map.of(
          "HASH_ALGORITHM_UNSPECIFIED", 0,
          "SHA2_256", 1,
          "SHA2_384", 2,
          "SHA2_512", 3,
          "SHA3_256", 4,
          "SHA3_384", 5);

  private static final int PKCS1 = 1;

  /** sigstore_common.proto, "PublicKeyDetails": those that logs may have. */
  private static final Map<String, Integer> KEY_DETAILS =
      Map.of(
          "PKCS1_RSA_PKCS1V5", PKCS1,
          "PKIX_ECDSA_P256_SHA_256", 5,
          "PKIX_ECDSA_P384_SHA_384", 12,
          "PKIX_ECDSA_P521_SHA_512", 13,
          "PKIX_RSA_PKCS1V15_2048_SHA256", 9,
          "PKIX_RSA_PKCS1V15_3072_SHA256", 10,
          "PKIX_RSA_PKCS1V15_4096_SHA256", 11,
          "PKIX_ED25519", 7);

  private TrustedRootJson() {}

  static TrustedRoot parse(Bytes json) throws MalformedInputException {
    if (json.size() > Limits.MAX_KEY_FILE) {
      throw new MalformedInputException(
          WHAT, "larger than the limit of " + Limits.MAX_KEY_FILE + " bytes");
    }
    ProtoFields root = ProtoFields.of(JsonParser.parseObject(json, WHAT), WHAT);
    String mediaType = root.requiredString("mediaType");
    if (!MEDIA_TYPES.contains(mediaType)) {
      throw new MalformedInputException(
          WHAT, "mediaType: unsupported media type " + Quoted.text(mediaType));
    }
    List<TransparencyLog> logs = new ArrayList<>();
    for (ProtoFields log : bounded(root, "tlogs")) {
      logs.add(log(log));
    }
    List<CertificateLog> certificateLogs = new ArrayList<>();
    for (ProtoFields log : bounded(root, "ctlogs")) {
      TransparencyLog read = log(log);
      certificateLogs.add(
          new CertificateLog(
              read.id(), read.key(), new ValidityPeriod(Optional.of(read.start()), read.end())));
    }
    List<CertificateAuthority> authorities = new ArrayList<>();
    for (ProtoFields authority : bounded(root, "certificateAuthorities")) {
      Chain chain = chain(authority);
      authorities.add(new CertificateAuthority(chain.certificates(), chain.validFor()));
    }
    List<TimestampAuthority> timestampAuthorities = new ArrayList<>();
    for (ProtoFields authority : bounded(root, "timestampAuthorities")) {
      Chain chain = chain(authority);
      timestampAuthorities.add(
          TimestampAuthority.of(chain.uri(), chain.certificates(), chain.validFor()));
    }
    root.finish();
    return new TrustedRoot(logs, authorities, certificateLogs, timestampAuthorities);
  }

  private static TransparencyLog log(ProtoFields log) throws MalformedInputException {
    String baseUrl = log.string("baseUrl").orElse("");
    if (log.enumNumber("hashAlgorithm", HASHES).orElse(0) != 1) {
      throw log.malformed("hashAlgorithm", "expected SHA2_256");
    }
    Bytes id = log.requiredFields("logId").requiredBytes("keyId");
    if (id.isEmpty()) {
      throw log.malformed("logId", "empty");
    }
    Optional<ProtoFields> checkpointId = log.fields("checkpointKeyId");
    if (checkpointId.isPresent()) {
      checkpointId.get().bytes("keyId");
    }
    log.string("operator");
    ProtoFields publicKey = log.requiredFields("publicKey");
    VerificationKey key = key(publicKey);
    ProtoFields validFor = publicKey.requiredFields("validFor");
    Instant start =
        time(validFor, "start").orElseThrow(() -> validFor.malformed("start", "missing"));
    return new TransparencyLog(host(baseUrl), id, key, start, time(validFor, "end"));
  }

  private static VerificationKey key(ProtoFields publicKey) throws MalformedInputException {
    Bytes raw = publicKey.requiredBytes("rawBytes");
    OptionalInt details = publicKey.enumNumber("keyDetails", KEY_DETAILS);
    if (!KEY_DETAILS.containsValue(details.orElse(0))) {
      throw publicKey.malformed("keyDetails", "not a kind of key for logs");
    }
    VerificationKey key =
        details.getAsInt() == PKCS1 ? VerificationKey.ofPkcs1(raw) : VerificationKey.ofSpki(raw);
    if (!isOf(key.type(), details.getAsInt())) {
      throw publicKey.malformed("keyDetails", "the key is of another kind");
    }
    return key;
  }

  private static boolean isOf(KeyType type, int details) {
    return switch (type) {
      case EC_P256 -> details == 5;
      case EC_P384 -> details == 12;
      case EC_P521 -> details == 13;
      case RSA_2048 -> details == 9 || details == PKCS1;
      case RSA_3072 -> details == 10 || details == PKCS1;
      case RSA_4096 -> details == 11 || details == PKCS1;
      case ED25519 -> details == 7;
    };
  }

  /** What is written of authorities of both kinds. */
  private record Chain(String uri, List<Certificate> certificates, ValidityPeriod validFor) {}

  private static Chain chain(ProtoFields authority) throws MalformedInputException {
    Optional<ProtoFields> subject = authority.fields("subject");
    if (subject.isPresent()) {
      subject.get().string("organization");
      subject.get().string("commonName");
    }
    authority.string("operator");
    List<Certificate> certificates = new ArrayList<>();
    ProtoFields chain = authority.requiredFields("certChain");
    for (ProtoFields certificate : bounded(chain, "certificates")) {
      try {
        certificates.add(Certificate.parse(certificate.requiredBytes("rawBytes")));
      } catch (MalformedInputException e) {
        throw e.in(WHAT);
      }
    }
    if (certificates.isEmpty()) {
      throw chain.malformed("certificates", "none");
    }
    Optional<ProtoFields> validFor = authority.fields("validFor");
    return new Chain(
        authority.string("uri").orElse(""),
        certificates,
        new ValidityPeriod(
            validFor.isPresent() ? time(validFor.get(), "start") : Optional.empty(),
            validFor.isPresent() ? time(validFor.get(), "end") : Optional.empty()));
  }

  private static List<ProtoFields> bounded(ProtoFields fields, String name)
      throws MalformedInputException {
    List<ProtoFields> elements = fields.fieldsList(name);
    if (elements.size() > Limits.MAX_BUNDLE_PROOFS) {
      throw fields.malformed(name, "more than " + Limits.MAX_BUNDLE_PROOFS + " entries");
    }
    return elements;
  }

  /** RFC 3339, as proto JSON spells timestamps. */
  private static Optional<Instant> time(ProtoFields fields, String name)
      throws MalformedInputException {
    Optional<String> text = fields.string(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String value = text.get();
    // what begins with a sign is a year of more digits
    if (value.length() > 40 || value.isEmpty() || !Character.isDigit(value.charAt(0))) {
      throw fields.malformed(name, "not a time: " + Quoted.text(value));
    }
    try {
      return Optional.of(Instant.parse(value));
    } catch (DateTimeParseException e) {
      throw fields.malformed(name, "not a time: " + Quoted.text(value));
    }
  }

  /** The host of an address, which may lack its scheme. */
  static String host(String url) {
    int scheme = url.indexOf("://");
    int from = scheme < 0 ? 0 : scheme + 3;
    int to = from;
    while (to < url.length() && "/:?#".indexOf(url.charAt(to)) < 0) {
      to++;
    }
    return url.substring(from, to);
  }
}
