package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the next leaf of a {@link VirtualCa} looks like: right in everything that was not asked for
 * otherwise. Not for use by several threads.
 */
public final class LeafBuilder {

  private static final Duration VALIDITY = Duration.ofMinutes(10);
  private static final String SCT_LIST = "1.3.6.1.4.1.11129.2.4.2";

  private final VirtualCa authority;
  private final Bytes spki;
  private Instant notBefore;
  private Instant notAfter;
  private BigInteger serial = CertificateWriter.randomSerial();
  private Bytes subject = Asn1.sequence();
  private final List<Bytes> names = new ArrayList<>();
  private final List<Bytes> extensions = new ArrayList<>();
  private List<String> purposes = List.of(CertificateWriter.CODE_SIGNING);
  private boolean purposesCritical;
  private boolean asAuthority;
  private @Nullable VirtualKey otherSigner;
  private boolean selfIssued;
  private final List<VirtualCtLog> logs = new ArrayList<>();
  private @Nullable Instant loggedAt;
  private Bytes sctExtensions = Bytes.EMPTY;
  private boolean brokenSct;

  LeafBuilder(VirtualCa authority, Bytes spki, Instant now) {
    this.authority = authority;
    this.spki = spki;
    this.notBefore = now;
    this.notAfter = now.plus(VALIDITY);
  }

  /** Names that identity, with its extensions. Twice: two names. */
  public LeafBuilder identity(VirtualIdentity identity) {
    names.add(identity.generalName());
    if (names.size() == 1) {
      extensions.addAll(identity.certificateExtensions());
    }
    return this;
  }

  /** From and to, both inclusive, in whole seconds. */
  public LeafBuilder validity(Instant from, Instant to) {
    notBefore = from;
    notAfter = to;
    return this;
  }

  public LeafBuilder serial(BigInteger number) {
    serial = number;
    return this;
  }

  /** A subject, which leaves of Fulcio do not have. */
  public LeafBuilder subject(String organization, String commonName) {
    subject = CertificateWriter.name(organization, commonName);
    return this;
  }

  /** The purposes instead of code signing, as object identifiers; none: no such extension. */
  public LeafBuilder purposes(String... oids) {
    purposes = List.of(oids);
    return this;
  }

  public LeafBuilder purposesCritical(boolean critical) {
    purposesCritical = critical;
    return this;
  }

  /** Makes it an authority, which a leaf must not be. */
  public LeafBuilder asAuthority() {
    asAuthority = true;
    return this;
  }

  /** One more extension. */
  public LeafBuilder extension(String oid, boolean critical, Bytes value) {
    extensions.add(CertificateWriter.extension(oid, critical, value));
    return this;
  }

  /** A critical extension that nobody knows. */
  public LeafBuilder unknownCriticalExtension() {
    return extension("1.3.6.1.4.1.57264.99.1", true, Asn1.NULL);
  }

  /** Signed by a key other than the authority's, and saying nothing of it. */
  public LeafBuilder signedBy(VirtualKey other) {
    otherSigner = other;
    return this;
  }

  /** Issued by itself; the key has to be the one that it certifies. */
  public LeafBuilder selfSigned(VirtualKey own) {
    otherSigner = own;
    selfIssued = true;
    return this;
  }

  /** Carries a timestamp of that log. Several: several. */
  public LeafBuilder logged(VirtualCtLog log) {
    logs.add(log);
    return this;
  }

  /** Carries no timestamp of any log, whatever was asked for before. */
  public LeafBuilder notLogged() {
    logs.clear();
    return this;
  }

  /** When the logs saw it; otherwise when it begins to be valid. */
  public LeafBuilder loggedAt(Instant time) {
    loggedAt = time;
    return this;
  }

  /** The extensions inside the log's timestamp, such as the index that static logs put there. */
  public LeafBuilder sctExtensions(Bytes content) {
    sctExtensions = content;
    return this;
  }

  /** The log's timestamp is for another certificate. */
  public LeafBuilder brokenSct() {
    brokenSct = true;
    return this;
  }

  /** Issues it. */
  public IssuedCertificate issue() {
    VirtualKey signer = otherSigner == null ? authority.issuingKey() : otherSigner;
    Bytes issuerName = selfIssued ? subject : authority.issuingName();
    Bytes issuerSpki = selfIssued ? spki : authority.issuingKey().spki();
    List<Bytes> all = new ArrayList<>();
    all.add(asAuthority ? CertificateWriter.authorityUsage() : CertificateWriter.signatureUsage());
    if (!purposes.isEmpty()) {
      all.add(CertificateWriter.extendedUsage(purposesCritical, purposes));
    }
    if (asAuthority) {
      all.add(CertificateWriter.basicConstraints(true, -1));
    }
    all.add(CertificateWriter.subjectKeyId(spki));
    all.add(CertificateWriter.authorityKeyId(issuerSpki));
    if (!names.isEmpty()) {
      all.add(CertificateWriter.alternativeNames(names));
    }
    all.addAll(extensions);
    if (!logs.isEmpty()) {
      Bytes before = body(signer, issuerName, all);
      Bytes logged = brokenSct ? Bytes.concat(before, Asn1.NULL) : before;
      List<Bytes> timestamps = new ArrayList<>();
      for (VirtualCtLog log : logs) {
        timestamps.add(
            log.embedded(
                loggedAt == null ? notBefore : loggedAt, issuerSpki, logged, sctExtensions));
      }
      all.add(
          CertificateWriter.extension(SCT_LIST, false, Asn1.octets(VirtualCtLog.list(timestamps))));
    }
    return new IssuedCertificate(
        CertificateWriter.certificate(body(signer, issuerName, all), signer),
        issuerName,
        serial,
        selfIssued ? List.of() : authority.chain());
  }

  private Bytes body(VirtualKey signer, Bytes issuerName, List<Bytes> all) {
    return CertificateWriter.body(
        serial,
        signer.algorithmIdentifier(signer.hash()),
        issuerName,
        notBefore,
        notAfter,
        subject,
        spki,
        all);
  }
}
