package dev.bulla.interop;

import java.util.List;

/** Private keys as openssl makes them, for {@code import-key-pair}. */
enum KeyKind {
  P256_SEC1("P-256, SEC1", List.of("ecparam", "-name", "prime256v1", "-genkey", "-noout")),
  P256_PKCS8(
      "P-256, PKCS#8",
      List.of("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")),
  P384("P-384", List.of("ecparam", "-name", "secp384r1", "-genkey", "-noout")),
  P521("P-521", List.of("ecparam", "-name", "secp521r1", "-genkey", "-noout")),
  RSA_2048_PKCS1("RSA 2048, PKCS#1", List.of("genrsa", "-traditional", "2048")),
  RSA_3072_PKCS8(
      "RSA 3072, PKCS#8",
      List.of("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072")),
  RSA_4096_PKCS8(
      "RSA 4096, PKCS#8",
      List.of("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096")),
  ED25519("Ed25519", List.of("genpkey", "-algorithm", "ed25519"));

  private final String label;
  private final List<String> openssl;

  KeyKind(String label, List<String> openssl) {
    this.label = label;
    this.openssl = openssl;
  }

  /** Arguments of openssl that print such a key. */
  List<String> openssl() {
    return openssl;
  }

  /** Whether {@code import-key-pair} of that program takes it; cosign 2.5 takes only Ed25519. */
  boolean isImportedBy(Program program) {
    return program != Program.COSIGN2 || this == ED25519;
  }

  @Override
  public String toString() {
    return label;
  }
}
