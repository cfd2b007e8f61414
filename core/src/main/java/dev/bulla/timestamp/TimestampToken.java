package dev.bulla.timestamp;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateChain;
import dev.bulla.certificate.CertificatePath;
import dev.bulla.certificate.CertificateUsage;
import dev.bulla.certificate.ChainCheck;
import dev.bulla.certificate.ChainRefusal;
import dev.bulla.der.DerReader;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.AlgorithmIdentifier;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.SignatureCheck.Matched;
import dev.bulla.limits.Limits;
import dev.bulla.timestamp.TimestampRefusal.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The answer of a timestamp authority, read and not believed: that it was made for some bytes, and
 * when, is for {@link #verify} to say.
 */
public final class TimestampToken {

  static final String WHAT = "timestamp";

  private static final int GRANTED = 0;
  private static final int GRANTED_WITH_CHANGES = 1;

  private static final String CONTENT_TYPE = "1.2.840.113549.1.9.3";
  private static final String MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
  private static final String SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
  private static final String SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";

  private final SignedMessage message;
  private final TimestampInfo info;

  private TimestampToken(SignedMessage message, TimestampInfo info) {
    this.message = message;
    this.info = info;
  }

  /**
   * The token in an authority's whole answer (RFC 3161 §2.4.2).
   *
   * @throws MalformedInputException also when the authority refused
   */
  public static TimestampToken parse(Bytes response) throws MalformedInputException {
    if (response.size() > Limits.MAX_TIMESTAMP) {
      throw new MalformedInputException(
          WHAT, "larger than the limit of " + Limits.MAX_TIMESTAMP + " bytes");
    }
    DerReader whole = DerReader.of(response.toByteArray(), WHAT);
    DerReader answer = whole.enter(DerReader.SEQUENCE);
    whole.finish();
    // what follows the number explains it in words
    int status = answer.enter(DerReader.SEQUENCE).smallNumber();
    if (status != GRANTED && status != GRANTED_WITH_CHANGES) {
      throw new MalformedInputException(WHAT, "the authority refused, with status " + status);
    }
    SignedMessage message = SignedMessage.read(answer);
    answer.finish();
    return new TimestampToken(message, TimestampInfo.parse(message.content()));
  }

  /** The time that it names; nothing proves it until {@link #verify} has agreed. */
  public Instant claimedTime() {
    return info.time();
  }

  /**
   * Whether the token says that it answers this question. Nothing about who made it: for whoever
   * asked an authority and wants to know what came back.
   *
   * @param digest of what was to be stamped
   * @param nonce what the question carried: the content of a DER INTEGER
   */
  public boolean answers(Digest digest, Bytes nonce) {
    return info.imprintHash().hash().equals(Optional.of(digest.algorithm()))
        && info.imprint().equals(digest.bytes())
        && info.nonce().equals(Optional.of(nonce));
  }

  /**
   * Whether one of the authorities made this token for these bytes; the first that did counts.
   *
   * @param stamped what was to be stamped: for Sigstore, the bytes of a signature
   */
  public TimestampCheck verify(Bytes stamped, List<TimestampAuthority> authorities) {
    Optional<HashAlgorithm> hash = info.imprintHash().hash();
    if (hash.isEmpty()) {
      return unsupported("hash", info.imprintHash());
    }
    if (!Digest.of(hash.get(), stamped).bytes().equals(info.imprint())) {
      return new TimestampRefusal(Reason.WRONG_IMPRINT, "made for other bytes");
    }
    TimestampRefusal furthest =
        new TimestampRefusal(Reason.UNTRUSTED_AUTHORITY, "made by none of the trusted authorities");
    for (TimestampAuthority authority : authorities) {
      TimestampCheck check = verifyBy(authority);
      if (check instanceof TimestampRefusal refusal) {
        furthest = refusal.reason().compareTo(furthest.reason()) >= 0 ? refusal : furthest;
      } else {
        return check;
      }
    }
    return furthest;
  }

  private TimestampCheck verifyBy(TimestampAuthority authority) {
    Optional<Certificate> signer = signer(authority);
    if (signer.isEmpty()) {
      return new TimestampRefusal(
          Reason.UNTRUSTED_AUTHORITY, "made by none of the trusted authorities");
    }
    Optional<TimestampRefusal> refusal = unsigned(signer.get());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    List<Certificate> along = new ArrayList<>(message.certificates());
    along.remove(signer.get());
    ChainCheck chain =
        CertificateChain.verify(
            signer.get(),
            along,
            List.of(authority.authority()),
            info.time(),
            CertificateUsage.TIME_STAMPING);
    return chain instanceof CertificatePath
        ? new ProvenTime(info.time(), authority)
        : untrusted((ChainRefusal) chain);
  }

  private static TimestampRefusal untrusted(ChainRefusal refusal) {
    Reason reason =
        switch (refusal.reason()) {
          case EXPIRED, NOT_YET_VALID, OUTSIDE_AUTHORITY_VALIDITY -> Reason.OUTSIDE_VALIDITY;
          case WRONG_USAGE, AUTHORITY_AS_LEAF -> Reason.WRONG_USAGE;
          case UNSUPPORTED_ALGORITHM -> Reason.UNSUPPORTED_ALGORITHM;
          case SELF_SIGNED_LEAF,
              UNKNOWN_CRITICAL_EXTENSION,
              ISSUER_MISMATCH,
              SIGNATURE_MISMATCH,
              NOT_AN_AUTHORITY,
              PATH_TOO_LONG,
              NO_TRUST_ANCHOR ->
              Reason.UNTRUSTED_AUTHORITY;
        };
    return new TimestampRefusal(reason, refusal.detail());
  }

  /**
   * The certificate whose key has to have signed. The authority's, where it is known: what came
   * along then must not say otherwise. Else the one that came along under the signer's name.
   */
  private Optional<Certificate> signer(TimestampAuthority authority) {
    List<Certificate> named = new ArrayList<>();
    for (Certificate certificate : message.certificates()) {
      if (message.names(certificate) && !named.contains(certificate)) {
        named.add(certificate);
      }
    }
    Optional<Certificate> known = authority.leaf();
    if (known.isPresent()) {
      boolean same = named.isEmpty() || named.equals(List.of(known.get()));
      return same && message.names(known.get()) ? known : Optional.empty();
    }
    return named.size() == 1 ? Optional.of(named.get(0)) : Optional.empty();
  }

  /** Why the certificate's key did not sign this content, if it did not (RFC 5652 §5.4). */
  private Optional<TimestampRefusal> unsigned(Certificate signer) {
    Optional<HashAlgorithm> hash = message.digestAlgorithm().hash();
    if (hash.isEmpty()) {
      return Optional.of(unsupported("hash", message.digestAlgorithm()));
    }
    Optional<SignatureAlgorithm> algorithm =
        message.signatureAlgorithm().signature(signer.publicKey().type(), hash.get());
    if (algorithm.isEmpty()) {
      return Optional.of(unsupported("signature", message.signatureAlgorithm()));
    }
    boolean onlyOld =
        message.attributes().containsKey(SIGNING_CERTIFICATE)
            && !message.attributes().containsKey(SIGNING_CERTIFICATE_V2);
    if (onlyOld) {
      return Optional.of(
          new TimestampRefusal(
              Reason.UNSUPPORTED_ALGORITHM, "it names its signer's certificate by SHA-1 only"));
    }
    try {
      boolean signed =
          hasContentType()
              && octets(MESSAGE_DIGEST).equals(Digest.of(hash.get(), message.content()).bytes())
              && namesByDigest(signer)
              && signer
                      .publicKey()
                      .check(message.signedAttributes(), message.signature(), algorithm.get())
                  instanceof Matched;
      return signed
          ? Optional.empty()
          : Optional.of(
              new TimestampRefusal(
                  Reason.SIGNATURE_MISMATCH, "the authority did not sign what it says"));
    } catch (MalformedInputException e) {
      return Optional.of(
          new TimestampRefusal(
              Reason.SIGNATURE_MISMATCH, "a signed attribute is not as it has to be"));
    }
  }

  private boolean hasContentType() throws MalformedInputException {
    return attribute(CONTENT_TYPE).oid().equals(SignedMessage.TIMESTAMP_INFO);
  }

  private Bytes octets(String oid) throws MalformedInputException {
    return Bytes.owning(attribute(oid).bytes(DerReader.OCTET_STRING));
  }

  /** Whether the first certificate that the signer vouches for is this one (RFC 5035 §4). */
  private boolean namesByDigest(Certificate signer) throws MalformedInputException {
    DerReader in = attribute(SIGNING_CERTIFICATE_V2).enter(DerReader.SEQUENCE);
    DerReader id = in.enter(DerReader.SEQUENCE).enter(DerReader.SEQUENCE);
    Optional<HashAlgorithm> hash =
        id.nextIs(DerReader.SEQUENCE)
            ? AlgorithmIdentifier.read(id).hash()
            : Optional.of(HashAlgorithm.SHA256);
    Bytes digest = Bytes.owning(id.bytes(DerReader.OCTET_STRING));
    return hash.isPresent() && Digest.of(hash.get(), signer.der()).bytes().equals(digest);
  }

  /** A reader of the one value of an attribute, and of nothing after it. */
  private DerReader attribute(String oid) throws MalformedInputException {
    Bytes value = message.attributes().get(oid);
    if (value == null) {
      throw new MalformedInputException(WHAT, "no signed attribute " + oid);
    }
    return DerReader.of(value.toByteArray(), WHAT);
  }

  private static TimestampRefusal unsupported(String what, AlgorithmIdentifier algorithm) {
    return new TimestampRefusal(
        Reason.UNSUPPORTED_ALGORITHM, what + " by algorithm " + algorithm.oid());
  }
}
