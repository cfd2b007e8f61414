package dev.bulla.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.der.DerWriter;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.GoFields;
import dev.bulla.key.SignatureCheck.Matched;
import dev.bulla.key.SignatureCheck.Mismatch;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.SecureRandom;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.custom.sec.SecP256R1Curve;
import org.bouncycastle.math.ec.custom.sec.SecP384R1Curve;
import org.bouncycastle.math.ec.custom.sec.SecP521R1Curve;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The two ways of computing ECDSA are held against each other: one verdict, whatever comes in. */
class OneShotEcdsaTest {

  private static final Optional<HashAlgorithm> ANY = Optional.empty();

  @Test
  void agreesWithThePlatformOnEverythingThatCosignSigned() throws Exception {
    int onCurves = 0;
    for (GoFields vector : KeyVectors.index("cosign-signatures.json")) {
      VerificationKey key =
          VerificationKey.parsePem(Bytes.utf8(vector.requiredString("public_key_pem")), "key");
      Bytes message = vector.requiredBytes("message_b64");
      Bytes signature = vector.requiredBytes("signature");

      assertThat(key.forOneShot().check(message, signature, ANY))
          .isEqualTo(new Matched(SignatureAlgorithm.valueOf(vector.requiredString("algorithm"))));
      onCurves += key.type().family() == KeyType.Family.EC ? 1 : 0;
    }
    assertThat(onCurves).isPositive();
  }

  @ParameterizedTest
  @EnumSource(EcCurve.class)
  void agreesWithThePlatformOnNewSignaturesAndOnEverythingCloseToThem(EcCurve curve)
      throws Exception {
    long seed = 20_000L + curve.ordinal();
    Random random = new Random(seed);
    for (int round = 0; round < 6; round++) {
      try (PrivateKey key = PrivateKey.generate(curve.type(), new SecureRandom())) {
        for (HashAlgorithm hash : HashAlgorithm.values()) {
          SignatureAlgorithm algorithm = SignatureAlgorithm.of(curve.type(), hash).orElseThrow();
          byte[] text = new byte[random.nextInt(300)];
          random.nextBytes(text);
          Bytes message = Bytes.of(text);
          Bytes good;
          try (Signer signer = key.toSigner(algorithm)) {
            good = signer.sign(message);
          }
          VerificationKey platform = key.publicKey();
          VerificationKey oneShot = platform.forOneShot();

          assertThat(oneShot.check(message, good, algorithm))
              .as("seed %d, key %s", seed, platform.toPem())
              .isEqualTo(new Matched(algorithm));
          for (Bytes other : closeTo(good, curve, random)) {
            assertThat(oneShot.check(message, other, Optional.of(hash)))
                .as("seed %d, key %s, %s", seed, platform.toPem(), HexText.encode(other))
                .isEqualTo(platform.check(message, other, Optional.of(hash)));
          }
          assertThat(oneShot.check(Bytes.concat(message, Bytes.of((byte) 0)), good, algorithm))
              .isInstanceOf(Mismatch.class);
        }
      }
    }
  }

  /** The other spelling, the mirrored s, which is as good, and much that is not. */
  private static List<Bytes> closeTo(Bytes good, EcCurve curve, Random random) {
    EcdsaSignature signature = EcdsaSignature.parseDer(good.toByteArray()).orElseThrow();
    BigInteger n = curve.parameters().getOrder();
    BigInteger r = signature.r();
    BigInteger s = signature.s();
    List<Bytes> all = new ArrayList<>();
    all.add(Bytes.of(signature.toP1363(curve.coordinateBytes())));
    all.add(der(r, n.subtract(s)));
    all.add(der(s, r));
    for (BigInteger bad :
        List.of(
            BigInteger.ZERO,
            BigInteger.ONE,
            BigInteger.TWO,
            n.subtract(BigInteger.ONE),
            n,
            n.add(BigInteger.ONE),
            r.add(n),
            r.negate(),
            new BigInteger(n.bitLength() - 1, random),
            ((ECFieldFp) curve.parameters().getCurve().getField()).getP())) {
      all.add(der(bad, s));
      all.add(der(r, bad));
      all.add(der(bad, bad));
    }
    for (int i = 0; i < 8; i++) {
      byte[] flipped = good.toByteArray();
      int bit = random.nextInt(8 * flipped.length);
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      all.add(Bytes.of(flipped));
      all.add(Bytes.of(flipped, 0, random.nextInt(flipped.length)));
    }
    return all;
  }

  private static Bytes der(BigInteger r, BigInteger s) {
    return Bytes.of(DerWriter.sequence(DerWriter.integer(r), DerWriter.integer(s)));
  }

