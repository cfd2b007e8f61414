package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.key.KeyType;
import java.time.Instant;
import java.util.List;

/**
 * A certificate authority: a root and an intermediate that issues leaves. For code signing it is
 * Fulcio's, for time-stamping that of a {@link VirtualTsa}. Immutable.
 */
public final class VirtualCa {

  private static final String ORGANIZATION = "virtual.test";

  private final String name;
  private final Bytes issuingName;
  private final VirtualKey issuingKey;
  private final Bytes root;
  private final Bytes intermediate;

  private VirtualCa(String name, KeyType keyType, Instant from, Instant to, String purpose) {
    this.name = name;
    VirtualKey rootKey = VirtualKey.create(keyType);
    this.issuingKey = VirtualKey.create(keyType);
    Bytes rootName = CertificateWriter.name(ORGANIZATION, name);
    this.issuingName = CertificateWriter.name(ORGANIZATION, name + "-intermediate");
    this.root =
        authority(rootName, rootKey, rootName, rootKey, from, to, List.of(rootConstraints()));
    this.intermediate =
        authority(
            rootName,
            rootKey,
            issuingName,
            issuingKey,
            from,
            to,
            List.of(
                CertificateWriter.extendedUsage(false, List.of(purpose)),
                CertificateWriter.basicConstraints(true, 0)));
  }

  private static Bytes rootConstraints() {
    return CertificateWriter.basicConstraints(true, 1);
  }

  private static Bytes authority(
      Bytes issuer,
      VirtualKey signer,
      Bytes subject,
      VirtualKey own,
      Instant from,
      Instant to,
      List<Bytes> special) {
    java.util.ArrayList<Bytes> extensions = new java.util.ArrayList<>();
    extensions.add(CertificateWriter.authorityUsage());
    extensions.addAll(special);
    extensions.add(CertificateWriter.subjectKeyId(own.spki()));
    if (!issuer.equals(subject)) {
      extensions.add(CertificateWriter.authorityKeyId(signer.spki()));
    }
    Bytes body =
        CertificateWriter.body(
            CertificateWriter.randomSerial(),
            signer.algorithmIdentifier(signer.hash()),
            issuer,
            from,
            to,
            subject,
            own.spki(),
            extensions);
    return CertificateWriter.certificate(body, signer);
  }

  /**
   * An authority for code signing.
   *
   * @param name its common name
   * @param keyType of root and intermediate; Fulcio has P-384
   * @param from when both begin to be valid
   * @param to when both end
   */
  public static VirtualCa codeSigning(String name, KeyType keyType, Instant from, Instant to) {
    return new VirtualCa(name, keyType, from, to, CertificateWriter.CODE_SIGNING);
  }

  /** An authority for time-stamping. */
  public static VirtualCa timeStamping(String name, KeyType keyType, Instant from, Instant to) {
    return new VirtualCa(name, keyType, from, to, CertificateWriter.TIME_STAMPING);
  }

  /** A leaf for a public key, valid for ten minutes from then. */
  public LeafBuilder leaf(Bytes spki, Instant now) {
    return new LeafBuilder(this, spki, now);
  }

  public String name() {
    return name;
  }

  /** The root in DER. */
  public Bytes root() {
    return root;
  }

  /** The intermediate in DER. */
  public Bytes intermediate() {
    return intermediate;
  }

  /** What is above a leaf: the intermediate, then the root. */
  public List<Bytes> chain() {
    return List.of(intermediate, root);
  }

  /** {@link #chain()} in PEM. */
  public String chainPem() {
    return PemText.of("CERTIFICATE", intermediate) + PemText.of("CERTIFICATE", root);
  }

  /** The key that signs leaves, for tests that sign what an authority never would. */
  public VirtualKey issuingKey() {
    return issuingKey;
  }

  Bytes issuingName() {
    return issuingName;
  }

  @Override
  public String toString() {
    return "VirtualCa[" + name + "]";
  }
}
