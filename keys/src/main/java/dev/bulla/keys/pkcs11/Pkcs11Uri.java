package dev.bulla.keys.pkcs11;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.key.Password;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The name of a key on a token: the part of RFC 7512 that cosign reads and writes. Attributes that
 * say nothing about where the key is are accepted and ignored.
 *
 * <p>May hold a PIN, which {@link #toString()} and {@link #shown()} leave out.
 */
public final class Pkcs11Uri {

  /** What such a text begins with. */
  public static final String PREFIX = "pkcs11:";

  private static final String WHAT = "invalid uri";

  /** In characters. */
  private static final int MAX_URI = 16 << 10;

  /** Slots have numbers of 64 bits; no module in use has one as large as this. */
  private static final int MAX_SLOT_DIGITS = 18;

  private final String token;
  private final OptionalLong slot;
  private final Bytes id;
  private final String object;
  private final String modulePath;
  private final String pin;

  private Pkcs11Uri(
      String token, OptionalLong slot, Bytes id, String object, String modulePath, String pin) {
    this.token = token;
    this.slot = slot;
    this.id = id;
    this.object = object;
    this.modulePath = modulePath;
    this.pin = pin;
  }

  /**
   * The key that a text names.
   *
   * @param text from {@code pkcs11:} on
   * @param usualModule the module when the text names none: the value of {@code
   *     COSIGN_PKCS11_MODULE_PATH}
   * @throws MalformedInputException {@code invalid uri: …}, in cosign's words
   */
  public static Pkcs11Uri parse(String text, Optional<String> usualModule)
      throws MalformedInputException {
    if (!text.startsWith(PREFIX)) {
      throw new MalformedInputException(WHAT, "not a PKCS11 uri");
    }
    if (text.length() > MAX_URI) {
      throw new MalformedInputException(WHAT, "longer than " + MAX_URI + " characters");
    }
    int fragment = text.indexOf('#');
    String whole = fragment < 0 ? text : text.substring(0, fragment);
    int question = whole.indexOf('?');
    Map<String, Bytes> path =
        UriAttributes.parse(
            whole.substring(PREFIX.length(), question < 0 ? whole.length() : question));
    Map<String, Bytes> query =
        UriAttributes.parse(question < 0 ? "" : whole.substring(question + 1));

    String token = text(path, "token");
    String slot = text(path, "slot-id");
    Bytes id = path.getOrDefault("id", Bytes.EMPTY);
    String object = text(path, "object");
    if (token.isEmpty() && slot.isEmpty()) {
      throw new MalformedInputException(WHAT, "one of token and slot-id must be set");
    }
    OptionalLong slotId = slot.isEmpty() ? OptionalLong.empty() : slotId(slot);
    String module = text(query, "module-path");
    if (module.isEmpty()) {
      module = usualModule.orElse("");
    }
    if (module.isEmpty()) {
      throw new MalformedInputException(
          WHAT,
          "module-path or COSIGN_PKCS11_MODULE_PATH must be set to the absolute path of the PKCS11"
              + " module");
    }
    if (id.isEmpty() && object.isEmpty()) {
      throw new MalformedInputException(WHAT, "one of object and id must be set");
    }
    return new Pkcs11Uri(token, slotId, id, object, module, text(query, "pin-value"));
  }

  private static String text(Map<String, Bytes> attributes, String name)
      throws MalformedInputException {
    return attributes.getOrDefault(name, Bytes.EMPTY).toUtf8String(WHAT + ": " + name);
  }

  private static OptionalLong slotId(String digits) throws MalformedInputException {
    if (digits.length() > MAX_SLOT_DIGITS || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new MalformedInputException(
          WHAT, "slot-id '" + Quoted.plain(digits) + "' is not a valid number");
    }
    return OptionalLong.of(Long.parseLong(digits));
  }

  /** A key that was found on a token, without a PIN. */
  public static Pkcs11Uri of(String modulePath, long slot, String token, Bytes id, String object) {
    return new Pkcs11Uri(token, OptionalLong.of(slot), id, object, modulePath, "");
  }

  /** The same with this PIN in it. */
  public Pkcs11Uri withPin(String value) {
    return new Pkcs11Uri(token, slot, id, object, modulePath, value);
  }

  /** The label of the token; may be empty when there is a {@link #slot()}, which wins. */
  public String token() {
    return token;
  }

  /** The number of the slot that the token is in. */
  public OptionalLong slot() {
    return slot;
  }

  /** The key's identifier; may be empty when there is an {@link #object()}. Wins over it. */
  public Bytes id() {
    return id;
  }

  /** The key's label; may be empty when there is an {@link #id()}. */
  public String object() {
    return object;
  }

  /** The library that speaks to the token, as it was written: whether it is absolute is unknown. */
  public String modulePath() {
    return modulePath;
  }

  public boolean hasPin() {
    return !pin.isEmpty();
  }

  /** The PIN, where the text has one; the caller closes it. */
  public Optional<Password> pin() {
    return pin.isEmpty() ? Optional.empty() : Optional.of(Password.ofText(pin));
  }

  /** The URI, with the PIN if it has one, as cosign writes it. */
  public String text() {
    String shown = shown();
    return pin.isEmpty() ? shown : shown + "&pin-value=" + UriAttributes.inQuery(pin);
  }

  /** The URI without the PIN. Percent-encoded, so that it is safe to show. */
  public String shown() {
    StringBuilder uri = new StringBuilder(PREFIX);
    if (!token.isEmpty()) {
      uri.append("token=").append(UriAttributes.inPath(token));
    }
    if (slot.isPresent()) {
      // without a token cosign begins with a stray semicolon, too
      uri.append(";slot-id=").append(slot.getAsLong());
    }
    if (!id.isEmpty()) {
      uri.append(";id=");
      String hex = HexText.encode(id);
      for (int i = 0; i < hex.length(); i += 2) {
        uri.append('%').append(hex, i, i + 2);
      }
    }
    if (!object.isEmpty()) {
      uri.append(";object=").append(UriAttributes.inPath(object));
    }
    return uri.append("?module-path=").append(UriAttributes.inQuery(modulePath)).toString();
  }

  @Override
  public String toString() {
    return "Pkcs11Uri[" + shown() + "]";
  }
}
