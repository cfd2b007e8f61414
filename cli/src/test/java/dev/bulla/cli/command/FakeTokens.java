package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.key.Password;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.pkcs11.PinSource;
import dev.bulla.keys.pkcs11.Pkcs11Uri;
import dev.bulla.keys.pkcs11.TokenProvider;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Stands before the real provider on the class path of these tests: the module's name says which
 * tokens there are, and opening a key fails with its URI, except for keys that a test put there.
 */
public final class FakeTokens implements TokenProvider {

  private static final Map<String, Supplier<KmsKey>> KEYS = new ConcurrentHashMap<>();

  private static final Token ONE = new Token(7, "My Token\u001b[31m", "Acme", "M1", "0001", true);

  /** Puts a key on every token. */
  public static void put(String label, Supplier<KmsKey> key) {
    KEYS.put(label, key);
  }

  @Override
  public Set<String> schemes() {
    return Set.of("pkcs11");
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public KmsKey open(Pkcs11Uri key, PinSource pins, boolean login) throws KeyException {
    Supplier<KmsKey> known = KEYS.get(key.object());
    if (known != null) {
      return known.get();
    }
    throw new KeyException("opened " + key.shown() + (login ? " to sign" : ""));
  }

  @Override
  public List<Token> tokens(String modulePath) {
    Token blank = new Token(8, "", "Acme", "M1", "", false);
    return switch (modulePath) {
      case "/one.so" -> List.of(ONE, blank);
      case "/two.so" -> List.of(ONE, new Token(9, "Other", "Acme", "M1", "0002", true));
      default -> List.of();
    };
  }

  @Override
  public List<FoundKey> keys(String modulePath, long slot, PinSource pins) throws KeyException {
    Bytes id = Bytes.utf8("key_id");
    try (Password pin = pins.pin("Enter PIN for PKCS11 token 'My Token': ").orElseThrow()) {
      if (!pin.sameAs(Password.ofText("4711"))) {
        throw new KeyException("wrong PIN");
      }
    }
    return List.of(
        new FoundKey("My Key\n", id, Pkcs11Uri.of(modulePath, slot, "My Token", id, "My Key\n")),
        new FoundKey("", Bytes.EMPTY, Pkcs11Uri.of(modulePath, slot, "My Token", Bytes.EMPTY, "")));
  }
}
