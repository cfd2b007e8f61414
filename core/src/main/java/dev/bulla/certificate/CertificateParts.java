package dev.bulla.certificate;

import dev.bulla.bytes.Bytes;
import dev.bulla.der.DerReader;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.AlgorithmIdentifier;
import dev.bulla.key.VerificationKey;
import dev.bulla.limits.Limits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a certificate says, read from its encoding (RFC 5280 §4.1 and §4.2). */
record CertificateParts(
    Bytes signedPart,
    Bytes serial,
    Bytes issuer,
    Instant notBefore,
    Instant notAfter,
    Bytes subject,
    VerificationKey publicKey,
    List<CertificateExtension> extensions,
    AlgorithmIdentifier signatureAlgorithm,
    Bytes signature,
    ExtensionFacts facts) {

  static final String WHAT = "certificate";

  private static final int VERSION = 0xa0;
  private static final int ISSUER_ID = 0x81;
  private static final int SUBJECT_ID = 0x82;
  static final int EXTENSIONS = 0xa3;
  private static final int VERSION_3 = 2;

  static CertificateParts parse(Bytes der) throws MalformedInputException {
    DerReader whole = DerReader.of(der.toByteArray(), WHAT);
    DerReader certificate = whole.enter(DerReader.SEQUENCE);
    whole.finish();
    Bytes signedPart = Bytes.owning(certificate.element());
    AlgorithmIdentifier algorithm = AlgorithmIdentifier.read(certificate);
    Bytes signature = Bytes.owning(certificate.wholeBits());
    certificate.finish();

    DerReader outer = DerReader.of(signedPart.toByteArray(), WHAT);
    DerReader in = outer.enter(DerReader.SEQUENCE);
    DerReader version = in.enter(VERSION);
    if (version.smallNumber() != VERSION_3) {
      throw new MalformedInputException(WHAT, "not of version 3");
    }
    version.finish();
    Bytes serial = Bytes.owning(in.number());
    if (!AlgorithmIdentifier.read(in).equals(algorithm)) {
      // the outer one is not signed
      throw new MalformedInputException(WHAT, "names two algorithms for its signature");
    }
    Bytes issuer = name(in);
    DerReader validity = in.enter(DerReader.SEQUENCE);
    Instant notBefore = validity.time();
    Instant notAfter = validity.time();
    validity.finish();
    Bytes subject = name(in);
    VerificationKey key = VerificationKey.ofSpki(Bytes.owning(in.element()));
    if (in.nextIs(ISSUER_ID)) {
      in.skip();
    }
    if (in.nextIs(SUBJECT_ID)) {
      in.skip();
    }
    List<CertificateExtension> extensions = in.hasMore() ? extensions(in) : List.of();
    in.finish();
    return new CertificateParts(
        signedPart,
        serial,
        issuer,
        notBefore,
        notAfter,
        subject,
        key,
        extensions,
        algorithm,
        signature,
        ExtensionFacts.read(extensions));
  }

  /** A name, which is a sequence; what it says is compared and never shown. */
  private static Bytes name(DerReader in) throws MalformedInputException {
    if (!in.nextIs(DerReader.SEQUENCE)) {
      throw in.problem("unexpected tag");
    }
    return Bytes.owning(in.element());
  }

  private static List<CertificateExtension> extensions(DerReader in)
      throws MalformedInputException {
    DerReader tagged = in.enter(EXTENSIONS);
    DerReader list = tagged.enter(DerReader.SEQUENCE);
    tagged.finish();
    List<CertificateExtension> all = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    do {
      DerReader one = list.enter(DerReader.SEQUENCE);
      String oid = one.oid();
      boolean critical = one.nextIs(DerReader.BOOLEAN) && one.bool();
      Bytes value = Bytes.owning(one.bytes(DerReader.OCTET_STRING));
      one.finish();
      if (!seen.add(oid)) {
        throw new MalformedInputException(WHAT, "extension " + oid + " stands there twice");
      }
      all.add(new CertificateExtension(oid, critical, value));
      if (all.size() > Limits.MAX_CERTIFICATE_PARTS) {
        throw new MalformedInputException(
            WHAT, "more than " + Limits.MAX_CERTIFICATE_PARTS + " extensions");
      }
    } while (list.hasMore());
    return List.copyOf(all);
  }
}
