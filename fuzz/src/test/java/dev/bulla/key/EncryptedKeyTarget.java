package dev.bulla.key;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.fuzz.Check;

/**
 * {@link EncryptedPrivateKeyFile}, up to where the password would be needed: deriving a key takes a
 * quarter of a second, on purpose.
 */
public final class EncryptedKeyTarget {

  private EncryptedKeyTarget() {}

  /** The input is a whole file, or else the JSON document inside one. */
  public static boolean accepts(byte[] input) throws KeyException, MalformedInputException {
    Bytes bytes = Bytes.of(input);
    boolean asFile = isReadable(bytes);
    boolean asDocument = isReadable(new Pem(EncryptedPrivateKeyFile.PEM_TYPE, bytes).print());
    Check.equal(
        asDocument,
        isReadable(new Pem(EncryptedPrivateKeyFile.PEM_TYPE_V1, bytes).print()),
        "both types alike");
    if (asDocument) {
      KeyEnvelope envelope = KeyEnvelope.parse(bytes);
      Bytes written = envelope.toJson();
      KeyEnvelope again = KeyEnvelope.parse(written);
      Check.equal(envelope, again, "what is written reads back");
      Check.equal(written, again.toJson(), "and is written the same again");
    }
    return asFile || asDocument;
  }

  private static boolean isReadable(Bytes file) {
    try {
      EncryptedPrivateKeyFile.requireReadable(file);
      return true;
    } catch (KeyException e) {
      Check.refusal(e);
      return false;
    }
  }
}
