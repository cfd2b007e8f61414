package dev.bulla.certificate;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.SctRefusal.Reason;
import dev.bulla.der.DerReader;
import dev.bulla.der.DerWriter;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.SignatureCheck.Matched;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which logs promised to list a certificate (RFC 6962 §3). It takes a path that held, because the
 * promise is bound to the key of the issuer; nothing else makes one.
 */
public final class SctCheck {

  private static final String WHAT = "signed certificate timestamp";

  private static final int CERTIFICATE_ENTRY = 0;
  private static final int PRECERTIFICATE_ENTRY = 1;
  private static final int TBS_EXTENSIONS = 0xa3;

  private final Set<Bytes> logs;
  private final List<SctRefusal> refusals;

  private SctCheck(Set<Bytes> logs, List<SctRefusal> refusals) {
    this.logs = Set.copyOf(logs);
    this.refusals = List.copyOf(refusals);
  }

  /** Whether a certificate carries promises; nothing about what they are worth. */
  public static boolean areEmbedded(Certificate certificate) {
    return certificate.extension(CertificateExtension.SCT_LIST).isPresent();
  }

  /**
   * Checks the promises inside the leaf of a path.
   *
   * @throws MalformedInputException when they cannot be read
   */
  public static SctCheck embedded(CertificatePath path, List<CertificateLog> logs)
      throws MalformedInputException {
    Optional<Bytes> extension = path.leaf().extension(CertificateExtension.SCT_LIST);
    if (extension.isEmpty()) {
      return new SctCheck(
          Set.of(), List.of(new SctRefusal(Reason.NO_TIMESTAMP, "the certificate carries none")));
    }
    DerReader in = DerReader.of(extension.get().toByteArray(), WHAT);
    Bytes list = Bytes.owning(in.bytes(DerReader.OCTET_STRING));
    in.finish();
    byte[] body = withoutTimestamps(path.leaf().signedPart());
    ByteArrayOutputStream entry = new ByteArrayOutputStream();
    number(entry, PRECERTIFICATE_ENTRY, 2);
    entry.writeBytes(Digest.sha256(path.issuer().publicKey().spki()).bytes().toByteArray());
    number(entry, body.length, 3);
    entry.writeBytes(body);
    return check(SignedCertificateTimestamp.parseList(list), entry.toByteArray(), logs);
  }

  /** Checks promises that came beside the certificate, for the leaf of a path. */
  public static SctCheck detached(
      CertificatePath path,
      List<SignedCertificateTimestamp> timestamps,
      List<CertificateLog> logs) {
    byte[] der = path.leaf().der().toByteArray();
    ByteArrayOutputStream entry = new ByteArrayOutputStream();
    number(entry, CERTIFICATE_ENTRY, 2);
    number(entry, der.length, 3);
    entry.writeBytes(der);
    return check(timestamps, entry.toByteArray(), logs);
  }

  /**
   * Checks the promises inside the leaf of a path; where it carries none, those beside it.
   *
   * @throws MalformedInputException when those inside cannot be read
   */
  public static SctCheck of(
      CertificatePath path, List<SignedCertificateTimestamp> beside, List<CertificateLog> logs)
      throws MalformedInputException {
    return beside.isEmpty() || path.leaf().extension(CertificateExtension.SCT_LIST).isPresent()
        ? embedded(path, logs)
        : detached(path, beside, logs);
  }

  /** How many different logs made a promise that counts. */
  public int distinctLogs() {
    return logs.size();
  }

  /** The logs that made one, by their ids. */
  public Set<Bytes> logs() {
    return logs;
  }

  /** Why the others do not count, in their order. */
  public List<SctRefusal> refusals() {
    return refusals;
  }

  private static SctCheck check(
      List<SignedCertificateTimestamp> timestamps, byte[] entry, List<CertificateLog> logs) {
    Set<Bytes> promised = new LinkedHashSet<>();
    List<SctRefusal> refusals = new ArrayList<>();
    for (SignedCertificateTimestamp timestamp : timestamps) {
      Optional<SctRefusal> refusal = refusal(timestamp, entry, logs);
      if (refusal.isPresent()) {
        refusals.add(refusal.get());
      } else {
        promised.add(timestamp.logId());
      }
    }
    return new SctCheck(promised, refusals);
  }

