package dev.bulla.key;

import dev.bulla.der.DerReader;
import dev.bulla.error.MalformedInputException;
import java.math.BigInteger;
import java.util.Optional;

/**
 * The two spellings of an ECDSA signature: ASN.1 DER {@code SEQUENCE{r, s}} (RFC 3279 §2.2.3),
 * which everybody writes, and the numbers side by side (IEEE P1363), which some key services
 * return.
 */
record EcdsaSignature(BigInteger r, BigInteger s, boolean der) {

  /**
   * The signature in either spelling; empty when it is neither for a curve with coordinates of that
   * length.
   */
  static Optional<EcdsaSignature> parse(byte[] signature, int coordinateBytes) {
    Optional<EcdsaSignature> der = parseDer(signature);
    if (der.isPresent() || signature.length != 2 * coordinateBytes) {
      return der;
    }
    BigInteger r = new BigInteger(1, signature, 0, coordinateBytes);
    BigInteger s = new BigInteger(1, signature, coordinateBytes, coordinateBytes);
    return Optional.of(new EcdsaSignature(r, s, false));
  }

  /** The signature if it is strict DER with nothing after it. */
  static Optional<EcdsaSignature> parseDer(byte[] signature) {
    try {
      DerReader outer = DerReader.of(signature, "signature");
      DerReader numbers = outer.enter(DerReader.SEQUENCE);
      BigInteger r = numbers.unsigned();
      BigInteger s = numbers.unsigned();
      numbers.finish();
      outer.finish();
      return Optional.of(new EcdsaSignature(r, s, true));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  /** Whether both numbers are from 1 to the group order less 1 (FIPS 186-5 §6.4.2). */
  boolean inRange(BigInteger order) {
    return r.signum() > 0 && s.signum() > 0 && r.compareTo(order) < 0 && s.compareTo(order) < 0;
  }

  byte[] toP1363(int coordinateBytes) {
    byte[] out = new byte[2 * coordinateBytes];
    FixedLength.write(r, out, 0, coordinateBytes);
    FixedLength.write(s, out, coordinateBytes, coordinateBytes);
    return out;
  }

  String mismatchReason() {
    return der
        ? "invalid signature when validating ASN.1 encoded signature"
        : "invalid signature when validating IEEE_P1363 encoded signature";
  }
}
