package dev.bulla.kms.pkcs11;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.keys.pkcs11.Pkcs11Uri;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** What a token is told about a pair to make: the private key signs, and never leaves it. */
record NewKeyPair(long mechanism, List<Attribute> publicKey, List<Attribute> privateKey) {

  private static final int ID_BYTES = 20;
  private static final Bytes EXPONENT = Bytes.of((byte) 1, (byte) 0, (byte) 1);

  static NewKeyPair of(KeyType type, Pkcs11Uri uri, TokenFailures failures) throws KeyException {
    List<Attribute> both = new ArrayList<>();
    both.add(Attribute.flag(Attribute.TOKEN, true));
    both.add(new Attribute(Attribute.ID, uri.id().isEmpty() ? newId() : uri.id()));
    if (!uri.object().isEmpty()) {
      both.add(Attribute.text(Attribute.LABEL, uri.object()));
    }
    List<Attribute> publicKey = new ArrayList<>(both);
    publicKey.add(Attribute.flag(Attribute.PRIVATE, false));
    publicKey.add(Attribute.flag(Attribute.VERIFY, true));
    List<Attribute> privateKey = new ArrayList<>(both);
    privateKey.add(Attribute.flag(Attribute.PRIVATE, true));
    privateKey.add(Attribute.flag(Attribute.SENSITIVE, true));
    privateKey.add(Attribute.flag(Attribute.EXTRACTABLE, false));
    privateKey.add(Attribute.flag(Attribute.SIGN, true));
    return switch (type) {
      case EC_P256, EC_P384, EC_P521 -> {
        publicKey.add(new Attribute(Attribute.EC_PARAMS, TokenPublicKey.curve(type)));
        yield new NewKeyPair(Mechanism.MAKE_EC_KEY, publicKey, privateKey);
      }
      case RSA_2048, RSA_3072, RSA_4096 -> {
        publicKey.add(Attribute.number(Attribute.MODULUS_BITS, bits(type)));
        publicKey.add(new Attribute(Attribute.PUBLIC_EXPONENT, EXPONENT));
        yield new NewKeyPair(Mechanism.MAKE_RSA_KEY, publicKey, privateKey);
      }
      case ED25519 -> throw failures.wrongKey(type.description() + " cannot be made", null);
    };
  }

  private static long bits(KeyType type) {
    return type == KeyType.RSA_2048 ? 2048 : type == KeyType.RSA_3072 ? 3072 : 4096;
  }

  /** What ties both halves together. */
  private static Bytes newId() {
    byte[] id = new byte[ID_BYTES];
    new SecureRandom().nextBytes(id);
    return Bytes.owning(id);
  }
}
