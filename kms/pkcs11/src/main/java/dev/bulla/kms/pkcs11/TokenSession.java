package dev.bulla.kms.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.key.Password;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One conversation with a token. For one thread at a time. Lengths and counts that the token gives
 * are checked before memory is taken and again before it is read.
 */
final class TokenSession implements AutoCloseable {

  private static final long SERIAL_SESSION = 4;
  private static final long WRITABLE = 2;
  private static final long USER = 1;
  private static final long CONTEXT_SPECIFIC = 2;

  /** Of objects that one search may find (count). */
  static final int MAX_OBJECTS = 1000;

  private static final int OBJECTS_AT_ONCE = 64;

  /** Of one attribute. A certificate is the largest that is read. */
  static final int MAX_ATTRIBUTE = 64 << 10;

  /** Twice what an RSA key of 4096 bits makes. */
  private static final int MAX_SIGNATURE = 1024;

  private final Cryptoki module;
  private final TokenFailures failures;
  private final long handle;

  private TokenSession(Cryptoki module, TokenFailures failures, long handle) {
    this.module = module;
    this.failures = failures;
    this.handle = handle;
  }

  static TokenSession open(Cryptoki module, long slot, boolean writable, TokenFailures failures)
      throws CryptokiException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment session = arena.allocate(JAVA_LONG);
      module.call(
          Cryptoki.Function.C_OPEN_SESSION,
          slot,
          SERIAL_SESSION | (writable ? WRITABLE : 0),
          MemorySegment.NULL,
          MemorySegment.NULL,
          session);
      return new TokenSession(module, failures, session.get(JAVA_LONG, 0));
    }
  }

  /** Presents the PIN; without one the token asks for it on its own keys. */
  void login(Optional<Password> pin) throws CryptokiException {
    login(USER, pin);
  }

  private void login(long kind, Optional<Password> pin) throws CryptokiException {
    long result = loginResult(kind, pin);
    if (result != ReturnCode.OK && result != ReturnCode.USER_ALREADY_LOGGED_IN) {
      throw new CryptokiException(Cryptoki.Function.C_LOGIN.symbol(), result);
    }
  }

  private long loginResult(long kind, Optional<Password> pin) throws CryptokiException {
    if (pin.isEmpty()) {
      return module.result(Cryptoki.Function.C_LOGIN, handle, kind, MemorySegment.NULL, 0L);
    }
    byte[] bytes = pin.get().copyBytes();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(Math.max(1, bytes.length));
      MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
      try {
        return module.result(Cryptoki.Function.C_LOGIN, handle, kind, copy, (long) bytes.length);
      } finally {
        copy.fill((byte) 0);
      }
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** The objects with all of these attributes. */
  List<Long> find(Attribute... attributes) throws KeyException, CryptokiException {
    try (Arena arena = Arena.ofConfined()) {
      module.call(
          Cryptoki.Function.C_FIND_OBJECTS_INIT,
          handle,
          Attribute.template(List.of(attributes), arena),
          (long) attributes.length);
      try {
        return found(arena);
      } finally {
        module.result(Cryptoki.Function.C_FIND_OBJECTS_FINAL, handle);
      }
    }
  }

  private List<Long> found(Arena arena) throws KeyException, CryptokiException {
    List<Long> objects = new ArrayList<>();
    MemorySegment batch = arena.allocate(JAVA_LONG, OBJECTS_AT_ONCE);
    MemorySegment count = arena.allocate(JAVA_LONG);
    while (true) {
      module.call(Cryptoki.Function.C_FIND_OBJECTS, handle, batch, (long) OBJECTS_AT_ONCE, count);
      long filled = count.get(JAVA_LONG, 0);
      if (filled == 0) {
        return objects;
      }
      if (filled < 0 || filled > OBJECTS_AT_ONCE) {
        throw failures.badAnswer("more objects than there is room for", null);
      }
      for (int i = 0; i < filled; i++) {
        objects.add(batch.getAtIndex(JAVA_LONG, i));
      }
      if (objects.size() > MAX_OBJECTS) {
        throw failures.badAnswer("more than " + MAX_OBJECTS + " objects", null);
      }
    }
  }

  /** The value of an attribute; empty when the object has none or does not show it. */
  Optional<Bytes> attribute(long object, long type) throws KeyException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment wanted = arena.allocate(Attribute.BYTES, Long.BYTES);
      Attribute.write(wanted, type, MemorySegment.NULL, 0);
      if (!isRead(object, wanted)) {
        return Optional.empty();
      }
      long length = Attribute.length(wanted);
      if (length == 0) {
        return Optional.of(Bytes.EMPTY);
      }
      if (length < 0 || length > MAX_ATTRIBUTE) {
        throw failures.badAnswer("an attribute of " + length + " bytes", null);
      }
      MemorySegment value = arena.allocate(length, Long.BYTES);
      Attribute.write(wanted, type, value, length);
      if (!isRead(object, wanted)) {
        return Optional.empty();
      }
      long filled = Attribute.length(wanted);
      if (filled < 0 || filled > length) {
        throw failures.badAnswer("an attribute longer than it was said to be", null);
      }
      return Optional.of(Bytes.owning(value.asSlice(0, filled).toArray(ValueLayout.JAVA_BYTE)));
    }
  }

  /** Most tokens answer with an error when there is no such attribute, some with a length of -1. */
  private boolean isRead(long object, MemorySegment wanted) throws KeyException {
    try {
      module.call(Cryptoki.Function.C_GET_ATTRIBUTE_VALUE, handle, object, wanted, 1L);
      return Attribute.length(wanted) != -1;
    } catch (CryptokiException e) {
      if (ReturnCode.isAboutAttribute(e.code())) {
        return false;
      }
      throw failures.of(e);
    }
  }

  /** The value of a boolean attribute; false when there is none. */
  boolean flag(long object, long type) throws KeyException {
    return attribute(object, type)
        .filter(value -> value.size() == 1 && value.at(0) != 0)
        .isPresent();
  }

  /**
   * A signature.
   *
   * @param again the PIN once more, for keys that want it for each signature
   */
  Bytes sign(long key, long mechanism, Bytes input, Optional<Optional<Password>> again)
      throws KeyException, CryptokiException {
    try (Arena arena = Arena.ofConfined()) {
      module.call(Cryptoki.Function.C_SIGN_INIT, handle, mechanism(mechanism, arena), key);
      if (again.isPresent()) {
        login(CONTEXT_SPECIFIC, again.get());
      }
      MemorySegment signature = arena.allocate(MAX_SIGNATURE);
      MemorySegment length = arena.allocate(JAVA_LONG);
      length.set(JAVA_LONG, 0, MAX_SIGNATURE);
      module.call(
          Cryptoki.Function.C_SIGN,
          handle,
          copy(input, arena),
          (long) input.size(),
          signature,
          length);
      long filled = length.get(JAVA_LONG, 0);
      if (filled < 0 || filled > MAX_SIGNATURE) {
        throw failures.badAnswer("a signature of " + filled + " bytes", null);
      }
      return Bytes.owning(signature.asSlice(0, filled).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  /** Whether the token takes this for a signature by the key. */
  boolean verify(long key, long mechanism, Bytes input, Bytes signature) throws CryptokiException {
    try (Arena arena = Arena.ofConfined()) {
      module.call(Cryptoki.Function.C_VERIFY_INIT, handle, mechanism(mechanism, arena), key);
      long result =
          module.result(
              Cryptoki.Function.C_VERIFY,
              handle,
              copy(input, arena),
              (long) input.size(),
              copy(signature, arena),
              (long) signature.size());
      if (result == ReturnCode.SIGNATURE_INVALID || result == ReturnCode.SIGNATURE_LEN_RANGE) {
        return false;
      }
      if (result != ReturnCode.OK) {
        throw new CryptokiException(Cryptoki.Function.C_VERIFY.symbol(), result);
      }
      return true;
    }
  }

  /** Makes a key pair on the token. */
  void generate(long mechanism, List<Attribute> publicKey, List<Attribute> privateKey)
      throws CryptokiException {
    try (Arena arena = Arena.ofConfined()) {
      module.call(
          Cryptoki.Function.C_GENERATE_KEY_PAIR,
          handle,
          mechanism(mechanism, arena),
          Attribute.template(publicKey, arena),
          (long) publicKey.size(),
          Attribute.template(privateKey, arena),
          (long) privateKey.size(),
          arena.allocate(JAVA_LONG),
          arena.allocate(JAVA_LONG));
    }
  }

  private static MemorySegment mechanism(long type, Arena arena) {
    MemorySegment mechanism = arena.allocate(Attribute.BYTES, Long.BYTES);
    Attribute.write(mechanism, type, MemorySegment.NULL, 0);
    return mechanism;
  }

  private static MemorySegment copy(Bytes bytes, Arena arena) {
    byte[] value = bytes.toByteArray();
    MemorySegment copy = arena.allocate(Math.max(1, value.length));
    MemorySegment.copy(value, 0, copy, ValueLayout.JAVA_BYTE, 0, value.length);
    return copy;
  }

  /** Ends the conversation; with the last one the token forgets that a PIN was presented. */
  @Override
  public void close() {
    try {
      module.result(Cryptoki.Function.C_CLOSE_SESSION, handle);
    } catch (CryptokiException e) {
      // a module without that function
    }
  }
}
