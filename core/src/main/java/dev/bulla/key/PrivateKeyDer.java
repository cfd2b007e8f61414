package dev.bulla.key;

import dev.bulla.bytes.Bytes;
import dev.bulla.der.DerReader;
import dev.bulla.der.DerWriter;
import dev.bulla.error.BullaBug;
import dev.bulla.error.MalformedInputException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.KeyAgreement;

/**
 * Private keys in their three DER forms, read and checked, and written as the PKCS #8 that Go
 * writes: an EC key with its public point and without a second copy of the curve's name, nothing
 * optional elsewhere.
 *
 * <p>Secret numbers pass through {@link BigInteger}, which cannot be wiped; the arrays are.
 */
final class PrivateKeyDer {

  private static final String WHAT = "private key";
  private static final Bytes PROBE = Bytes.utf8("bulla: do these two halves belong together?");

  private static final int ATTRIBUTES = 0xa0;
  private static final int PKCS8_PUBLIC_KEY = 0x81;
  private static final int SEC1_PARAMETERS = 0xa0;
  private static final int SEC1_PUBLIC_KEY = 0xa1;

  private PrivateKeyDer() {}

  /** A key that was found acceptable: its canonical PKCS #8, and its public half. */
  record Decoded(SecretBytes pkcs8, VerificationKey publicKey) {}

  /** Whether a public key that stands beside the private one is believed or checked. */
  enum PublicHalf {
    /** It was sealed together with the private key by whoever knows the password. */
    TRUSTED,
    CHECKED
  }

