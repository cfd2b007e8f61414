package dev.bulla.key;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECFieldElement;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.custom.sec.SecP256R1Curve;
import org.bouncycastle.math.ec.custom.sec.SecP384R1Curve;
import org.bouncycastle.math.ec.custom.sec.SecP521R1Curve;
import org.bouncycastle.util.BigIntegers;

/**
 * ECDSA verification (FIPS 186-5 §6.4.2) with BouncyCastle's points, for processes that end before
 * the JDK's would have been ready. Takes no part in signing: it is not careful about timing, and
 * has nothing secret to be careful about.
 */
final class OneShotEcdsa {

  private OneShotEcdsa() {}

  /**
   * Whether the key made this signature.
   *
   * @param key a point on the curve, not the one at infinity
   */
  static boolean matches(
      EcCurve curve,
      java.security.spec.ECPoint key,
      Bytes message,
      HashAlgorithm hash,
      EcdsaSignature signature) {
    ECParameterSpec parameters = curve.parameters();
    BigInteger n = parameters.getOrder();
    if (!signature.inRange(n)) {
      return false;
    }
    BigInteger r = signature.r();
    ECCurve points = points(curve);
    BigInteger w = BigIntegers.modOddInverseVar(n, signature.s());
    BigInteger u1 = leftmostBits(message, hash, n.bitLength()).multiply(w).mod(n);
    BigInteger u2 = r.multiply(w).mod(n);
    ECPoint sum =
        ECAlgorithms.sumOfTwoMultiplies(
            on(points, parameters.getGenerator()), u1, on(points, key), u2);
    BigInteger p = ((ECFieldFp) parameters.getCurve().getField()).getP();
    // x mod n = r holds for x = r, and for x = r + n where that is below p
    return !sum.isInfinity()
        && (hasX(points, sum, r) || (r.add(n).compareTo(p) < 0 && hasX(points, sum, r.add(n))));
  }

  private static ECCurve points(EcCurve curve) {
    return switch (curve) {
      case P256 -> new SecP256R1Curve();
      case P384 -> new SecP384R1Curve();
      case P521 -> new SecP521R1Curve();
    };
  }

  private static ECPoint on(ECCurve curve, java.security.spec.ECPoint point) {
    return curve.createPoint(point.getAffineX(), point.getAffineY());
  }

  /** The hash as a number, cut to the length of the order. */
  private static BigInteger leftmostBits(Bytes message, HashAlgorithm hash, int bits) {
    MessageDigest digest = hash.newDigest();
    message.feed(digest);
    BigInteger number = new BigInteger(1, digest.digest());
    return number.shiftRight(Math.max(0, 8 * hash.lengthBytes() - bits));
  }

  /**
   * Whether the affine x of a point is this number. The points of these curves are Jacobian, x = X
   * / Z²; comparing X with x·Z² spares a division, before which BouncyCastle would want random
   * numbers.
   */
  private static boolean hasX(ECCurve curve, ECPoint point, BigInteger x) {
    ECFieldElement z = point.getZCoord(0);
    return curve.fromBigInteger(x).multiply(z.square()).equals(point.getXCoord());
  }
}
