package dev.bulla.key;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.fuzz.Check;
import java.util.Optional;

/**
 * {@link VerificationKey}, as PEM and as DER: one encoding of each key, and every key that is read
 * works.
 */
public final class PublicKeyTarget {

  private static final Bytes MESSAGE = Bytes.utf8("message");

  private PublicKeyTarget() {}

  public static boolean acceptsPem(byte[] input) throws MalformedInputException {
    VerificationKey key;
    try {
      key = VerificationKey.parsePem(Bytes.of(input), "pem to public key");
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    check(key);
    return true;
  }

  public static boolean acceptsDer(byte[] input) throws MalformedInputException {
    Bytes der = Bytes.of(input);
    VerificationKey key;
    try {
      key = VerificationKey.ofSpki(der);
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.equal(der, key.spki(), "a key keeps its encoding");
    check(key);
    return true;
  }

  private static void check(VerificationKey key) throws MalformedInputException {
    Check.equal(key, VerificationKey.ofSpki(key.spki()), "its encoding reads back");
    String pem = key.toPem();
    VerificationKey again = VerificationKey.parsePem(Bytes.utf8(pem), "printed");
    Check.equal(key, again, "its PEM reads back");
    Check.equal(pem, again.toPem(), "and prints the same");
    Check.equal(key.type(), again.type(), "type");
    Check.equal(32, key.fingerprint().size(), "fingerprint");
    for (int size : new int[] {0, 8, 64, 96, 132, 256, 384, 512}) {
      Bytes garbage = Bytes.owning(filled(size));
      Check.that(
          key.check(MESSAGE, garbage, Optional.empty()) instanceof SignatureCheck.Mismatch,
          "garbage is no signature");
      Check.that(
          key.check(MESSAGE, garbage, Optional.of(HashAlgorithm.SHA512))
              instanceof SignatureCheck.Mismatch,
          "garbage is no signature with a requested hash");
    }
  }

  private static byte[] filled(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i + 1);
    }
    return bytes;
  }
}
