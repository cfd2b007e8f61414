package dev.bulla.kms.pkcs11;

import dev.bulla.keys.pkcs11.TokenProvider.Token;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A token as it describes itself: {@code CK_TOKEN_INFO}. */
record TokenInfo(Token token, long flags) {

  private static final long LOGIN_REQUIRED = 0x4;
  private static final long PROTECTED_AUTHENTICATION_PATH = 0x100;
  private static final long TOKEN_INITIALIZED = 0x400;
  private static final long USER_PIN_LOCKED = 0x40000;

  /** Four texts, flags, ten numbers, two versions, a time; padded. */
  static final long BYTES = 208;

  private static final int LABEL_BYTES = 32;
  private static final int MANUFACTURER_AT = 32;
  private static final int MODEL_AT = 64;
  private static final int MODEL_BYTES = 16;
  private static final int SERIAL_AT = 80;
  private static final int FLAGS_AT = 96;

  static TokenInfo read(Cryptoki module, long slot) throws CryptokiException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(BYTES, Long.BYTES);
      module.call(Cryptoki.Function.C_GET_TOKEN_INFO, slot, info);
      long flags = info.get(ValueLayout.JAVA_LONG, FLAGS_AT);
      Token token =
          new Token(
              slot,
              text(info, 0, LABEL_BYTES),
              text(info, MANUFACTURER_AT, LABEL_BYTES),
              text(info, MODEL_AT, MODEL_BYTES),
              text(info, SERIAL_AT, MODEL_BYTES),
              (flags & TOKEN_INITIALIZED) != 0);
      return new TokenInfo(token, flags);
    }
  }

  /** Padded with blanks by the standard, with zeros by some tokens. */
  private static String text(MemorySegment info, int at, int length) {
    byte[] bytes = info.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
    int end = length;
    while (end > 0 && (bytes[end - 1] == ' ' || bytes[end - 1] == 0)) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  boolean needsLogin() {
    return (flags & LOGIN_REQUIRED) != 0;
  }

  /** Whether the PIN is typed on the token's own keys. */
  boolean hasPinPad() {
    return (flags & PROTECTED_AUTHENTICATION_PATH) != 0;
  }

  boolean isLocked() {
    return (flags & USER_PIN_LOCKED) != 0;
  }
}