  /** PKCS #8, RFC 5208 and RFC 5958. */
  static Decoded parsePkcs8(byte[] der, PublicHalf publicHalf)
      throws MalformedInputException, UnacceptableKeyException {
    DerReader outer = DerReader.of(der, WHAT);
    DerReader info = outer.enter(DerReader.SEQUENCE);
    int version = info.smallNumber();
    if (version > 1) {
      throw new MalformedInputException(WHAT, "unknown version of PKCS #8");
    }
    DerReader algorithm = info.enter(DerReader.SEQUENCE);
    byte[] key;
    String oid = algorithm.oid();
    Optional<EcCurve> curve = Optional.empty();
    switch (oid) {
      case PublicKeyDer.OID_EC -> curve = Optional.of(EcCurve.ofOid(algorithm.oid()));
      case PublicKeyDer.OID_RSA -> algorithm.nothing();
      case PublicKeyDer.OID_ED25519 -> {
        // RFC 8410 §3: no parameters
      }
      default -> throw new MalformedInputException(WHAT, "unsupported algorithm " + oid);
    }
    algorithm.finish();
    key = info.bytes(DerReader.OCTET_STRING);
    try {
      if (info.nextIs(ATTRIBUTES)) {
        info.enter(ATTRIBUTES);
      }
      Optional<byte[]> besides = Optional.empty();
      if (version == 1 && info.nextIs(PKCS8_PUBLIC_KEY)) {
        besides = Optional.of(info.bytes(PKCS8_PUBLIC_KEY));
      }
      info.finish();
      outer.finish();
      return switch (oid) {
        case PublicKeyDer.OID_EC -> parseSec1(key, curve, publicHalf);
        case PublicKeyDer.OID_RSA -> parsePkcs1(key);
        default -> parseEd25519(key, besides);
      };
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** RSAPrivateKey, RFC 8017 §A.1.2. */
  static Decoded parsePkcs1(byte[] der) throws MalformedInputException, UnacceptableKeyException {
    DerReader outer = DerReader.of(der, WHAT);
    DerReader numbers = outer.enter(DerReader.SEQUENCE);
    if (numbers.smallNumber() != 0) {
      throw new MalformedInputException(WHAT, "an RSA key of more than two primes");
    }
    BigInteger n = numbers.unsigned();
    BigInteger e = numbers.unsigned();
    BigInteger d = numbers.unsigned();
    BigInteger p = numbers.unsigned();
    BigInteger q = numbers.unsigned();
    BigInteger dp = numbers.unsigned();
    BigInteger dq = numbers.unsigned();
    BigInteger qInverse = numbers.unsigned();
    numbers.finish();
    outer.finish();
    PublicKeyDer.rsaType(n, e);
    BigInteger one = BigInteger.ONE;
    BigInteger pLess = p.subtract(one);
    BigInteger qLess = q.subtract(one);
    boolean consistent =
        pLess.signum() > 0
            && qLess.signum() > 0
            && p.multiply(q).equals(n)
            && d.compareTo(n) < 0
            && e.multiply(d).mod(pLess).equals(one)
            && e.multiply(d).mod(qLess).equals(one)
            && d.mod(pLess).equals(dp)
            && d.mod(qLess).equals(dq)
            && qInverse.compareTo(p) < 0
            && qInverse.multiply(q).mod(p).equals(one);
    if (!consistent) {
      throw new MalformedInputException(WHAT, "the numbers of the RSA key do not fit together");
    }
    byte[] pkcs8 =
        DerWriter.sequence(
            DerWriter.integer(0),
            DerWriter.sequence(DerWriter.oid(PublicKeyDer.OID_RSA), DerWriter.nothing()),
            DerWriter.octets(der));
    return decoded(pkcs8, PublicKeyDer.rsaSpki(n, e));
  }

  /** ECPrivateKey, RFC 5915 §3, with the curve's name inside. */
  static Decoded parseSec1(byte[] der) throws MalformedInputException, UnacceptableKeyException {
    return parseSec1(der, Optional.empty(), PublicHalf.CHECKED);
  }

  private static Decoded parseSec1(byte[] der, Optional<EcCurve> outerCurve, PublicHalf publicHalf)
      throws MalformedInputException, UnacceptableKeyException {
    DerReader outer = DerReader.of(der, WHAT);
    DerReader key = outer.enter(DerReader.SEQUENCE);
    if (key.smallNumber() != 1) {
      throw new MalformedInputException(WHAT, "unknown version of an EC key");
    }
    byte[] scalar = key.bytes(DerReader.OCTET_STRING);
    try {
      Optional<EcCurve> curve = outerCurve;
      if (key.nextIs(SEC1_PARAMETERS)) {
        DerReader parameters = key.enter(SEC1_PARAMETERS);
        EcCurve named = EcCurve.ofOid(parameters.oid());
        parameters.finish();
        if (curve.isPresent() && curve.get() != named) {
          throw new MalformedInputException(WHAT, "two different curves");
        }
        curve = Optional.of(named);
      }
      Optional<byte[]> point = Optional.empty();
      if (key.nextIs(SEC1_PUBLIC_KEY)) {
        DerReader publicKey = key.enter(SEC1_PUBLIC_KEY);
        point = Optional.of(publicKey.wholeBits());
        publicKey.finish();
      }
      key.finish();
      outer.finish();
      if (curve.isEmpty()) {
        throw new MalformedInputException(WHAT, "the curve is not given by its name");
      }
      return ecKey(curve.get(), new BigInteger(1, scalar), point, publicHalf);
    } finally {
      Arrays.fill(scalar, (byte) 0);
    }
  }

  private static Decoded ecKey(
      EcCurve curve, BigInteger scalar, Optional<byte[]> givenPoint, PublicHalf publicHalf)
      throws MalformedInputException, UnacceptableKeyException {
    ECParameterSpec parameters = curve.parameters();
    if (scalar.signum() == 0 || scalar.compareTo(parameters.getOrder()) >= 0) {
      throw new MalformedInputException(WHAT, "the EC key is not in the range of its curve");
    }
    if (givenPoint.isPresent()) {
      Decoded decoded = ecDecoded(curve, scalar, givenPoint.get());
      if (publicHalf == PublicHalf.CHECKED
          && !belongTogether(decoded.publicKey(), parameters, scalar)) {
        throw new MalformedInputException(
            WHAT, "the public key beside the private key belongs to another one");
      }
      return decoded;
    }
    ECPoint point = EcCurve.liftX(parameters, publicX(parameters, scalar));
    ECPoint mirrored =
        new ECPoint(
            point.getAffineX(),
            ((java.security.spec.ECFieldFp) parameters.getCurve().getField())
                .getP()
                .subtract(point.getAffineY()));
    for (ECPoint candidate : List.of(point, mirrored)) {
      Decoded decoded = ecDecoded(curve, scalar, curve.encode(candidate));
      if (belongTogether(decoded.publicKey(), parameters, scalar)) {
        return decoded;
      }
    }
    throw new BullaBug("one of two points is the public key");
  }

  static Decoded ecDecoded(EcCurve curve, BigInteger scalar, byte[] point)
      throws MalformedInputException, UnacceptableKeyException {
    byte[] fixed = FixedLength.of(scalar, curve.coordinateBytes());
    byte[] sec1 =
        DerWriter.sequence(
            DerWriter.integer(1),
            DerWriter.octets(fixed),
            DerWriter.element(SEC1_PUBLIC_KEY, DerWriter.bits(point)));
    Arrays.fill(fixed, (byte) 0);
    byte[] pkcs8 =
        DerWriter.sequence(
            DerWriter.integer(0),
            DerWriter.sequence(DerWriter.oid(PublicKeyDer.OID_EC), DerWriter.oid(curve.oid())),
            DerWriter.octets(sec1));
    Arrays.fill(sec1, (byte) 0);
    return decoded(pkcs8, PublicKeyDer.ecSpki(curve, point));
  }

  /**
   * The x coordinate of the public key. The JDK has no call for the whole point, but a key
   * agreement with the generator gives x, and it takes care not to leak the scalar through its
   * timing.
   */
  private static BigInteger publicX(ECParameterSpec parameters, BigInteger scalar) {
    try {
      KeyFactory factory = KeyFactory.getInstance("EC");
      KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
      agreement.init(factory.generatePrivate(new ECPrivateKeySpec(scalar, parameters)));
      agreement.doPhase(
          factory.generatePublic(new ECPublicKeySpec(parameters.getGenerator(), parameters)), true);
      return new BigInteger(1, agreement.generateSecret());
    } catch (GeneralSecurityException e) {
      throw new BullaBug("a key in range agrees with the generator", e);
    }
  }

  private static boolean belongTogether(
      VerificationKey publicKey, ECParameterSpec parameters, BigInteger scalar) {
    SignatureAlgorithm algorithm = SignatureAlgorithm.natural(publicKey.type());
    try {
      Signature signature = Signature.getInstance(algorithm.jcaName());
      signature.initSign(
          KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(scalar, parameters)));
      PROBE.feed(signature);
      return publicKey.check(PROBE, Bytes.owning(signature.sign()), algorithm)
          instanceof SignatureCheck.Matched;
    } catch (GeneralSecurityException e) {
      throw new BullaBug("a key in range signs", e);
    }
  }

  /** CurvePrivateKey, RFC 8410 §7: an octet string of 32 bytes. */
  private static Decoded parseEd25519(byte[] der, Optional<byte[]> besides)
      throws MalformedInputException, UnacceptableKeyException {
    DerReader outer = DerReader.of(der, WHAT);
    byte[] seed = outer.bytes(DerReader.OCTET_STRING);
    try {
      outer.finish();
      if (seed.length != PublicKeyDer.ED25519_BYTES) {
        throw new MalformedInputException(WHAT, "an Ed25519 key has 32 bytes");
      }
      byte[] spki = ed25519Spki(seed);
      if (besides.isPresent() && !endsWith(spki, besides.get())) {
        throw new MalformedInputException(
            WHAT, "the public key beside the private key belongs to another one");
      }
      return ed25519Decoded(seed, spki);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /**
   * Whether a bit string (with its leading count of unused bits) holds the last 32 bytes of the
   * SPKI.
   */
  private static boolean endsWith(byte[] spki, byte[] bitString) {
    return bitString.length == 1 + PublicKeyDer.ED25519_BYTES
        && bitString[0] == 0
        && Arrays.equals(
            spki,
            spki.length - PublicKeyDer.ED25519_BYTES,
            spki.length,
            bitString,
            1,
            bitString.length);
  }

  static Decoded ed25519Decoded(byte[] seed, byte[] spki)
      throws MalformedInputException, UnacceptableKeyException {
    byte[] pkcs8 =
        DerWriter.sequence(
            DerWriter.integer(0),
            DerWriter.sequence(DerWriter.oid(PublicKeyDer.OID_ED25519)),
            DerWriter.octets(DerWriter.octets(seed)));
    return decoded(pkcs8, spki);
  }

  /**
   * The public key of a seed. The JDK has no call for that, but its generator takes 32 bytes from
   * the random source for the seed; that it did so is checked.
   */
  private static byte[] ed25519Spki(byte[] seed) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(NamedParameterSpec.ED25519, new ReplayedSeed(seed));
      KeyPair pair = generator.generateKeyPair();
      byte[] used = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
      if (!MessageDigest.isEqual(seed, used)) {
        throw new BullaBug("this Java platform makes Ed25519 keys in an unknown way");
      }
      Arrays.fill(used, (byte) 0);
      return pair.getPublic().getEncoded();
    } catch (GeneralSecurityException e) {
      throw new BullaBug("this Java platform lacks Ed25519 keys", e);
    }
  }

  private static Decoded decoded(byte[] pkcs8, byte[] spki)
      throws MalformedInputException, UnacceptableKeyException {
    PublicKeyDer.Accepted accepted = PublicKeyDer.parse(spki, WHAT);
    return new Decoded(
        SecretBytes.owning(pkcs8), VerificationKey.ofAccepted(Bytes.owning(spki), accepted));
  }

  /** Not random at all: hands out one seed. */
  @SuppressWarnings("serial") // never serialised
  private static final class ReplayedSeed extends SecureRandom {
    private final byte[] seed;

    ReplayedSeed(byte[] seed) {
      this.seed = seed;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      if (bytes.length != seed.length) {
        throw new BullaBug("this Java platform makes Ed25519 keys in an unknown way");
      }
      System.arraycopy(seed, 0, bytes, 0, seed.length);
    }
  }
}