  private static Optional<SctRefusal> refusal(
      SignedCertificateTimestamp timestamp, byte[] entry, List<CertificateLog> logs) {
    SctRefusal furthest = new SctRefusal(Reason.UNKNOWN_LOG, "from a log that is not trusted");
    for (CertificateLog log : logs) {
      if (!log.id().equals(timestamp.logId())) {
        continue;
      }
      Optional<SctRefusal> refusal = refusal(timestamp, entry, log);
      if (refusal.isEmpty()) {
        return Optional.empty();
      }
      furthest = refusal.get();
    }
    return Optional.of(furthest);
  }

  private static Optional<SctRefusal> refusal(
      SignedCertificateTimestamp timestamp, byte[] entry, CertificateLog log) {
    if (!log.validFor().contains(timestamp.time())) {
      return Optional.of(
          new SctRefusal(
              Reason.OUTSIDE_LOG_VALIDITY,
              "made at " + timestamp.time() + ", outside its log's time"));
    }
    Optional<SignatureAlgorithm> algorithm = timestamp.algorithm(log.key().type());
    if (algorithm.isEmpty()) {
      return Optional.of(
          new SctRefusal(
              Reason.UNSUPPORTED_ALGORITHM,
              "hash "
                  + timestamp.hash()
                  + " and signature "
                  + timestamp.scheme()
                  + " with a key of type "
                  + log.key().type().description()));
    }
    Bytes signed = signedContent(timestamp, entry);
    return log.key().check(signed, timestamp.signature(), algorithm.get()) instanceof Matched
        ? Optional.empty()
        : Optional.of(
            new SctRefusal(
                Reason.SIGNATURE_MISMATCH, "its log did not make it for this certificate"));
  }

  /** What the log signed (RFC 6962 §3.2), from its version on. */
  private static Bytes signedContent(SignedCertificateTimestamp timestamp, byte[] entry) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    number(out, 0, 1);
    number(out, 0, 1);
    number(out, timestamp.millis(), 8);
    out.writeBytes(entry);
    number(out, timestamp.extensions().size(), 2);
    out.writeBytes(timestamp.extensions().toByteArray());
    return Bytes.owning(out.toByteArray());
  }

  private static void number(ByteArrayOutputStream out, long value, int size) {
    byte[] digits = ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    out.writeBytes(Arrays.copyOfRange(digits, Long.BYTES - size, Long.BYTES));
  }

  /**
   * The signed part as the log saw it, before the promises were put in: else byte for byte. Other
   * extensions are left, because the leaf of a path says by one what it is for.
   */
  private static byte[] withoutTimestamps(Bytes signedPart) throws MalformedInputException {
    DerReader whole = DerReader.of(signedPart.toByteArray(), WHAT);
    DerReader in = whole.enter(DerReader.SEQUENCE);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    while (in.hasMore()) {
      if (in.nextIs(TBS_EXTENSIONS)) {
        byte[] others = otherExtensions(in.enter(TBS_EXTENSIONS).enter(DerReader.SEQUENCE));
        content.writeBytes(DerWriter.element(TBS_EXTENSIONS, DerWriter.sequence(others)));
      } else {
        content.writeBytes(in.element());
      }
    }
    return DerWriter.sequence(content.toByteArray());
  }

  private static byte[] otherExtensions(DerReader list) throws MalformedInputException {
    ByteArrayOutputStream others = new ByteArrayOutputStream();
    while (list.hasMore()) {
      byte[] extension = list.element();
      DerReader in = DerReader.of(extension, WHAT).enter(DerReader.SEQUENCE);
      if (!in.oid().equals(CertificateExtension.SCT_LIST)) {
        others.writeBytes(extension);
      }
    }
    return others.toByteArray();
  }
}
