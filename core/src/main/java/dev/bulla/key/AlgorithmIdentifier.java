package dev.bulla.key;

import dev.bulla.bytes.Bytes;
import dev.bulla.der.DerReader;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import java.util.Optional;

/**
 * How certificates and signed messages name an algorithm (RFC 5280 §4.1.1.2). What is not on our
 * list is read and never fits anything: SHA-1 and MD5 among it.
 *
 * @param oid in dotted form
 * @param parameters the element after it; empty when there is none
 */
public record AlgorithmIdentifier(String oid, Bytes parameters) {

  private static final Bytes NULL = Bytes.of((byte) DerReader.NULL, (byte) 0);

  private static final String ECDSA_SHA2 = "1.2.840.10045.4.3.";
  private static final String RSA = "1.2.840.113549.1.1.";
  private static final String SHA2 = "2.16.840.1.101.3.4.2.";

  /** Reads the next element. */
  public static AlgorithmIdentifier read(DerReader in) throws MalformedInputException {
    DerReader content = in.enter(DerReader.SEQUENCE);
    String oid = content.oid();
    Bytes parameters = content.hasMore() ? Bytes.owning(content.element()) : Bytes.EMPTY;
    content.finish();
    return new AlgorithmIdentifier(oid, parameters);
  }

  /** The hash of this name. */
  public Optional<HashAlgorithm> hash() {
    if (!parameters.isEmpty() && !parameters.equals(NULL)) {
      return Optional.empty();
    }
    return switch (oid) {
      case SHA2 + "1" -> Optional.of(HashAlgorithm.SHA256);
      case SHA2 + "2" -> Optional.of(HashAlgorithm.SHA384);
      case SHA2 + "3" -> Optional.of(HashAlgorithm.SHA512);
      default -> Optional.empty();
    };
  }

  /** The way of signing of this name, when a key of this type signs so. */
  public Optional<SignatureAlgorithm> signature(KeyType key) {
    boolean bare = parameters.isEmpty();
    boolean rsa = parameters.equals(NULL);
    Optional<SignatureAlgorithm> named =
        switch (oid) {
          case ECDSA_SHA2 + "2" -> bare ? ecdsa(key, HashAlgorithm.SHA256) : Optional.empty();
          case ECDSA_SHA2 + "3" -> bare ? ecdsa(key, HashAlgorithm.SHA384) : Optional.empty();
          case ECDSA_SHA2 + "4" -> bare ? ecdsa(key, HashAlgorithm.SHA512) : Optional.empty();
          case RSA + "11" ->
              rsa ? Optional.of(SignatureAlgorithm.RSA_PKCS1_SHA256) : Optional.empty();
          case RSA + "12" ->
              rsa ? Optional.of(SignatureAlgorithm.RSA_PKCS1_SHA384) : Optional.empty();
          case RSA + "13" ->
              rsa ? Optional.of(SignatureAlgorithm.RSA_PKCS1_SHA512) : Optional.empty();
          case PublicKeyDer.OID_ED25519 ->
              bare ? Optional.of(SignatureAlgorithm.ED25519) : Optional.empty();
          default -> Optional.empty();
        };
    return named.filter(algorithm -> algorithm.fits(key));
  }

  /**
   * As {@link #signature(KeyType)} where the hash is named elsewhere, as in signed messages (RFC
   * 5652 §5.3): then the name may be that of the key's kind only. Both have to agree.
   */
  public Optional<SignatureAlgorithm> signature(KeyType key, HashAlgorithm hash) {
    boolean ofRsa = oid.equals(PublicKeyDer.OID_RSA) && parameters.equals(NULL);
    boolean ofEc = oid.equals(PublicKeyDer.OID_EC) && parameters.isEmpty();
    if (ofRsa || ofEc) {
      KeyType.Family named = ofRsa ? KeyType.Family.RSA : KeyType.Family.EC;
      return key.family() == named ? SignatureAlgorithm.of(key, hash) : Optional.empty();
    }
    return signature(key).filter(algorithm -> algorithm.hash() == hash);
  }

  private static Optional<SignatureAlgorithm> ecdsa(KeyType key, HashAlgorithm hash) {
    return key.family() == KeyType.Family.EC ? SignatureAlgorithm.of(key, hash) : Optional.empty();
  }
}
