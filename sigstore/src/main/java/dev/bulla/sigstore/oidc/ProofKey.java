package dev.bulla.sigstore.oidc;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;

/**
 * The secret that ties a code to whoever asked for it (PKCE, RFC 7636), with the only method that
 * hides it on the way: S256. {@link #toString()} leaves it out.
 *
 * @param verifier what is shown when the code is used
 */
record ProofKey(String verifier) {

  static final String METHOD = "S256";

  /** What is shown when the code is asked for. */
  String challenge() {
    return RandomText.unpadded(Digest.sha256(Bytes.utf8(verifier)).bytes());
  }

  @Override
  public String toString() {
    return "ProofKey[…]";
  }
}
