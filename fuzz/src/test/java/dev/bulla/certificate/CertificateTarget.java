package dev.bulla.certificate;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.fuzz.Check;
import java.time.Instant;
import java.util.List;

/** {@link Certificate}, {@link CertificateIdentity} and the promises of logs. */
public final class CertificateTarget {

  private static final Instant AT = Instant.parse("2024-01-01T12:00:00Z");

  private CertificateTarget() {}

  public static boolean accepts(byte[] input) throws MalformedInputException {
    Bytes der = Bytes.of(input);
    Certificate certificate;
    try {
      certificate = Certificate.parse(der);
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.equal(der, certificate.der(), "a certificate keeps its encoding");
    List<Certificate> again = Certificate.parsePem(Bytes.utf8(certificate.toPem()), "printed");
    Check.equal(List.of(certificate), again, "its PEM reads back");
    identify(certificate);
    check(certificate);
    return true;
  }

  private static void identify(Certificate certificate) {
    try {
      CertificateIdentity identity = CertificateIdentity.of(certificate);
      Check.that(
          identity.name().isEmpty() || identity.names().contains(identity.name().get()),
          "the one name is one of all");
    } catch (MalformedInputException e) {
      Check.refusal(e);
    }
  }

  /** Nobody vouches for himself, unless a user trusts him as a signer of code. */
  private static void check(Certificate certificate) {
    for (CertificateUsage usage : CertificateUsage.values()) {
      ChainCheck alone =
          CertificateChain.verify(certificate, List.of(certificate), List.of(), AT, usage);
      Check.that(alone instanceof ChainRefusal, "without authorities nothing holds");
      ChainCheck itself =
          CertificateChain.verify(
              certificate,
              List.of(),
              List.of(new CertificateAuthority(List.of(certificate), ValidityPeriod.ALWAYS)),
              AT,
              usage);
      Check.that(
          itself instanceof ChainRefusal
              || (usage == CertificateUsage.CODE_SIGNING
                  && certificate.maySignContent()
                  && !AT.isBefore(certificate.notBefore())
                  && !AT.isAfter(certificate.notAfter())),
          "no leaf is its own authority");
    }
  }

  public static boolean acceptsPromises(byte[] input) {
    try {
      List<SignedCertificateTimestamp> promises =
          SignedCertificateTimestamp.parseList(Bytes.of(input));
      Check.that(!promises.isEmpty(), "a list has one at least");
      for (SignedCertificateTimestamp promise : promises) {
        Check.equal(32, promise.logId().size(), "log id");
        Check.equal(promise.millis(), promise.time().toEpochMilli(), "time");
      }
      return true;
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
  }
}
