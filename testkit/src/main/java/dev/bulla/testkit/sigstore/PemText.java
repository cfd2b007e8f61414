package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import java.security.MessageDigest;

/** Short ways to what stands in the documents of Sigstore. */
final class PemText {

  private PemText() {}

  static String of(String type, Bytes content) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64Text.encodeLines(content)
        + "-----END "
        + type
        + "-----\n";
  }

  static Bytes hash(HashAlgorithm algorithm, Bytes... parts) {
    MessageDigest digest = algorithm.newDigest();
    for (Bytes part : parts) {
      part.feed(digest);
    }
    return Bytes.owning(digest.digest());
  }

  static Bytes sha256(Bytes... parts) {
    return hash(HashAlgorithm.SHA256, parts);
  }
}
