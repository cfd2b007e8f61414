package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.key.KeyType;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** A timestamp authority (RFC 3161) with a chain of its own. Safe for many threads. */
public final class VirtualTsa {

  private static final String DATA_OF_TOKEN = "1.2.840.113549.1.9.16.1.4";
  private static final String SIGNED_DATA = "1.2.840.113549.1.7.2";
  private static final String POLICY = "1.3.6.1.4.1.57264.2";

  private final VirtualCa authority;
  private final VirtualKey key;
  private final IssuedCertificate certificate;
  private final AtomicLong serials = new AtomicLong();

  private VirtualTsa(VirtualCa authority, VirtualKey key, IssuedCertificate certificate) {
    this.authority = authority;
    this.key = key;
    this.certificate = certificate;
  }

  /**
   * An authority.
   *
   * @param name the common name of its root
   * @param keyType of everything in its chain
   * @param from when its certificates begin to be valid
   * @param to when they end
   */
  public static VirtualTsa create(String name, KeyType keyType, Instant from, Instant to) {
    return create(name, keyType, from, to, leaf -> leaf);
  }

  /**
   * An authority whose certificate is not as it has to be.
   *
   * @param change what is different about it
   */
  public static VirtualTsa create(
      String name, KeyType keyType, Instant from, Instant to, UnaryOperator<LeafBuilder> change) {
    VirtualCa authority = VirtualCa.timeStamping(name, keyType, from, to);
    VirtualKey key = VirtualKey.create(keyType);
    LeafBuilder leaf =
        authority
            .leaf(key.spki(), from)
            .validity(from, to)
            .subject("virtual.test", name + "-tsa")
            .purposes(CertificateWriter.TIME_STAMPING)
            .purposesCritical(true);
    return new VirtualTsa(authority, key, change.apply(leaf).issue());
  }

  /** The certificate that signs, and what is above it. */
  public IssuedCertificate certificate() {
    return certificate;
  }

  public VirtualKey key() {
    return key;
  }

  public VirtualCa authority() {
    return authority;
  }

  /**
   * What is to be stamped.
   *
   * @param nonce comes back in the token
   * @param certificates whether the token is to carry the chain
   */
  public record Query(
      HashAlgorithm hash, Bytes digest, Optional<BigInteger> nonce, boolean certificates) {

    /** As cosign 3 asks: SHA-256, no nonce, no certificates. */
    public static Query of(Bytes signature) {
      return of(HashAlgorithm.SHA256, signature);
    }

    public static Query of(HashAlgorithm hash, Bytes signature) {
      return new Query(hash, PemText.hash(hash, signature), Optional.empty(), false);
    }

    public Query withCertificates() {
      return new Query(hash, digest, nonce, true);
    }

    public Query withNonce(BigInteger number) {
      return new Query(hash, digest, Optional.of(number), certificates);
    }
  }

  /** A TimeStampResp over the bytes, as cosign 3 asks for it. */
  public Bytes stamp(Bytes signature, Instant time) {
    return stamp(Query.of(signature), time);
  }

  /** A TimeStampResp: granted. */
  public Bytes stamp(Query query, Instant time) {
    return Asn1.sequence(Asn1.sequence(Asn1.integer(0)), token(query, time));
  }

  /** A TimeStampResp that refuses, with a bit of PKIFailureInfo. */
  public static Bytes refusal(int failureBit) {
    int last = failureBit / 8;
    byte[] bits = new byte[last + 2];
    bits[0] = (byte) (7 - failureBit % 8);
    bits[last + 1] = (byte) (0x80 >> failureBit % 8);
    return Asn1.sequence(Asn1.sequence(Asn1.integer(2), Asn1.tagged(3, Bytes.owning(bits))));
  }

  private Bytes token(Query query, Instant time) {
    Bytes info = tokenInfo(query, time);
    HashAlgorithm hash = key.hash();
    Bytes signedAttributes =
        Asn1.setOf(
            attribute("1.2.840.113549.1.9.3", Asn1.oid(DATA_OF_TOKEN)),
            attribute("1.2.840.113549.1.9.5", Asn1.time(time)),
            attribute("1.2.840.113549.1.9.4", Asn1.octets(PemText.hash(hash, info))),
            attribute("1.2.840.113549.1.9.16.2.47", signingCertificate()));
    Bytes signature = key.sign(hash, signedAttributes);
    // signed as a SET, sent under an implicit tag (RFC 5652 §5.4)
    Bytes sent =
        Bytes.concat(Bytes.of((byte) 0xa0), signedAttributes.slice(1, signedAttributes.size()));
    Bytes signer =
        Asn1.sequence(
            Asn1.integer(1),
            Asn1.sequence(certificate.issuer(), Asn1.integer(certificate.serial())),
            algorithm(hash),
            sent,
            key.algorithmIdentifier(hash),
            Asn1.octets(signature));
    Bytes certificates =
        query.certificates()
            ? Asn1.explicit(0, certificate.chain().toArray(Bytes[]::new))
            : Bytes.EMPTY;
    return Asn1.sequence(
        Asn1.oid(SIGNED_DATA),
        Asn1.explicit(
            0,
            Asn1.sequence(
                Asn1.integer(3),
                Asn1.setOf(algorithm(hash)),
                Asn1.sequence(Asn1.oid(DATA_OF_TOKEN), Asn1.explicit(0, Asn1.octets(info))),
                certificates,
                Asn1.setOf(signer))));
  }

  private Bytes tokenInfo(Query query, Instant time) {
    return Asn1.sequence(
        Asn1.integer(1),
        Asn1.oid(POLICY),
        Asn1.sequence(algorithm(query.hash()), Asn1.octets(query.digest())),
        Asn1.integer(serials.incrementAndGet()),
        Asn1.generalizedTime(time),
        // to the second
        Asn1.sequence(Asn1.integer(1)),
        query.nonce().map(Asn1::integer).orElse(Bytes.EMPTY));
  }

  /** ESSCertIDv2 (RFC 5035): SHA-256 of the certificate, which is its default. */
  private Bytes signingCertificate() {
    return Asn1.sequence(
        Asn1.sequence(Asn1.sequence(Asn1.octets(PemText.sha256(certificate.der())))));
  }

  private static Bytes attribute(String oid, Bytes value) {
    return Asn1.sequence(Asn1.oid(oid), Asn1.setOf(value));
  }

  static Bytes algorithm(HashAlgorithm hash) {
    String last =
        switch (hash) {
          case SHA256 -> "1";
          case SHA384 -> "2";
          case SHA512 -> "3";
        };
    return Asn1.sequence(Asn1.oid("2.16.840.1.101.3.4.2." + last), Asn1.NULL);
  }

  @Override
  public String toString() {
    return "VirtualTsa[" + authority.name() + "]";
  }
}
