package dev.bulla.key;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Bytes that must not be shown. Closing overwrites them, as far as a JVM can promise that: copies
 * that the garbage collector made while moving the array, or that a library made, are out of reach.
 */
public final class SecretBytes implements AutoCloseable {

  private final byte[] value;
  private boolean closed;

  private SecretBytes(byte[] owned) {
    this.value = owned;
  }

  /** A copy of the given bytes; the caller wipes its own. */
  public static SecretBytes copyOf(byte[] secret) {
    return new SecretBytes(secret.clone());
  }

  /** The given array itself, which the caller gives up and {@link #close()} overwrites. */
  public static SecretBytes owning(byte[] handedOver) {
    return new SecretBytes(handedOver);
  }

  public int size() {
    return value.length;
  }

  /**
   * A fresh copy, which the caller overwrites when done. For handing the secret to the one thing it
   * is for.
   */
  public byte[] revealedCopy() {
    return open().clone();
  }

  /** The array itself, for code of this package that only reads it. */
  byte[] open() {
    if (closed) {
      throw new IllegalStateException("the secret was wiped");
    }
    return value;
  }

  /** Whether both hold the same bytes, in time that does not depend on where they differ. */
  public boolean sameAs(SecretBytes other) {
    return MessageDigest.isEqual(open(), other.open());
  }

  @Override
  public void close() {
    closed = true;
    Arrays.fill(value, (byte) 0);
  }

  @Override
  public String toString() {
    return "SecretBytes[" + value.length + " bytes]";
  }
}
