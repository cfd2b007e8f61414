package dev.bulla.bytes;

import dev.bulla.error.MalformedInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;

/** An immutable string of bytes: copied in, copied out, equal by content. Not for secrets. */
public final class Bytes {

  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] value;

  private Bytes(byte[] owned) {
    this.value = owned;
  }

  /** A copy of the given bytes. */
  public static Bytes of(byte... bytes) {
    return bytes.length == 0 ? EMPTY : new Bytes(bytes.clone());
  }

  /** A copy of part of an array. */
  public static Bytes of(byte[] bytes, int from, int to) {
    // copying alone would fill up with zeros what lies beyond the end
    Objects.checkFromToIndex(from, to, bytes.length);
    return from == to ? EMPTY : new Bytes(Arrays.copyOfRange(bytes, from, to));
  }

  /**
   * The given array itself, without a copy. The caller gives it up: nobody may write to it
   * afterwards. For the places that have just made the array and would otherwise hold large content
   * twice.
   */
  public static Bytes owning(byte[] handedOver) {
    return handedOver.length == 0 ? EMPTY : new Bytes(handedOver);
  }

  /** The UTF-8 encoding of a text. */
  public static Bytes utf8(String text) {
    return owning(text.getBytes(StandardCharsets.UTF_8));
  }

  /** All parts, one after the other. */
  public static Bytes concat(Bytes... parts) {
    long size = 0;
    for (Bytes part : parts) {
      size += part.value.length;
    }
    byte[] all = new byte[Math.toIntExact(size)];
    int at = 0;
    for (Bytes part : parts) {
      System.arraycopy(part.value, 0, all, at, part.value.length);
      at += part.value.length;
    }
    return owning(all);
  }

  public int size() {
    return value.length;
  }

  public boolean isEmpty() {
    return value.length == 0;
  }

  /** The byte at an index, as a value from −128 to 127. */
  public byte at(int index) {
    return value[index];
  }

  public Bytes slice(int from, int to) {
    return of(value, from, to);
  }

  public boolean startsWith(Bytes prefix) {
    return value.length >= prefix.value.length
        && Arrays.equals(value, 0, prefix.value.length, prefix.value, 0, prefix.value.length);
  }

  /** A fresh copy. */
  public byte[] toByteArray() {
    return value.clone();
  }

  public InputStream newInputStream() {
    return new ByteArrayInputStream(value);
  }

  /** Feeds the content to a digest without a copy. */
  public void feed(MessageDigest digest) {
    digest.update(value);
  }

  /** Feeds the content to a signature without a copy. */
  public void feed(java.security.Signature signature) throws java.security.SignatureException {
    signature.update(value);
  }

  /** Writes the content without a copy. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(value);
  }

  /**
   * The content as text.
   *
   * @param what what is being read, for the message
   * @throws MalformedInputException when the bytes are not valid UTF-8
   */
  public String toUtf8String(String what) throws MalformedInputException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(value))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedInputException(what, "not valid UTF-8", e);
    }
  }

  /**
   * Plain comparison: right for digests, payloads and other public bytes; secrets are compared
   * elsewhere.
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return "Bytes[" + value.length + " bytes]";
  }
}
