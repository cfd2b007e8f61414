package dev.bulla.key;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The password of a private key: any bytes, also none at all. Text counts as UTF-8; nothing is
 * trimmed or normalised, so that a password opens here what it opens in cosign.
 */
public final class Password implements AutoCloseable {

  private final SecretBytes bytes;

  private Password(SecretBytes bytes) {
    this.bytes = bytes;
  }

  /** A copy of the given bytes; the caller wipes its own. */
  public static Password ofBytes(byte[] bytes) {
    return new Password(SecretBytes.copyOf(bytes));
  }

  /** The given array itself, which the caller gives up and {@link #close()} overwrites. */
  public static Password owning(byte[] handedOver) {
    return new Password(SecretBytes.owning(handedOver));
  }

  /** The characters as UTF-8; the caller wipes its own. */
  public static Password ofChars(char[] characters) {
    // no UTF-16 unit takes more than three bytes
    byte[] encoded = new byte[3 * characters.length];
    ByteBuffer out = ByteBuffer.wrap(encoded);
    StandardCharsets.UTF_8
        .newEncoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .encode(CharBuffer.wrap(characters), out, true);
    byte[] exact = Arrays.copyOf(encoded, out.position());
    Arrays.fill(encoded, (byte) 0);
    return new Password(SecretBytes.owning(exact));
  }

  /** The text as UTF-8, for text that is a string already, such as an environment variable. */
  public static Password ofText(String text) {
    return new Password(SecretBytes.owning(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The empty password, which is a password like any other. */
  public static Password empty() {
    return new Password(SecretBytes.owning(new byte[0]));
  }

  /** A second one with the same bytes, to be closed on its own. */
  public Password copy() {
    return new Password(SecretBytes.copyOf(bytes.open()));
  }

  /** A copy of the bytes, for a place that keeps passwords; the caller wipes it. */
  public byte[] copyBytes() {
    return bytes.open().clone();
  }

  /** Whether both are the same password, in time that does not depend on where they differ. */
  public boolean sameAs(Password other) {
    return bytes.sameAs(other.bytes);
  }

  /** The array itself, for code of this package that only reads it. */
  byte[] open() {
    return bytes.open();
  }

  @Override
  public void close() {
    bytes.close();
  }

  /** Nothing, not even the length. */
  @Override
  public String toString() {
    return "Password[hidden]";
  }
}
