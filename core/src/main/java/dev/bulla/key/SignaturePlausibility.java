package dev.bulla.key;

import dev.bulla.bytes.Bytes;

/**
 * Whether bytes could be a signature at all, before anything is known about the key. Proves
 * nothing.
 */
public final class SignaturePlausibility {

  private SignaturePlausibility() {}

  /**
   * Whether these bytes are a DER SEQUENCE of two INTEGERs (ECDSA), or have the length of an
   * Ed25519 signature (64 bytes) or of an RSA signature (256, 384 or 512 bytes).
   */
  public static boolean isPlausible(Bytes signature) {
    return switch (signature.size()) {
      case 64, 256, 384, 512 -> true;
      default -> EcdsaSignature.parseDer(signature.toByteArray()).isPresent();
    };
  }
}
