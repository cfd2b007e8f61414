package dev.bulla.verify;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaBug;
import dev.bulla.key.VerificationKey;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;

/**
 * A key's name in the {@code keyid} of some envelopes: {@code SHA256:} and the unpadded base64 of
 * the hash of its SSH wire format. Source: RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4, and OpenSSH's
 * presentation of fingerprints.
 */
final class SshFingerprint {

  private static final int ED25519_BYTES = 32;

  private SshFingerprint() {}

  static String of(VerificationKey key) {
    Bytes wire =
        switch (key.type()) {
          case EC_P256 -> ecdsa("nistp256", 32, key.spki());
          case EC_P384 -> ecdsa("nistp384", 48, key.spki());
          case EC_P521 -> ecdsa("nistp521", 66, key.spki());
          case RSA_2048, RSA_3072, RSA_4096 -> rsa(key.spki());
          case ED25519 ->
              Bytes.concat(
                  string(Bytes.utf8("ssh-ed25519")), string(last(key.spki(), ED25519_BYTES)));
        };
    String base64 = Base64Text.encode(Digest.sha256(wire).bytes());
    return "SHA256:" + base64.substring(0, base64.indexOf('='));
  }

  private static Bytes ecdsa(String curve, int coordinateBytes, Bytes spki) {
    return Bytes.concat(
        string(Bytes.utf8("ecdsa-sha2-" + curve)),
        string(Bytes.utf8(curve)),
        // an accepted key ends in its uncompressed point
        string(last(spki, 1 + 2 * coordinateBytes)));
  }

  private static Bytes rsa(Bytes spki) {
    try {
      RSAPublicKey key =
          (RSAPublicKey)
              KeyFactory.getInstance("RSA")
                  .generatePublic(new X509EncodedKeySpec(spki.toByteArray()));
      return Bytes.concat(
          string(Bytes.utf8("ssh-rsa")),
          integer(key.getPublicExponent()),
          integer(key.getModulus()));
    } catch (GeneralSecurityException e) {
      throw new BullaBug("the key was read before", e);
    }
  }

  private static Bytes integer(BigInteger value) {
    return string(Bytes.owning(value.toByteArray()));
  }

  private static Bytes string(Bytes content) {
    byte[] length = ByteBuffer.allocate(Integer.BYTES).putInt(content.size()).array();
    return Bytes.concat(Bytes.owning(length), content);
  }

  private static Bytes last(Bytes bytes, int count) {
    return bytes.slice(bytes.size() - count, bytes.size());
  }
}
