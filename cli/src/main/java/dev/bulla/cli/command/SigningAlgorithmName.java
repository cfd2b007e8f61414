package dev.bulla.cli.command;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.key.KeyType;
import java.util.Optional;

/** What cosign's {@code --signing-algorithm} calls algorithms: the type of key and its hash. */
enum SigningAlgorithmName {
  P256("ecdsa-sha2-256-nistp256", KeyType.EC_P256),
  P384("ecdsa-sha2-384-nistp384", KeyType.EC_P384),
  P521("ecdsa-sha2-512-nistp521", KeyType.EC_P521),
  RSA_2048("rsa-sign-pkcs1-2048-sha256", KeyType.RSA_2048),
  RSA_3072("rsa-sign-pkcs1-3072-sha256", KeyType.RSA_3072),
  RSA_4096("rsa-sign-pkcs1-4096-sha256", KeyType.RSA_4096),
  ED25519("ed25519", KeyType.ED25519);

  private final String text;
  private final KeyType type;

  SigningAlgorithmName(String text, KeyType type) {
    this.text = text;
    this.type = type;
  }

  static String[] names() {
    SigningAlgorithmName[] all = values();
    String[] names = new String[all.length];
    for (int i = 0; i < all.length; i++) {
      names[i] = all[i].text;
    }
    return names;
  }

  /** The type of key of a name; nothing for no name. */
  static Optional<KeyType> keyType(String name) throws ConfigurationException {
    if (name.isEmpty()) {
      return Optional.empty();
    }
    for (SigningAlgorithmName known : values()) {
      if (known.text.equals(name)) {
        return Optional.of(known.type);
      }
    }
    throw new ConfigurationException(
        "unknown signing algorithm: " + Quoted.plain(name),
        "there are " + String.join(", ", names()));
  }
}
