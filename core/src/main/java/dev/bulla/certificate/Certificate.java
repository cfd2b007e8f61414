package dev.bulla.certificate;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.AlgorithmIdentifier;
import dev.bulla.key.Pem;
import dev.bulla.key.VerificationKey;
import dev.bulla.limits.Limits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * An X.509 certificate that was read, and not believed: whether it counts is for {@link
 * CertificateChain} to say. Immutable, equal by its encoding.
 *
 * <p>Only version 3 is read, and only keys of the types that may sign. The encoding is DER in every
 * length and number, so that nothing can be read in two ways.
 */
public final class Certificate {

  private static final String PEM_TYPE = "CERTIFICATE";

  private final Bytes der;
  private final CertificateParts parts;

  private Certificate(Bytes der, CertificateParts parts) {
    this.der = der;
    this.parts = parts;
  }

  /**
   * The certificate in a DER encoding.
   *
   * @throws MalformedInputException also when its key is of a kind that may not sign
   */
  public static Certificate parse(Bytes der) throws MalformedInputException {
    if (der.size() > Limits.MAX_CERTIFICATE) {
      throw new MalformedInputException(
          CertificateParts.WHAT, "larger than the limit of " + Limits.MAX_CERTIFICATE + " bytes");
    }
    return new Certificate(der, CertificateParts.parse(der));
  }

  /**
   * The certificates of a PEM text, in order, at least one.
   *
   * @param what what is being read, for the message
   * @throws MalformedInputException also when the text holds anything else than certificates
   */
  public static List<Certificate> parsePem(Bytes text, String what) throws MalformedInputException {
    List<Pem> blocks = Pem.parseAll(text, what);
    if (blocks.isEmpty() || blocks.size() > Limits.MAX_BUNDLE_PROOFS) {
      throw new MalformedInputException(
          what,
          blocks.isEmpty()
              ? "no certificate"
              : "more than " + Limits.MAX_BUNDLE_PROOFS + " blocks");
    }
    List<Certificate> all = new ArrayList<>();
    for (Pem block : blocks) {
      if (!block.type().equals(PEM_TYPE)) {
        throw new MalformedInputException(what, "holds something else than certificates");
      }
      all.add(parse(block.content()));
    }
    return List.copyOf(all);
  }

  /** The encoding that was read. */
  public Bytes der() {
    return der;
  }

  /** The certificate as a {@code CERTIFICATE} block, which ends in a newline. */
  public String toPem() {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64Text.encodeLines(der)
        + "-----END CERTIFICATE-----\n";
  }

  public VerificationKey publicKey() {
    return parts.publicKey();
  }

  /** The first moment of its validity. */
  public Instant notBefore() {
    return parts.notBefore();
  }

  /** The last moment of its validity. */
  public Instant notAfter() {
    return parts.notAfter();
  }

  /** Whether the moment lies in the validity of this certificate; both ends do. */
  public boolean isValidAt(Instant at) {
    return !at.isBefore(parts.notBefore()) && !at.isAfter(parts.notAfter());
  }

  /** The serial number as its bytes. */
  public Bytes serial() {
    return parts.serial();
  }

  /** The encoded name of who signed it. Names are compared byte by byte. */
  public Bytes issuer() {
    return parts.issuer();
  }

  /** The encoded name of whom it is for. */
  public Bytes subject() {
    return parts.subject();
  }

  /** The alternative names, in order; addresses and directory names are left out. */
  public List<AlternativeName> names() {
    return parts.facts().names();
  }

  /** What is inside an extension, by its identifier in dotted form. */
  public Optional<Bytes> extension(String oid) {
    for (CertificateExtension extension : parts.extensions()) {
      if (extension.oid().equals(oid)) {
        return Optional.of(extension.value());
      }
    }
    return Optional.empty();
  }

  /** The identifiers of the extensions that a reader has to understand. */
  public Set<String> criticalExtensions() {
    Set<String> critical = new LinkedHashSet<>();
    for (CertificateExtension extension : parts.extensions()) {
      if (extension.critical()) {
        critical.add(extension.oid());
      }
    }
    return critical;
  }

  /** Whether its basic constraints say that it is an authority's. */
  public boolean isAuthority() {
    return parts.facts().authority();
  }

  /** How many authorities may stand between it and a leaf, where it says so. */
  public OptionalInt pathLength() {
    return parts.facts().pathLength();
  }

  /** Whether its key usage, if it has one, lets the key sign content. */
  public boolean maySignContent() {
    return parts.facts().allows(ExtensionFacts.DIGITAL_SIGNATURE)
        || parts.facts().allows(ExtensionFacts.NON_REPUDIATION);
  }

  /** Whether its key usage, if it has one, lets the key sign certificates. */
  public boolean maySignCertificates() {
    return parts.facts().allows(ExtensionFacts.SIGN_CERTIFICATES);
  }

  /** The extended key usages by their identifiers, in order; empty when it has none. */
  public Optional<List<String>> extendedUsages() {
    return parts.facts().extendedUsages();
  }

  /** The part that is signed. */
  Bytes signedPart() {
    return parts.signedPart();
  }

  AlgorithmIdentifier signatureAlgorithm() {
    return parts.signatureAlgorithm();
  }

  Bytes signature() {
    return parts.signature();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Certificate that && der.equals(that.der);
  }

  @Override
  public int hashCode() {
    return der.hashCode();
  }

  @Override
  public String toString() {
    return "Certificate[" + Digest.sha256(der) + "]";
  }
}
