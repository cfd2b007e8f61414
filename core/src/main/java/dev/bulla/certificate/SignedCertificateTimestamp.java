package dev.bulla.certificate;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonParser;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.limits.Limits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A log's promise to list a certificate (RFC 6962 §3.2), read and not believed.
 *
 * @param logId whom it claims to be from
 * @param millis when it was made, in milliseconds since 1970
 * @param extensions part of what is signed; logs of the newer kind put their index there
 * @param hash number of the hash (RFC 5246 §7.4.1.4.1)
 * @param scheme number of the kind of signature, likewise
 */
public record SignedCertificateTimestamp(
    Bytes logId, long millis, Bytes extensions, int hash, int scheme, Bytes signature) {

  private static final String WHAT = "signed certificate timestamp";

  private static final int VERSION_1 = 0;
  private static final int LOG_ID_BYTES = 32;
  private static final int MAX_EXTENSIONS = 0xffff;
  private static final int RSA = 1;
  private static final int ECDSA = 3;

  /** The promise in one serialised form, with nothing after it. */
  public static SignedCertificateTimestamp parse(Bytes serialized) throws MalformedInputException {
    TlsReader in = new TlsReader(serialized, WHAT);
    if (in.number(1) != VERSION_1) {
      throw new MalformedInputException(WHAT, "of an unknown version");
    }
    Bytes logId = in.bytes(LOG_ID_BYTES);
    long millis = in.number(8);
    if (millis < 0) {
      throw new MalformedInputException(WHAT, "unusable time");
    }
    Bytes extensions = in.vector(2);
    int hash = (int) in.number(1);
    int scheme = (int) in.number(1);
    Bytes signature = in.vector(2);
    in.finish();
    return new SignedCertificateTimestamp(logId, millis, extensions, hash, scheme, signature);
  }

  /** The promises of a serialised list, at least one (RFC 6962 §3.3). */
  public static List<SignedCertificateTimestamp> parseList(Bytes serialized)
      throws MalformedInputException {
    TlsReader whole = new TlsReader(serialized, WHAT);
    TlsReader list = new TlsReader(whole.vector(2), WHAT);
    whole.finish();
    List<SignedCertificateTimestamp> all = new ArrayList<>();
    do {
      if (all.size() == Limits.MAX_BUNDLE_PROOFS) {
        throw new MalformedInputException(
            WHAT, "more than " + Limits.MAX_BUNDLE_PROOFS + " in one list");
      }
      all.add(parse(list.vector(2)));
    } while (list.hasMore());
    return List.copyOf(all);
  }

  /**
   * The promise as a log answers with it (RFC 6962 §4.1), which is how it is kept beside a
   * certificate.
   */
  public static SignedCertificateTimestamp parseJson(Bytes json) throws MalformedInputException {
    GoFields fields = GoFields.of(JsonParser.parseObject(json, WHAT), WHAT);
    if (fields.int64("sct_version").orElse(0) != VERSION_1) {
      throw new MalformedInputException(WHAT, "of an unknown version");
    }
    Bytes logId = fields.requiredBytes("id");
    long millis = fields.int64("timestamp").orElse(-1);
    if (logId.size() != LOG_ID_BYTES || millis < 0) {
      throw new MalformedInputException(
          WHAT, millis < 0 ? "unusable time" : "id: not that of a log");
    }
    TlsReader in = new TlsReader(fields.requiredBytes("signature"), WHAT);
    int hash = (int) in.number(1);
    int scheme = (int) in.number(1);
    Bytes signature = in.vector(2);
    in.finish();
    Bytes extensions = fields.bytes("extensions").orElse(Bytes.EMPTY);
    if (extensions.size() > MAX_EXTENSIONS) {
      throw new MalformedInputException(WHAT, "extensions: too long");
    }
    return new SignedCertificateTimestamp(logId, millis, extensions, hash, scheme, signature);
  }

  /** When it was made. */
  public Instant time() {
    return Instant.ofEpochMilli(millis);
  }

  /** How a key of this type would have signed it; logs sign with SHA-256. */
  Optional<SignatureAlgorithm> algorithm(KeyType key) {
    boolean fits =
        switch (key.family()) {
          case EC -> scheme == ECDSA;
          case RSA -> scheme == RSA;
          case ED25519 -> false;
        };
    return fits && hash == 4 ? SignatureAlgorithm.of(key, HashAlgorithm.SHA256) : Optional.empty();
  }
}
