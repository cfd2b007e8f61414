package dev.bulla.timestamp;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.Mint;
import dev.bulla.certificate.Mint.Made;
import dev.bulla.der.DerWriter;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Makes answers of a timestamp authority; each part can be replaced. */
public final class TokenMint {

  static final String SHA1 = "1.3.14.3.2.26";
  static final byte[] SHA256 = algorithm("2.16.840.1.101.3.4.2.1");
  private static final byte[] ECDSA_SHA256 = algorithm("1.2.840.10045.4.3.2");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Made signer;
  private Instant time = Mint.FROM.plusSeconds(60);
  private int status;
  private byte[] imprintHash = SHA256;
  private byte[] imprint;
  private byte[] digestAlgorithm = SHA256;
  private byte[] signatureAlgorithm = ECDSA_SHA256;
  private byte[] contentType = DerWriter.oid(SignedMessage.TIMESTAMP_INFO);
  private byte[] infoTail = {};
  private byte[] essCertificate;
  private String essAttribute = "1.2.840.113549.1.9.16.2.47";
  private byte[] signerId = {};
  private byte[] moreAttributes = {};
  private boolean byKeyId;
  private boolean damagedDigest;
  private boolean twoSigners;
  private boolean twoDigests;
  private Certificate named;
  private List<Certificate> along = List.of();

  private TokenMint(Made signer, Bytes stamped) {
    this.signer = signer;
    this.named = signer.certificate();
    this.imprint = Digest.of(HashAlgorithm.SHA256, stamped).bytes().toByteArray();
    this.essCertificate =
        DerWriter.sequence(
            DerWriter.octets(Digest.sha256(signer.certificate().der()).bytes().toByteArray()));
  }

  /** A sound token for these bytes, without certificates. */
  public static TokenMint by(Made signer, Bytes stamped) {
    return new TokenMint(signer, stamped);
  }

  public TokenMint at(Instant when) {
    time = when;
    return this;
  }

  public TokenMint with(Certificate... certificates) {
    along = List.of(certificates);
    return this;
  }

  TokenMint status(int number) {
    status = number;
    return this;
  }

  TokenMint imprint(byte[] algorithm, byte[] digest) {
    imprintHash = algorithm;
    imprint = digest;
    return this;
  }

  TokenMint digestAlgorithm(byte[] algorithm) {
    digestAlgorithm = algorithm;
    return this;
  }

  TokenMint signatureAlgorithm(byte[] algorithm) {
    signatureAlgorithm = algorithm;
    return this;
  }

  TokenMint contentType(String oid) {
    contentType = DerWriter.oid(oid);
    return this;
  }

  TokenMint infoTail(byte[] elements) {
    infoTail = elements;
    return this;
  }

  TokenMint ess(String attribute, byte[] certificateId) {
    essAttribute = attribute;
    essCertificate = certificateId;
    return this;
  }

  TokenMint named(Certificate certificate) {
    named = certificate;
    return this;
  }

  TokenMint signerId(byte[] element) {
    signerId = element;
    return this;
  }

  TokenMint moreAttributes(byte[]... elements) {
    moreAttributes =
        Bytes.concat(Stream.of(elements).map(Bytes::of).toArray(Bytes[]::new)).toByteArray();
    return this;
  }

  TokenMint byKeyId() {
    byKeyId = true;
    return this;
  }

  TokenMint damagedDigest() {
    damagedDigest = true;
    return this;
  }

  TokenMint twoSigners() {
    twoSigners = true;
    return this;
  }

  TokenMint twoDigests() {
    twoDigests = true;
    return this;
  }

  public Bytes answer() {
    return Bytes.owning(
        DerWriter.sequence(
            DerWriter.sequence(DerWriter.integer(status)),
            DerWriter.sequence(
                DerWriter.oid("1.2.840.113549.1.7.2"), DerWriter.element(0xa0, signedData()))));
  }

  private byte[] signedData() {
    byte[] info =
        DerWriter.sequence(
            DerWriter.integer(1),
            DerWriter.oid("1.3.6.1.4.1.57264.2"),
            DerWriter.sequence(imprintHash, DerWriter.octets(imprint)),
            DerWriter.integer(99),
            DerWriter.element(0x18, TIME.format(time).getBytes(StandardCharsets.US_ASCII)),
            infoTail);
    byte[] one = signerInfo(info);
    List<byte[]> parts = new ArrayList<>();
    parts.add(DerWriter.integer(3));
    parts.add(DerWriter.element(0x31, digestAlgorithm));
    parts.add(
        DerWriter.sequence(
            DerWriter.oid(SignedMessage.TIMESTAMP_INFO),
            DerWriter.element(0xa0, DerWriter.octets(info))));
    if (!along.isEmpty()) {
      parts.add(
          DerWriter.element(
              0xa0, along.stream().map(c -> c.der().toByteArray()).toArray(byte[][]::new)));
    }
    parts.add(twoSigners ? DerWriter.element(0x31, one, one) : DerWriter.element(0x31, one));
    return DerWriter.sequence(parts.toArray(byte[][]::new));
  }

  private byte[] signerInfo(byte[] info) {
    byte[] digest = Digest.sha256(Bytes.of(info)).bytes().toByteArray();
    digest[0] ^= (byte) (damagedDigest ? 1 : 0);
    byte[] digestAttribute = attribute("1.2.840.113549.1.9.4", DerWriter.octets(digest));
    byte[] attributes =
        DerWriter.element(
            0x31,
            attribute("1.2.840.113549.1.9.3", contentType),
            digestAttribute,
            twoDigests ? digestAttribute : new byte[0],
            attribute(essAttribute, DerWriter.sequence(DerWriter.sequence(essCertificate))),
            moreAttributes);
    byte[] signature = Mint.sign("SHA256withECDSA", signer.keys(), attributes);
    byte[] tagged = attributes.clone();
    tagged[0] = (byte) 0xa0;
    byte[] sid =
        signerId.length > 0
            ? signerId
            : byKeyId
                ? DerWriter.element(0x80, new byte[] {1, 2, 3})
                : DerWriter.sequence(
                    named.issuer().toByteArray(),
                    DerWriter.element(2, named.serial().toByteArray()));
    return DerWriter.sequence(
        DerWriter.integer(byKeyId ? 3 : 1),
        sid,
        digestAlgorithm,
        tagged,
        signatureAlgorithm,
        DerWriter.octets(signature));
  }

  static byte[] attribute(String oid, byte[] value) {
    return DerWriter.sequence(DerWriter.oid(oid), DerWriter.element(0x31, value));
  }

  static byte[] algorithm(String oid) {
    return DerWriter.sequence(DerWriter.oid(oid));
  }
}
