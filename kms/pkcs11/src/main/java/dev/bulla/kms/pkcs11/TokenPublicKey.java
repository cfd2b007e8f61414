package dev.bulla.kms.pkcs11;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.Optional;

/** Builds public keys from what tokens say of them. */
final class TokenPublicKey {

  private static final Bytes EC_ALGORITHM = hex("06072a8648ce3d0201");
  private static final Bytes RSA_ALGORITHM = hex("06092a864886f70d0101010500");
  private static final int MAX_MODULUS = 1024;

  /** The curves, named in DER, as templates of new keys do. */
  private static final Map<KeyType, Bytes> CURVES =
      Map.of(
          KeyType.EC_P256, hex("06082a8648ce3d030107"),
          KeyType.EC_P384, hex("06052b81040022"),
          KeyType.EC_P521, hex("06052b81040023"));

  private TokenPublicKey() {}

  /** The parameters of the curve. */
  static Bytes curve(KeyType type) {
    Bytes curve = CURVES.get(type);
    if (curve == null) {
      throw new IllegalArgumentException("no curve: " + type);
    }
    return curve;
  }

  /** How many bytes a coordinate has. */
  static int coordinateBytes(KeyType type) {
    return switch (type) {
      case EC_P256 -> 32;
      case EC_P384 -> 48;
      case EC_P521 -> 66;
      default -> throw new IllegalArgumentException("no curve: " + type);
    };
  }

  /** The key in a public key object. */
  static VerificationKey read(TokenSession session, long object, TokenFailures failures)
      throws KeyException {
    long type = number(require(session, object, Attribute.KEY_TYPE, failures));
    if (type == Attribute.EC_KEY) {
      return ec(
          require(session, object, Attribute.EC_PARAMS, failures),
          require(session, object, Attribute.EC_POINT, failures),
          failures);
    }
    if (type == Attribute.RSA_KEY) {
      return rsa(
          require(session, object, Attribute.MODULUS, failures),
          require(session, object, Attribute.PUBLIC_EXPONENT, failures),
          failures);
    }
    throw failures.wrongKey("its type is 0x" + Long.toHexString(type), null);
  }

  /** The key in a certificate object. */
  static VerificationKey readCertificate(TokenSession session, long object, TokenFailures failures)
      throws KeyException {
    Bytes der = require(session, object, Attribute.VALUE, failures);
    try {
      return accepted(
          Bytes.owning(
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(der.newInputStream())
                  .getPublicKey()
                  .getEncoded()),
          failures);
    } catch (CertificateException e) {
      throw failures.badAnswer("a certificate that cannot be read", e);
    }
  }

  private static Bytes require(
      TokenSession session, long object, long attribute, TokenFailures failures)
      throws KeyException {
    return session
        .attribute(object, attribute)
        .orElseThrow(() ->
            failures.badAnswer(
                "the public key lacks attribute 0x" + Long.toHexString(attribute), null));
  }

  static long number(Bytes value) {
    return value.size() == Long.BYTES
        ? ByteBuffer.wrap(value.toByteArray()).order(ByteOrder.nativeOrder()).getLong()
        : -1;
  }

  static VerificationKey ec(Bytes parameters, Bytes point, TokenFailures failures)
      throws KeyException {
    Optional<KeyType> type =
        CURVES.entrySet().stream()
            .filter(curve -> curve.getValue().equals(parameters))
            .map(Map.Entry::getKey)
            .findFirst();
    if (type.isEmpty()) {
      throw failures.wrongKey("its curve is another one", null);
    }
    int plain = 1 + 2 * coordinateBytes(type.get());
    // the standard wraps it into an octet string, which some tokens forget
    Bytes unwrapped =
        point.size() == plain
            ? point
            : Der.octets(point)
                .orElseThrow(() -> failures.badAnswer("a point that cannot be read", null));
    return accepted(spki(Der.element(Der.SEQUENCE, EC_ALGORITHM, parameters), unwrapped), failures);
  }

  static VerificationKey rsa(Bytes modulus, Bytes exponent, TokenFailures failures)
      throws KeyException {
    if (modulus.size() > MAX_MODULUS || exponent.size() > MAX_MODULUS) {
      throw failures.wrongKey("its modulus has " + modulus.size() + " bytes", null);
    }
    return accepted(
        spki(
            Der.element(Der.SEQUENCE, RSA_ALGORITHM),
            Der.element(Der.SEQUENCE, Der.unsigned(modulus), Der.unsigned(exponent))),
        failures);
  }

  private static Bytes spki(Bytes algorithm, Bytes key) {
    return Der.element(
        Der.SEQUENCE, algorithm, Der.element(Der.BIT_STRING, Bytes.of((byte) 0), key));
  }

  private static VerificationKey accepted(Bytes spki, TokenFailures failures) throws KeyException {
    try {
      return VerificationKey.ofSpki(spki);
    } catch (MalformedInputException e) {
      throw failures.wrongKey(e.message(), e);
    }
  }

  private static Bytes hex(String digits) {
    try {
      return HexText.decode(digits, "constant");
    } catch (MalformedInputException e) {
      throw new IllegalStateException("a constant", e);
    }
  }
}
