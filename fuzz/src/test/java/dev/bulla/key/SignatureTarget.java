package dev.bulla.key;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.der.DerWriter;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.fuzz.Check;
import dev.bulla.fuzz.Input;
import dev.bulla.fuzz.Resources;
import dev.bulla.key.SignatureCheck.Matched;
import dev.bulla.key.SignatureCheck.Mismatch;
import java.math.BigInteger;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Signature bytes of somebody's making: whether they look like a signature, and whether they are
 * one.
 */
public final class SignatureTarget {

  private static final Bytes MESSAGE = Resources.bytes("message.txt");

  private static final Set<String> REASONS =
      Set.of(
          "invalid signature when validating ASN.1 encoded signature",
          "invalid signature when validating IEEE_P1363 encoded signature",
          "ecdsa: Invalid IEEE_P1363 encoded bytes",
          "crypto/rsa: verification error",
          "failed to verify signature");

  private static final List<Signed> SIGNED =
      List.of(
          Signed.load("p256"),
          Signed.load("p384"),
          Signed.load("p521"),
          Signed.load("rsa2048"),
          Signed.load("rsa3072"),
          Signed.load("ed25519"));

  private static final List<Optional<HashAlgorithm>> HASHES =
      List.of(
          Optional.empty(),
          Optional.of(HashAlgorithm.SHA256),
          Optional.of(HashAlgorithm.SHA384),
          Optional.of(HashAlgorithm.SHA512));

  private SignatureTarget() {}

  /**
   * A key, and all that is known to be its signatures over the message. Nobody can make others, so
   * everything else that matches is a second spelling of one of them.
   *
   * @param numbers r and s of ECDSA signatures, each also with the negated s, which matches by the
   *     nature of ECDSA
   */
  private record Signed(VerificationKey key, Set<Bytes> signatures, Set<List<BigInteger>> numbers) {

    static Signed load(String name) {
      VerificationKey key = Resources.key(name + ".pub");
      Set<Bytes> signatures = new HashSet<>();
      Set<List<BigInteger>> numbers = new HashSet<>();
      for (String line : Input.lines(Resources.text(name + ".signatures").strip())) {
        Bytes signature = decode(line);
        signatures.add(signature);
        EcdsaSignature.parseDer(signature.toByteArray())
            .ifPresent(ec -> {
              numbers.add(List.of(ec.r(), ec.s()));
              numbers.add(List.of(ec.r(), order(key).subtract(ec.s())));
            });
      }
      return new Signed(key, signatures, numbers);
    }

    private static Bytes decode(String base64) {
      try {
        return Base64Text.decode(base64, "signature");
      } catch (MalformedInputException e) {
        throw new AssertionError(base64, e);
      }
    }

    private static BigInteger order(VerificationKey key) {
      return ((ECPublicKey) PublicKeyDer.jcaKey(key.spki().toByteArray(), key.type()))
          .getParams()
          .getOrder();
    }
  }

  /** A byte that selects the key, one that selects the requested hash, and the signature. */
  public static boolean isMade(byte[] input) {
    Signed signed = Input.choice(input, SIGNED);
    byte[] behindKey = Input.rest(input).toByteArray();
    Optional<HashAlgorithm> hash = Input.choice(behindKey, HASHES);
    Bytes signature = Input.rest(behindKey);
    return switch (signed.key().check(MESSAGE, signature, hash)) {
      case Mismatch mismatch -> {
        Check.that(REASONS.contains(mismatch.reason()), "unknown reason " + mismatch.reason());
        yield false;
      }
      case Matched matched -> {
        boolean isEc = signed.key().type().family() == KeyType.Family.EC;
        Check.that(
            isEc ? isKnown(signed, signature) : signed.signatures().contains(signature),
            "a signature that nobody made matches " + matched.algorithm());
        Check.that(SignaturePlausibility.isPlausible(signature) || isEc, "it looks like one");
        hash.filter(requested -> signed.key().type() != KeyType.ED25519)
            .ifPresent(requested ->
                Check.equal(requested, matched.algorithm().hash(), "the requested hash"));
        yield true;
      }
    };
  }

  private static boolean isKnown(Signed signed, Bytes signature) {
    int coordinateBytes = EcCurve.of(signed.key().type()).coordinateBytes();
    EcdsaSignature read =
        EcdsaSignature.parse(signature.toByteArray(), coordinateBytes).orElseThrow();
    Bytes written = Bytes.owning(read.der() ? der(read) : read.toP1363(coordinateBytes));
    Check.equal(written, signature, "one spelling in each format");
    return signed.numbers().contains(List.of(read.r(), read.s()));
  }

  private static byte[] der(EcdsaSignature signature) {
    return DerWriter.sequence(DerWriter.integer(signature.r()), DerWriter.integer(signature.s()));
  }

  /** Signatures are DER in one spelling, or have a length of their own. */
  public static boolean isPlausible(byte[] input) {
    Bytes bytes = Bytes.of(input);
    boolean plausible = SignaturePlausibility.isPlausible(bytes);
    Optional<EcdsaSignature> ec = EcdsaSignature.parseDer(input);
    ec.ifPresent(read -> Check.equal(Bytes.owning(der(read)), bytes, "one spelling in DER"));
    Check.equal(
        ec.isPresent() || List.of(64, 256, 384, 512).contains(input.length),
        plausible,
        "what is plausible");
    List<Integer> lengths = new ArrayList<>();
    for (EcCurve curve : EcCurve.values()) {
      if (EcdsaSignature.parse(input, curve.coordinateBytes()).isPresent() && ec.isEmpty()) {
        lengths.add(curve.coordinateBytes());
      }
    }
    Check.that(lengths.size() <= 1, "two numbers side by side are for one curve");
    return plausible;
  }
}
