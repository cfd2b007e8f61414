package dev.bulla.timestamp;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.der.DerReader;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.AlgorithmIdentifier;
import dev.bulla.limits.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The signed message that a token is (RFC 5652 §5), with one signer.
 *
 * @param content what is signed by way of its digest
 * @param certificates those that came along and can be read
 * @param signer how it names the signer's certificate
 * @param signedAttributes the attributes in the encoding that is signed
 * @param attributes the one value of each, by identifier
 */
record SignedMessage(
    Bytes content,
    List<Certificate> certificates,
    SignerId signer,
    AlgorithmIdentifier digestAlgorithm,
    Bytes signedAttributes,
    Map<String, Bytes> attributes,
    AlgorithmIdentifier signatureAlgorithm,
    Bytes signature) {

  /** What a certificate is named by. */
  sealed interface SignerId {}

  /** Its issuer, and what that calls it. */
  record IssuerAndSerial(Bytes issuer, Bytes serial) implements SignerId {}

  /** Its key. */
  record SubjectKeyId(Bytes id) implements SignerId {}

  static final String TIMESTAMP_INFO = "1.2.840.113549.1.9.16.1.4";
  private static final String SIGNED_DATA = "1.2.840.113549.1.7.2";
  private static final String SUBJECT_KEY_ID = "2.5.29.14";

  private static final int EXPLICIT_0 = 0xa0;
  private static final int CERTIFICATES = 0xa0;
  private static final int REVOCATIONS = 0xa1;
  private static final int KEY_ID = 0x80;
  private static final int SIGNED_ATTRIBUTES = 0xa0;
  private static final int UNSIGNED_ATTRIBUTES = 0xa1;
  private static final int MAX_ATTRIBUTES = 16;

  static SignedMessage read(DerReader in) throws MalformedInputException {
    DerReader info = in.enter(DerReader.SEQUENCE);
    expect(info, SIGNED_DATA);
    DerReader tagged = info.enter(EXPLICIT_0);
    info.finish();
    DerReader data = tagged.enter(DerReader.SEQUENCE);
    tagged.finish();
    data.smallNumber();
    // the hashes that signers use: each signer says so itself
    data.enter(DerReader.SET);
    DerReader inside = data.enter(DerReader.SEQUENCE);
    expect(inside, TIMESTAMP_INFO);
    DerReader explicit = inside.enter(EXPLICIT_0);
    inside.finish();
    Bytes content = Bytes.owning(explicit.bytes(DerReader.OCTET_STRING));
    explicit.finish();
    List<Certificate> certificates =
        data.nextIs(CERTIFICATES) ? certificates(data.enter(CERTIFICATES)) : List.of();
    if (data.nextIs(REVOCATIONS)) {
      data.skip();
    }
    DerReader signers = data.enter(DerReader.SET);
    data.finish();
    DerReader signer = signers.enter(DerReader.SEQUENCE);
    if (signers.hasMore()) {
      throw new MalformedInputException(TimestampToken.WHAT, "more than one signer");
    }
    return signedBy(signer, content, certificates);
  }

  private static SignedMessage signedBy(
      DerReader signer, Bytes content, List<Certificate> certificates)
      throws MalformedInputException {
    signer.smallNumber();
    SignerId id =
        signer.nextIs(KEY_ID)
            ? new SubjectKeyId(Bytes.owning(signer.bytes(KEY_ID)))
            : issuerAndSerial(signer.enter(DerReader.SEQUENCE));
    AlgorithmIdentifier digest = AlgorithmIdentifier.read(signer);
    if (!signer.nextIs(SIGNED_ATTRIBUTES)) {
      throw new MalformedInputException(TimestampToken.WHAT, "no signed attributes");
    }
    byte[] signed = signer.element();
    // signed as the set that they are, not under the tag that they stand with (RFC 5652 §5.4)
    signed[0] = DerReader.SET;
    AlgorithmIdentifier algorithm = AlgorithmIdentifier.read(signer);
    Bytes signature = Bytes.owning(signer.bytes(DerReader.OCTET_STRING));
    if (signer.nextIs(UNSIGNED_ATTRIBUTES)) {
      signer.skip();
    }
    signer.finish();
    return new SignedMessage(
        content,
        certificates,
        id,
        digest,
        Bytes.owning(signed),
        attributes(signed),
        algorithm,
        signature);
  }

  private static IssuerAndSerial issuerAndSerial(DerReader name) throws MalformedInputException {
    IssuerAndSerial id =
        new IssuerAndSerial(Bytes.owning(name.element()), Bytes.owning(name.number()));
    name.finish();
    return id;
  }

  private static void expect(DerReader in, String oid) throws MalformedInputException {
    if (!in.oid().equals(oid)) {
      throw new MalformedInputException(TimestampToken.WHAT, "not a signed timestamp");
    }
  }

  /**
   * Certificates that cannot be read are left out: they only come along, and lead to nothing that
   * is not trusted by itself.
   */
  private static List<Certificate> certificates(DerReader set) throws MalformedInputException {
    List<Certificate> all = new ArrayList<>();
    for (int count = 0; set.hasMore(); count++) {
      if (count == Limits.MAX_BUNDLE_PROOFS) {
        throw new MalformedInputException(
            TimestampToken.WHAT, "more than " + Limits.MAX_BUNDLE_PROOFS + " certificates");
      }
      readable(Bytes.owning(set.element())).ifPresent(all::add);
    }
    return List.copyOf(all);
  }

  private static Optional<Certificate> readable(Bytes der) {
    try {
      return Optional.of(Certificate.parse(der));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private static Map<String, Bytes> attributes(byte[] signed) throws MalformedInputException {
    DerReader set = DerReader.of(signed, TimestampToken.WHAT).enter(DerReader.SET);
    Map<String, Bytes> all = new HashMap<>();
    while (set.hasMore()) {
      DerReader one = set.enter(DerReader.SEQUENCE);
      String oid = one.oid();
      DerReader values = one.enter(DerReader.SET);
      one.finish();
      Bytes value = Bytes.owning(values.element());
      values.finish();
      if (all.put(oid, value) != null || all.size() > MAX_ATTRIBUTES) {
        throw new MalformedInputException(
            TimestampToken.WHAT, "a signed attribute stands there twice, or too many do");
      }
    }
    return Map.copyOf(all);
  }

  /** Whether this is the certificate that the message names as its signer's. */
  boolean names(Certificate certificate) {
    return switch (signer) {
      case IssuerAndSerial named ->
          named.issuer().equals(certificate.issuer())
              && named.serial().equals(certificate.serial());
      case SubjectKeyId named ->
          certificate
              .extension(SUBJECT_KEY_ID)
              .flatMap(SignedMessage::keyId)
              .equals(Optional.of(named.id()));
    };
  }

  private static Optional<Bytes> keyId(Bytes extension) {
    DerReader in = DerReader.of(extension.toByteArray(), TimestampToken.WHAT);
    try {
      Bytes id = Bytes.owning(in.bytes(DerReader.OCTET_STRING));
      in.finish();
      return Optional.of(id);
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }
}
