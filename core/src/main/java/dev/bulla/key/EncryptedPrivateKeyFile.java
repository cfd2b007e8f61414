package dev.bulla.key;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.limits.Limits;
import java.security.SecureRandom;

/**
 * The file a private key is kept in, as cosign writes and reads it: a PEM block around a JSON
 * document around a secretbox, whose key scrypt makes of the password.
 */
public final class EncryptedPrivateKeyFile {

  /** What is written. */
  static final String PEM_TYPE = "ENCRYPTED SIGSTORE PRIVATE KEY";

  /** What cosign 1 wrote; still read. */
  static final String PEM_TYPE_V1 = "ENCRYPTED COSIGN PRIVATE KEY";

  private EncryptedPrivateKeyFile() {}

  /** The key, encrypted, as the content of a file. Takes about a quarter of a second and 64 MiB. */
  public static Bytes seal(PrivateKey key, Password password, SecureRandom random) {
    return new Pem(PEM_TYPE, KeyEnvelope.seal(key.pkcs8().open(), password, random).toJson())
        .print();
  }

  /**
   * Refuses what is not an encrypted private key, without needing the password.
   *
   * @throws KeyException {@code invalid pem block}, {@code unsupported pem type: …}, {@code
   *     decrypt: …}
   */
  public static void requireReadable(Bytes pem) throws KeyException {
    envelope(pem);
  }

  /**
   * The key in such a file.
   *
   * @throws KeyException in cosign's words; a wrong password and a changed file cannot be told
   *     apart: {@code decrypt: encrypted: decryption failed}
   */
  public static PrivateKey open(Bytes pem, Password password) throws KeyException {
    KeyEnvelope envelope = envelope(pem);
    SecretBytes opened;
    try {
      opened = envelope.open(password);
    } catch (KeyException e) {
      throw new KeyException(
          "decrypt: " + e.message(), "the password is wrong, or the key file was changed", e);
    }
    try (opened) {
      return PrivateKey.ofSealedPkcs8(opened.open());
    } catch (MalformedInputException e) {
      throw new KeyException("parsing " + e.message(), e);
    } catch (UnacceptableKeyException e) {
      throw new KeyException("parsing private key: " + e.problem(), e);
    }
  }

  private static KeyEnvelope envelope(Bytes pem) throws KeyException {
    if (pem.size() > Limits.MAX_KEY_FILE) {
      throw new KeyException("private key larger than " + Limits.MAX_KEY_FILE + " bytes");
    }
    Pem block;
    try {
      block = Pem.parseFirst(pem, "private key");
    } catch (MalformedInputException e) {
      throw new KeyException("invalid pem block", e);
    }
    switch (block.type()) {
      case PEM_TYPE, PEM_TYPE_V1 -> {
        // the two that are read
      }
      default -> throw unsupported(block.type());
    }
    try {
      return KeyEnvelope.parse(block.content());
    } catch (MalformedInputException | KeyException e) {
      throw new KeyException("decrypt: " + e.message(), e);
    }
  }

  private static KeyException unsupported(String pemType) {
    String message = "unsupported pem type: " + Quoted.plain(pemType, 100);
    return switch (pemType) {
      case "PUBLIC KEY", "RSA PUBLIC KEY" ->
          new KeyException(message, "this is a public key; the private one is needed here");
      case "RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY" ->
          new KeyException(message, "bring the key into its encrypted form with import-key-pair");
      default -> new KeyException(message);
    };
  }
}
