package dev.bulla.key;

import dev.bulla.error.BullaBug;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;

/**
 * The three curves that count. All are over a prime field with cofactor 1, so a point on the curve
 * is a point of the group.
 */
enum EcCurve {
  P256(KeyType.EC_P256, "1.2.840.10045.3.1.7", "secp256r1", 32),
  P384(KeyType.EC_P384, "1.3.132.0.34", "secp384r1", 48),
  P521(KeyType.EC_P521, "1.3.132.0.35", "secp521r1", 66);

  private static final BigInteger THREE = BigInteger.valueOf(3);

  private final KeyType type;
  private final String oid;
  private final String jcaName;
  private final int coordinateBytes;

  EcCurve(KeyType type, String oid, String jcaName, int coordinateBytes) {
    this.type = type;
    this.oid = oid;
    this.jcaName = jcaName;
    this.coordinateBytes = coordinateBytes;
  }

  static EcCurve ofOid(String oid) throws UnacceptableKeyException {
    for (EcCurve curve : values()) {
      if (curve.oid.equals(oid)) {
        return curve;
      }
    }
    String name =
        switch (oid) {
          case "1.3.132.0.33" -> "P-224";
          case "1.3.132.0.10" -> "secp256k1";
          default -> oid;
        };
    throw new UnacceptableKeyException(
        "ecdsa", "ecdsa curve " + name + " is not supported, must be NIST P-256, P-384 or P-521");
  }

  static EcCurve of(KeyType type) {
    return switch (type) {
      case EC_P256 -> P256;
      case EC_P384 -> P384;
      case EC_P521 -> P521;
      case RSA_2048, RSA_3072, RSA_4096, ED25519 ->
          throw new IllegalArgumentException(type + " is not on a curve of this kind");
    };
  }

  KeyType type() {
    return type;
  }

  String oid() {
    return oid;
  }

  ECGenParameterSpec jcaSpec() {
    return new ECGenParameterSpec(jcaName);
  }

  int coordinateBytes() {
    return coordinateBytes;
  }

  ECParameterSpec parameters() {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(jcaSpec());
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new BullaBug("this Java platform lacks " + jcaName, e);
    }
  }

  /**
   * Whether the point lies on the curve: coordinates in range, and y² = x³ + ax + b (SEC 1
   * §3.2.2.1).
   */
  static boolean contains(ECParameterSpec curve, ECPoint point) {
    BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    return x.compareTo(p) < 0
        && y.compareTo(p) < 0
        && y.multiply(y).mod(p).equals(rightSide(curve, x, p));
  }

  /**
   * A point with this x coordinate; the other one has the negated y. The primes of all three curves
   * are 3 modulo 4.
   */
  static ECPoint liftX(ECParameterSpec curve, BigInteger x) {
    BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
    BigInteger y = rightSide(curve, x, p).modPow(p.add(BigInteger.ONE).shiftRight(2), p);
    return new ECPoint(x, y);
  }

  private static BigInteger rightSide(ECParameterSpec curve, BigInteger x, BigInteger p) {
    return x.modPow(THREE, p)
        .add(curve.getCurve().getA().multiply(x))
        .add(curve.getCurve().getB())
        .mod(p);
  }

  /** The point in its uncompressed form: 04, x, y. */
  byte[] encode(ECPoint point) {
    byte[] out = new byte[1 + 2 * coordinateBytes];
    out[0] = 4;
    FixedLength.write(point.getAffineX(), out, 1, coordinateBytes);
    FixedLength.write(point.getAffineY(), out, 1 + coordinateBytes, coordinateBytes);
    return out;
  }
}
