package dev.bulla.kms.pkcs11;

import dev.bulla.bytes.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A property of an object on a token, and its {@code CK_ATTRIBUTE} in memory: type, pointer,
 * length, 8 bytes each.
 */
record Attribute(long type, Bytes value) {

  static final long CLASS = 0x0;
  static final long TOKEN = 0x1;
  static final long PRIVATE = 0x2;
  static final long LABEL = 0x3;
  static final long VALUE = 0x11;
  static final long KEY_TYPE = 0x100;
  static final long ID = 0x102;
  static final long SENSITIVE = 0x103;
  static final long SIGN = 0x108;
  static final long VERIFY = 0x10A;
  static final long MODULUS = 0x120;
  static final long MODULUS_BITS = 0x121;
  static final long PUBLIC_EXPONENT = 0x122;
  static final long EXTRACTABLE = 0x162;
  static final long EC_PARAMS = 0x180;
  static final long EC_POINT = 0x181;
  static final long ALWAYS_AUTHENTICATE = 0x202;

  /** Values of {@link #CLASS}. */
  static final long CERTIFICATE_CLASS = 1;

  static final long PUBLIC_KEY_CLASS = 2;
  static final long PRIVATE_KEY_CLASS = 3;

  /** Values of {@link #KEY_TYPE}. */
  static final long RSA_KEY = 0;

  static final long EC_KEY = 3;

  /** Of a {@code CK_ATTRIBUTE}, and as it happens of a {@code CK_MECHANISM}. */
  static final long BYTES = 24;

  private static final long POINTER_AT = 8;
  private static final long LENGTH_AT = 16;

  static Attribute number(long type, long value) {
    byte[] bytes = new byte[Long.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putLong(value);
    return new Attribute(type, Bytes.owning(bytes));
  }

  static Attribute flag(long type, boolean value) {
    return new Attribute(type, Bytes.of((byte) (value ? 1 : 0)));
  }

  static Attribute text(long type, String value) {
    return new Attribute(type, Bytes.utf8(value));
  }

  /** The attributes side by side. */
  static MemorySegment template(List<Attribute> attributes, Arena arena) {
    MemorySegment template = arena.allocate(BYTES * Math.max(1, attributes.size()), Long.BYTES);
    for (int i = 0; i < attributes.size(); i++) {
      byte[] value = attributes.get(i).value.toByteArray();
      MemorySegment copy = arena.allocate(Math.max(1, value.length));
      MemorySegment.copy(value, 0, copy, ValueLayout.JAVA_BYTE, 0, value.length);
      write(template.asSlice(i * BYTES, BYTES), attributes.get(i).type, copy, value.length);
    }
    return template;
  }

  /** Fills one {@code CK_ATTRIBUTE} or {@code CK_MECHANISM}. */
  static void write(MemorySegment place, long type, MemorySegment value, long length) {
    place.set(ValueLayout.JAVA_LONG, 0, type);
    place.set(ValueLayout.ADDRESS, POINTER_AT, value);
    place.set(ValueLayout.JAVA_LONG, LENGTH_AT, length);
  }

  /** The length that a module wrote. */
  static long length(MemorySegment place) {
    return place.get(ValueLayout.JAVA_LONG, LENGTH_AT);
  }
}
