package dev.bulla.sigstore.tsa;

import dev.bulla.bytes.Bytes;
import dev.bulla.der.DerReader;
import dev.bulla.der.DerWriter;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.ServiceException;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.timestamp.TimestampToken;
import java.math.BigInteger;
import java.security.SecureRandom;

/**
 * Asks a timestamp authority (RFC 3161 over HTTP). A certificate of the client's own, and whom to
 * trust over TLS, are settings of the transport. Safe for use by many threads at once.
 */
public final class TimestampClient {

  private static final String SHA256 = "2.16.840.1.101.3.4.2.1";
  private static final byte[] TRUE = {(byte) 0xff};
  private static final int NONCE_BITS = 127;
  private static final int GRANTED_WITH_CHANGES = 1;

  private final ServiceCaller caller;
  private final ServiceUrl url;
  private final SecureRandom random = new SecureRandom();

  /**
   * A client of one authority.
   *
   * @param url where timestamps are asked for, whole
   */
  public TimestampClient(ServiceCaller caller, ServiceUrl url) {
    this.caller = caller;
    this.url = url;
  }

  /** Where the authority is, for messages. */
  public String name() {
    return url.toString();
  }

  /**
   * A timestamp of a signature, with the certificates of whoever made it.
   *
   * @param signature of which the authority learns the SHA-256 only
   * @return the whole answer in DER ({@code TimeStampResp}), as it came; of these bytes and of this
   *     question
   * @throws ServiceException when the authority could not be asked, refuses, or answers another
   *     question
   */
  public Bytes stamp(Bytes signature) throws BullaException {
    Digest digest = Digest.sha256(signature);
    // positive and not zero, so that it has one spelling
    BigInteger nonce = new BigInteger(NONCE_BITS, random).setBit(0);
    ServiceRequest request =
        ServiceRequest.post(
                url, "application/timestamp-query", query(digest, nonce), Limits.MAX_TIMESTAMP)
            .with("Accept", "application/timestamp-reply");
    ServiceAnswer answer = caller.call(request);
    try {
      int status = status(answer.body());
      if (status > GRANTED_WITH_CHANGES) {
        throw new ServiceException(
            ServiceException.Kind.REFUSED,
            request + ": the authority refused, with status " + status);
      }
      TimestampToken token = TimestampToken.parse(answer.body());
      if (!token.answers(digest, Bytes.owning(nonce.toByteArray()))) {
        throw new MalformedInputException("timestamp", "it answers another question");
      }
      return answer.body();
    } catch (MalformedInputException e) {
      throw ServiceCaller.badAnswer(request, e.message(), e);
    }
  }

  /** {@code TimeStampReq}, RFC 3161 §2.4.1. */
  private static Bytes query(Digest digest, BigInteger nonce) {
    return Bytes.owning(
        DerWriter.sequence(
            DerWriter.integer(1),
            DerWriter.sequence(
                DerWriter.sequence(DerWriter.oid(SHA256), DerWriter.nothing()),
                DerWriter.octets(digest.bytes().toByteArray())),
            DerWriter.integer(nonce),
            DerWriter.element(DerReader.BOOLEAN, TRUE)));
  }

  /** {@code PKIStatus}; what follows it explains it in words. */
  private static int status(Bytes answer) throws MalformedInputException {
    return DerReader.of(answer.toByteArray(), "timestamp")
        .enter(DerReader.SEQUENCE)
        .enter(DerReader.SEQUENCE)
        .smallNumber();
  }
}
