package dev.bulla.kms.pkcs11;

import dev.bulla.error.KeyException;
import dev.bulla.keys.pkcs11.Pkcs11Uri;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** The slots of a module that have a token in them. */
final class Slots {

  /** Of slots (count). */
  private static final long MAX_SLOTS = 1024;

  private Slots() {}

  static List<TokenInfo> tokens(Cryptoki module, TokenFailures failures) throws KeyException {
    try {
      List<TokenInfo> tokens = new ArrayList<>();
      for (long slot : withToken(module, failures)) {
        try {
          tokens.add(TokenInfo.read(module, slot));
        } catch (CryptokiException e) {
          if (e.code() != ReturnCode.TOKEN_NOT_PRESENT
              && e.code() != ReturnCode.TOKEN_NOT_RECOGNIZED) {
            throw e;
          }
          // pulled out just now, or of another kind
        }
      }
      return tokens;
    } catch (CryptokiException e) {
      throw failures.of(e);
    }
  }

  private static long[] withToken(Cryptoki module, TokenFailures failures)
      throws KeyException, CryptokiException {
    byte onlyWithToken = 1;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
      module.call(Cryptoki.Function.C_GET_SLOT_LIST, onlyWithToken, MemorySegment.NULL, count);
      long slots = count.get(ValueLayout.JAVA_LONG, 0);
      if (slots < 0 || slots > MAX_SLOTS) {
        throw failures.badAnswer("more than " + MAX_SLOTS + " slots", null);
      }
      if (slots == 0) {
        return new long[0];
      }
      MemorySegment list = arena.allocate(ValueLayout.JAVA_LONG, slots);
      module.call(Cryptoki.Function.C_GET_SLOT_LIST, onlyWithToken, list, count);
      long filled = count.get(ValueLayout.JAVA_LONG, 0);
      if (filled < 0 || filled > slots) {
        throw failures.badAnswer("more slots than there is room for", null);
      }
      return list.asSlice(0, filled * Long.BYTES).toArray(ValueLayout.JAVA_LONG);
    }
  }

  /** The token that a URI names: by its slot, else by its label. */
  static TokenInfo find(Cryptoki module, Pkcs11Uri uri, TokenFailures failures)
      throws KeyException {
    if (uri.slot().isPresent()) {
      try {
        return TokenInfo.read(module, uri.slot().getAsLong());
      } catch (CryptokiException e) {
        throw failures.of(e);
      }
    }
    List<TokenInfo> named =
        tokens(module, failures).stream()
            .filter(info -> info.token().label().equals(uri.token()))
            .toList();
    if (named.size() > 1) {
      throw failures.misconfigured(
          named.size() + " tokens have this label", "name one by slot-id instead");
    }
    if (named.isEmpty()) {
      throw failures.noToken("could not find PKCS#11 token", null);
    }
    return named.get(0);
  }
}
