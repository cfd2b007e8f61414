package dev.bulla.key;

import java.math.BigInteger;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import org.jspecify.annotations.Nullable;

/**
 * The three curves that count. All are over a prime field with cofactor 1, so a point on the curve
 * is a point of the group.
 */
enum EcCurve {
  P256(
      KeyType.EC_P256,
      "1.2.840.10045.3.1.7",
      "secp256r1",
      32,
      "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
      "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
      "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
      "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
      "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
  P384(
      KeyType.EC_P384,
      "1.3.132.0.34",
      "secp384r1",
      48,
      "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
          + "ffffffff0000000000000000ffffffff",
      "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a"
          + "c656398d8a2ed19d2a85c8edd3ec2aef",
      "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a38"
          + "5502f25dbf55296c3a545e3872760ab7",
      "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c0"
          + "0a60b1ce1d7e819d7a431d7c90ea0e5f",
      "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
          + "581a0db248b0a77aecec196accc52973"),
  P521(
      KeyType.EC_P521,
      "1.3.132.0.35",
      "secp521r1",
      66,
      "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
          + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109"
          + "e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
      "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3d"
          + "baa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
      "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e66"
          + "2c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
      "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
          + "a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409");

  private static final BigInteger THREE = BigInteger.valueOf(3);

  private final KeyType type;
  private final String oid;
  private final String jcaName;
  private final int coordinateBytes;
  private final String prime;
  private final String b;
  private final String generatorX;
  private final String generatorY;
  private final String order;

  /** Worked out when first wanted; the same whoever works it out. */
  @SuppressWarnings("ImmutableEnumChecker")
  private volatile @Nullable ECParameterSpec parameters;

  /** The numbers are those of SP 800-186 §3.2.1, in hexadecimal; a is the prime less three. */
  EcCurve(
      KeyType type,
      String oid,
      String jcaName,
      int coordinateBytes,
      String prime,
      String b,
      String generatorX,
      String generatorY,
      String order) {
    this.type = type;
    this.oid = oid;
    this.jcaName = jcaName;
    this.coordinateBytes = coordinateBytes;
    this.prime = prime;
    this.b = b;
    this.generatorX = generatorX;
    this.generatorY = generatorY;
    this.order = order;
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

  /** Written out here: asking the JDK for them would load its providers. */
  ECParameterSpec parameters() {
    ECParameterSpec known = parameters;
    if (known == null) {
      BigInteger p = new BigInteger(prime, 16);
      known =
          new ECParameterSpec(
              new EllipticCurve(new ECFieldFp(p), p.subtract(THREE), new BigInteger(b, 16)),
              new ECPoint(new BigInteger(generatorX, 16), new BigInteger(generatorY, 16)),
              new BigInteger(order, 16),
              1);
      parameters = known;
    }
    return known;
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
    return x.multiply(x)
        .multiply(x)
        .add(curve.getCurve().getA().multiply(x))
        .add(curve.getCurve().getB())
        .mod(p);
  }

  /** The point of an uncompressed form, 04, x, y, which is not looked at any further. */
  ECPoint decode(byte[] point) {
    return new ECPoint(
        new BigInteger(1, point, 1, coordinateBytes),
        new BigInteger(1, point, 1 + coordinateBytes, coordinateBytes));
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
