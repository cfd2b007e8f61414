package dev.bulla.keys.pkcs11;

import dev.bulla.error.KeyException;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.SchemeProvider;
import java.util.List;

/**
 * Somebody who speaks to tokens through their PKCS #11 modules. Not a {@link
 * dev.bulla.keys.kms.KmsProvider}, because its class may need a newer Java than this one and must
 * not be met while other providers are looked for.
 */
public interface TokenProvider extends SchemeProvider {

  /**
   * The key that a URI names. The module is loaded when the key is first used.
   *
   * @param login whether the PIN is presented before anything is looked for, as for signing;
   *     otherwise only what everybody may see is seen
   */
  KmsKey open(Pkcs11Uri key, PinSource pins, boolean login) throws KeyException;

  /**
   * The tokens that are there now.
   *
   * @param modulePath absolute
   */
  List<Token> tokens(String modulePath) throws KeyException;

  /**
   * The key pairs of a token, after presenting a PIN where the token asks for one.
   *
   * @param modulePath absolute
   */
  List<FoundKey> keys(String modulePath, long slot, PinSource pins) throws KeyException;

  /**
   * A token as it describes itself. All text is the token's own: it is shown through {@link
   * dev.bulla.error.Quoted}.
   *
   * @param initialized whether it was set up, and may hold keys
   */
  record Token(
      long slot,
      String label,
      String manufacturer,
      String model,
      String serial,
      boolean initialized) {}

  /**
   * A private key on a token.
   *
   * @param label the token's own text
   * @param uri without a PIN
   */
  record FoundKey(String label, dev.bulla.bytes.Bytes id, Pkcs11Uri uri) {}
}
