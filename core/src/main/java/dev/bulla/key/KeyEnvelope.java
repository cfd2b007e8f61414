package dev.bulla.key;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoFields;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import java.security.SecureRandom;
import java.util.Arrays;

/** The JSON document inside an encrypted key file: how the key was derived, and the sealed text. */
record KeyEnvelope(ScryptStrength strength, Bytes salt, Bytes nonce, Bytes ciphertext) {

  private static final String KDF = "scrypt";
  private static final String CIPHER = "nacl/secretbox";
  private static final int SALT_BYTES = 32;
  private static final String WHAT = "encrypted key";

  static KeyEnvelope seal(byte[] text, Password password, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] nonce = new byte[SecretBox.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] key = SecretBox.deriveKey(password.open(), salt, ScryptStrength.STANDARD);
    byte[] box = SecretBox.seal(key, nonce, text);
    Arrays.fill(key, (byte) 0);
    return new KeyEnvelope(
        ScryptStrength.STANDARD, Bytes.owning(salt), Bytes.owning(nonce), Bytes.owning(box));
  }

  static KeyEnvelope parse(Bytes json) throws KeyException, MalformedInputException {
    GoFields fields = GoFields.of(JsonParser.parseObject(json, WHAT), WHAT);
    GoFields kdf = fields.requiredFields("kdf");
    GoFields cipher = fields.requiredFields("cipher");
    String kdfName = kdf.requiredString("name");
    if (!kdfName.equals(KDF)) {
      throw new KeyException("encrypted: unknown kdf name " + Quoted.text(kdfName));
    }
    String cipherName = cipher.requiredString("name");
    if (!cipherName.equals(CIPHER)) {
      throw new KeyException("encrypted: unknown cipher name " + Quoted.text(cipherName));
    }
    GoFields params = kdf.requiredFields("params");
    ScryptStrength strength =
        ScryptStrength.of(
                params.requiredInt64("N"), params.requiredInt64("r"), params.requiredInt64("p"))
            .orElseThrow(() -> new KeyException("unsupported scrypt parameters"));
    Bytes nonce = cipher.requiredBytes("nonce");
    if (nonce.size() != SecretBox.NONCE_BYTES) {
      throw new KeyException("encrypted: incorrect nonce size");
    }
    return new KeyEnvelope(
        strength, kdf.requiredBytes("salt"), nonce, fields.requiredBytes("ciphertext"));
  }

  /** The sealed text. Takes a quarter of a second and {@code 1024 · N} bytes, on purpose. */
  SecretBytes open(Password password) throws KeyException {
    byte[] key = SecretBox.deriveKey(password.open(), salt.toByteArray(), strength);
    try {
      return SecretBytes.owning(
          SecretBox.open(key, nonce.toByteArray(), ciphertext.toByteArray())
              .orElseThrow(() -> new KeyException("encrypted: decryption failed")));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** As cosign writes it, byte for byte. */
  Bytes toJson() {
    return GoJson.write(
        JsonObject.builder()
            .put(
                "kdf",
                JsonObject.builder()
                    .put("name", KDF)
                    .put(
                        "params",
                        JsonObject.builder()
                            .put("N", strength.cost())
                            .put("r", ScryptStrength.R)
                            .put("p", ScryptStrength.P)
                            .build())
                    .put("salt", Base64Text.encode(salt))
                    .build())
            .put(
                "cipher",
                JsonObject.builder()
                    .put("name", CIPHER)
                    .put("nonce", Base64Text.encode(nonce))
                    .build())
            .put("ciphertext", Base64Text.encode(ciphertext))
            .build());
  }
}
