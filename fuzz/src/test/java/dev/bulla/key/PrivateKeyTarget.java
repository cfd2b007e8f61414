package dev.bulla.key;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.fuzz.Check;
import dev.bulla.fuzz.Input;
import java.util.List;

/** {@link PrivateKey#importPem}, as PEM and as DER: what a key signs, its public half confirms. */
public final class PrivateKeyTarget {

  private static final List<String> TYPES =
      List.of("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY");

  private static final Bytes MESSAGE = Bytes.utf8("message");

  private PrivateKeyTarget() {}

  public static boolean acceptsPem(byte[] input) throws KeyException, MalformedInputException {
    PrivateKey key;
    try {
      key = PrivateKey.importPem(Bytes.of(input));
    } catch (KeyException e) {
      Check.refusal(e);
      return false;
    }
    try (key) {
      check(key);
    }
    return true;
  }

  /** The DER behind a byte that selects the type of its PEM block. */
  public static boolean acceptsDer(byte[] input) throws KeyException, MalformedInputException {
    return acceptsPem(new Pem(Input.choice(input, TYPES), Input.rest(input)).print().toByteArray());
  }

  private static void check(PrivateKey key) throws KeyException, MalformedInputException {
    VerificationKey publicKey = key.publicKey();
    Check.equal(key.type(), publicKey.type(), "both halves have one type");
    Check.equal(publicKey, VerificationKey.ofSpki(publicKey.spki()), "the public half reads back");
    Bytes pkcs8 = Bytes.of(key.pkcs8().open());
    try (PrivateKey again = PrivateKey.importPem(new Pem("PRIVATE KEY", pkcs8).print())) {
      Check.equal(publicKey, again.publicKey(), "what is kept is the same key");
      Check.equal(pkcs8, Bytes.of(again.pkcs8().open()), "and is kept the same");
    }
    try (Signer signer = key.toSigner()) {
      Check.equal(publicKey, signer.publicKey(), "the signer's public half");
      Bytes signature;
      try {
        signature = signer.sign(MESSAGE);
      } catch (KeyException e) {
        // the numbers of an RSA key may fit together though they are not primes: it signs nothing
        // then
        Check.that(key.type().family() == KeyType.Family.RSA, "only an RSA key cannot sign");
        return;
      }
      Check.equal(
          new SignatureCheck.Matched(signer.algorithm()),
          publicKey.check(MESSAGE, signature, signer.algorithm()),
          "what it signs is its signature");
    }
  }
}
