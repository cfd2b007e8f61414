package dev.bulla.key;

import dev.bulla.der.DerReader;
import dev.bulla.der.DerWriter;
import dev.bulla.error.BullaBug;
import dev.bulla.error.MalformedInputException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECPoint;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;

/**
 * SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), read into the keys we accept. The reader takes one
 * encoding of each key, so the bytes that were read are the bytes that would be written.
 */
final class PublicKeyDer {

  static final String OID_EC = "1.2.840.10045.2.1";
  static final String OID_RSA = "1.2.840.113549.1.1.1";
  static final String OID_ED25519 = "1.3.101.112";

  static final int ED25519_BYTES = 32;

  private static final BigInteger ED25519_PRIME =
      BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

  private PublicKeyDer() {}

  /**
   * A key that was found acceptable.
   *
   * @param point of a key on a curve: it lies on it and is not the point at infinity
   */
  record Accepted(KeyType type, Optional<ECPoint> point) {}

  static Accepted parse(byte[] spki, String what)
      throws MalformedInputException, UnacceptableKeyException {
    DerReader outer = DerReader.of(spki, what);
    DerReader info = outer.enter(DerReader.SEQUENCE);
    DerReader algorithm = info.enter(DerReader.SEQUENCE);
    String oid = algorithm.oid();
    Optional<ECPoint> onCurve = Optional.empty();
    KeyType type =
        switch (oid) {
          case OID_EC -> {
            if (!algorithm.nextIs(DerReader.OID)) {
              // curves spelled out parameter by parameter have been used to forge (CVE-2020-0601)
              throw new MalformedInputException(what, "the curve is not given by its name");
            }
            EcCurve curve = EcCurve.ofOid(algorithm.oid());
            byte[] point = info.wholeBits();
            if (point.length != 1 + 2 * curve.coordinateBytes() || point[0] != 4) {
              throw new MalformedInputException(what, "not an uncompressed point of its curve");
            }
            onCurve = Optional.of(curve.decode(point));
            if (!EcCurve.contains(curve.parameters(), onCurve.get())) {
              throw new MalformedInputException(what, "the point is not on its curve");
            }
            yield curve.type();
          }
          case OID_RSA -> {
            algorithm.nothing();
            DerReader key = DerReader.of(info.wholeBits(), what);
            DerReader numbers = key.enter(DerReader.SEQUENCE);
            KeyType rsa = rsaType(numbers.unsigned(), numbers.unsigned());
            numbers.finish();
            key.finish();
            yield rsa;
          }
          case OID_ED25519 -> {
            checkEd25519Point(info.wholeBits(), what);
            yield KeyType.ED25519;
          }
          default ->
              throw new UnacceptableKeyException(
                  "public", "unsupported public key algorithm " + oid);
        };
    algorithm.finish();
    info.finish();
    outer.finish();
    return new Accepted(type, onCurve);
  }

  /** The key as the JDK's signature checks want it, of an encoding that was found acceptable. */
  static PublicKey jcaKey(byte[] spki, KeyType type) {
    String factory =
        switch (type.family()) {
          case EC -> "EC";
          case RSA -> "RSA";
          case ED25519 -> "Ed25519";
        };
    try {
      return KeyFactory.getInstance(factory).generatePublic(new X509EncodedKeySpec(spki));
    } catch (GeneralSecurityException e) {
      throw new BullaBug("an acceptable key is usable", e);
    }
  }

  /** The type of an RSA key, decided by the exact size of its modulus. */
  static KeyType rsaType(BigInteger modulus, BigInteger exponent) throws UnacceptableKeyException {
    KeyType type =
        switch (modulus.bitLength()) {
          case 2048 -> KeyType.RSA_2048;
          case 3072 -> KeyType.RSA_3072;
          case 4096 -> KeyType.RSA_4096;
          default ->
              // "supported" twice, as cosign has it
              throw new UnacceptableKeyException(
                  "rsa",
                  "rsa key size "
                      + modulus.bitLength()
                      + " is not supported supported, modulus size must be 2048, 3072, or 4096");
        };
    if (!modulus.testBit(0)) {
      throw new UnacceptableKeyException("rsa", "rsa modulus is even");
    }
    if (!exponent.testBit(0) || exponent.bitLength() < 2 || exponent.bitLength() > 31) {
      throw new UnacceptableKeyException(
          "rsa", "rsa public exponent must be odd and between 3 and 2147483647");
    }
    return type;
  }

  /**
   * Refuses encodings that RFC 8032 §5.1.3 refuses, and the eight points of small order, under
   * which anybody can sign.
   */
  static void checkEd25519Point(byte[] encoded, String what) throws MalformedInputException {
    if (encoded.length != ED25519_BYTES) {
      throw new MalformedInputException(what, "an Ed25519 key has 32 bytes");
    }
    byte[] bigEndian = new byte[ED25519_BYTES];
    for (int i = 0; i < ED25519_BYTES; i++) {
      bigEndian[i] = encoded[ED25519_BYTES - 1 - i];
    }
    boolean oddX = bigEndian[0] < 0;
    bigEndian[0] &= 0x7f;
    BigInteger p = ED25519_PRIME;
    BigInteger y = new BigInteger(1, bigEndian);
    if (y.compareTo(p) >= 0) {
      throw new MalformedInputException(what, "not a canonical Ed25519 point");
    }
    // x² = (y² − 1) / (d·y² + 1) with d = −121665/121666
    BigInteger d =
        BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(p)).mod(p);
    BigInteger ySquared = y.multiply(y).mod(p);
    BigInteger xSquared =
        ySquared
            .subtract(BigInteger.ONE)
            .multiply(d.multiply(ySquared).add(BigInteger.ONE).modInverse(p))
            .mod(p);
    boolean isSquare =
        xSquared.signum() == 0
            ? !oddX
            : xSquared.modPow(p.subtract(BigInteger.ONE).shiftRight(1), p).equals(BigInteger.ONE);
    if (!isSquare) {
      throw new MalformedInputException(what, "not an Ed25519 point");
    }
    // doubling thrice reaches the neutral element exactly when one of x, y and x² + y² is zero
    if (xSquared.signum() == 0
        || ySquared.signum() == 0
        || xSquared.add(ySquared).mod(p).signum() == 0) {
      throw new MalformedInputException(what, "an Ed25519 point of small order");
    }
  }

  static byte[] ecSpki(EcCurve curve, byte[] point) {
    return DerWriter.sequence(
        DerWriter.sequence(DerWriter.oid(OID_EC), DerWriter.oid(curve.oid())),
        DerWriter.bits(point));
  }

  static byte[] rsaSpki(BigInteger modulus, BigInteger exponent) {
    return rsaSpki(DerWriter.sequence(DerWriter.integer(modulus), DerWriter.integer(exponent)));
  }

  /** The key around a PKCS #1 RSAPublicKey. */
  static byte[] rsaSpki(byte[] pkcs1) {
    return DerWriter.sequence(
        DerWriter.sequence(DerWriter.oid(OID_RSA), DerWriter.nothing()), DerWriter.bits(pkcs1));
  }

  static byte[] ed25519Spki(byte[] point) {
    return DerWriter.sequence(
        DerWriter.sequence(DerWriter.oid(OID_ED25519)), DerWriter.bits(point));
  }
}
