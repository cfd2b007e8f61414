package dev.bulla.key;

/** The kinds of key that may sign: everything else is refused when a key is read. */
public enum KeyType {
  /** NIST P-256, what {@code generate-key-pair} makes. */
  EC_P256(Family.EC, "ECDSA P-256"),
  EC_P384(Family.EC, "ECDSA P-384"),
  EC_P521(Family.EC, "ECDSA P-521"),
  /** RSA with a modulus of exactly 2048 bits; likewise the other two. */
  RSA_2048(Family.RSA, "RSA 2048"),
  RSA_3072(Family.RSA, "RSA 3072"),
  RSA_4096(Family.RSA, "RSA 4096"),
  ED25519(Family.ED25519, "Ed25519");

  /** What keys of different sizes have in common. */
  public enum Family {
    EC,
    RSA,
    ED25519
  }

  private final Family family;
  private final String description;

  KeyType(Family family, String description) {
    this.family = family;
    this.description = description;
  }

  public Family family() {
    return family;
  }

  /** For people: {@code ECDSA P-256}. */
  public String description() {
    return description;
  }
}
