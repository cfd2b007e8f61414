package dev.bulla.digest;

import dev.bulla.error.BullaBug;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** The hash functions that count as evidence. */
public enum HashAlgorithm {
  SHA256("sha256", "SHA-256", 32),
  SHA384("sha384", "SHA-384", 48),
  SHA512("sha512", "SHA-512", 64);

  private final String ociName;
  private final String jcaName;
  private final int lengthBytes;

  HashAlgorithm(String ociName, String jcaName, int lengthBytes) {
    this.ociName = ociName;
    this.jcaName = jcaName;
    this.lengthBytes = lengthBytes;
  }

  /** The name in a digest: {@code sha256}. */
  public String ociName() {
    return ociName;
  }

  /** The name in the Java Cryptography Architecture: {@code SHA-256}. */
  public String jcaName() {
    return jcaName;
  }

  public int lengthBytes() {
    return lengthBytes;
  }

  public MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance(jcaName);
    } catch (NoSuchAlgorithmException e) {
      throw new BullaBug("every Java platform has " + jcaName, e);
    }
  }

  /** The algorithm of a digest's name, exactly as written there. */
  public static Optional<HashAlgorithm> named(String ociName) {
    return switch (ociName) {
      case "sha256" -> Optional.of(SHA256);
      case "sha384" -> Optional.of(SHA384);
      case "sha512" -> Optional.of(SHA512);
      default -> Optional.empty();
    };
  }
}