  /**
   * Signatures whose u1 or u2 is small or zero, and keys that are the generator or its mirror, take
   * the additions into their corners: doubling, the point at infinity.
   */
  @ParameterizedTest
  @EnumSource(EcCurve.class)
  void agreesWithThePlatformInTheCornersOfTheGroup(EcCurve curve) throws Exception {
    ECParameterSpec parameters = curve.parameters();
    BigInteger n = parameters.getOrder();
    BigInteger p = ((ECFieldFp) parameters.getCurve().getField()).getP();
    java.security.spec.ECPoint g = parameters.getGenerator();
    java.security.spec.ECPoint mirrored =
        new java.security.spec.ECPoint(g.getAffineX(), p.subtract(g.getAffineY()));
    Bytes message = Bytes.utf8("corners");
    HashAlgorithm hash = SignatureAlgorithm.natural(curve.type()).hash();
    BigInteger e =
        new BigInteger(1, dev.bulla.digest.Digest.of(hash, message).bytes().toByteArray())
            .shiftRight(Math.max(0, 8 * hash.lengthBytes() - n.bitLength()));
    int matched = 0;
    for (java.security.spec.ECPoint point : List.of(g, mirrored)) {
      VerificationKey platform =
          VerificationKey.ofSpki(Bytes.of(PublicKeyDer.ecSpki(curve, curve.encode(point))));
      VerificationKey oneShot = platform.forOneShot();
      BigInteger scalar = point.equals(g) ? BigInteger.ONE : n.subtract(BigInteger.ONE);
      List<Bytes> signatures = new ArrayList<>();
      for (BigInteger k : List.of(BigInteger.ONE, BigInteger.TWO, n.subtract(BigInteger.ONE))) {
        BigInteger r = timesGenerator(curve, k).mod(n);
        BigInteger s = k.modInverse(n).multiply(e.add(r.multiply(scalar))).mod(n);
        signatures.add(der(r, s));
      }
      // u1 = u2, whose sum is the point at infinity under the mirrored key
      signatures.add(der(e.mod(n), BigInteger.ONE));
      signatures.add(der(e.mod(n), e.mod(n)));
      signatures.add(der(n.subtract(e.mod(n)), e.mod(n)));
      for (Bytes signature : signatures) {
        SignatureCheck expected = platform.check(message, signature, Optional.of(hash));
        assertThat(oneShot.check(message, signature, Optional.of(hash)))
            .as("%s", HexText.encode(signature))
            .isEqualTo(expected);
        matched += expected instanceof Matched ? 1 : 0;
      }
    }
    assertThat(matched).isPositive();
  }

  private static BigInteger timesGenerator(EcCurve curve, BigInteger k) {
    ECCurve points =
        switch (curve) {
          case P256 -> new SecP256R1Curve();
          case P384 -> new SecP384R1Curve();
          case P521 -> new SecP521R1Curve();
        };
    java.security.spec.ECPoint g = curve.parameters().getGenerator();
    return points
        .createPoint(g.getAffineX(), g.getAffineY())
        .multiply(k)
        .normalize()
        .getAffineXCoord()
        .toBigInteger();
  }

  @ParameterizedTest
  @EnumSource(EcCurve.class)
  void theCurvesAreThoseOfThePlatform(EcCurve curve) throws Exception {
    AlgorithmParameters known = AlgorithmParameters.getInstance("EC");
    known.init(curve.jcaSpec());
    ECParameterSpec expected = known.getParameterSpec(ECParameterSpec.class);

    assertThat(curve.parameters().getCurve()).isEqualTo(expected.getCurve());
    assertThat(curve.parameters().getGenerator()).isEqualTo(expected.getGenerator());
    assertThat(curve.parameters().getOrder()).isEqualTo(expected.getOrder());
    assertThat(curve.parameters().getCofactor()).isEqualTo(expected.getCofactor());
  }

  @Test
  void isEqualToTheSameKeyForLongerUse() throws Exception {
    VerificationKey key = KeyVectors.publicKey("generated/p256-N65536.pub");

    assertThat(key.forOneShot()).isEqualTo(key).hasSameHashCodeAs(key).hasToString(key.toString());
    assertThat(key.forOneShot().spki()).isEqualTo(key.spki());
    assertThat(key.forOneShot().hint()).isEqualTo(key.hint());
  }

  @Test
  void otherKindsOfKeyGoOnAsBefore() throws Exception {
    for (GoFields vector : KeyVectors.index("generated/index.json")) {
      String file = vector.requiredString("file").replace(".pem", ".pub");
      if (!file.startsWith("rsa2048") && !file.startsWith("ed25519")) {
        continue;
      }
      VerificationKey key = KeyVectors.publicKey("generated/" + file).forOneShot();
      GoFields signatures = vector.requiredFields("signatures");
      String name = file.startsWith("rsa") ? "pkcs1v15_sha256" : "ed25519_pure";
      if (signatures.has(name)) {
        assertThat(key.check(KeyVectors.MESSAGE, signatures.requiredBytes(name), ANY))
            .isInstanceOf(Matched.class);
      }
    }
  }
}
