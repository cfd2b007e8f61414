package dev.bulla.keys;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.Password;
import dev.bulla.keys.KeyReference.Managed;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.pkcs11.PinSource;
import dev.bulla.keys.pkcs11.Pkcs11Uri;
import dev.bulla.keys.pkcs11.TokenProvider;
import dev.bulla.keys.pkcs11.Tokens;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Keys on PKCS #11 tokens, and the tokens themselves. */
public final class TokenKeys {

  private static final String MODULE = "COSIGN_PKCS11_MODULE_PATH";
  private static final String PIN = "COSIGN_PKCS11_PIN";

  private TokenKeys() {}

  /** A key that signs: the PIN is presented when it is first used. */
  static KmsKey openToSign(Managed reference, KeyContext context) throws KeyException {
    Pkcs11Uri uri = parse(reference, context, "parsing pkcs11 uri");
    return Tokens.find(context.providers()).open(uri, pins(uri::pin, context), true);
  }

  /**
   * A key whose public half is wanted: nobody is asked for a PIN, except to make the key. One in
   * the URI is presented.
   */
  static KmsKey openToCheck(Managed reference, KeyContext context) throws KeyException {
    // the words of cosign
    Pkcs11Uri uri = parse(reference, context, "parsing pkcs11 uri)");
    return Tokens.find(context.providers()).open(uri, pins(uri::pin, context), uri.hasPin());
  }

  private static Pkcs11Uri parse(Managed reference, KeyContext context, String parsing)
      throws KeyException {
    try {
      return Pkcs11Uri.parse(reference.text(), usualModule(context));
    } catch (MalformedInputException e) {
      throw KeyException.of(Problem.MISCONFIGURED, parsing + ": " + e.message(), null, e);
    }
  }

  /** Whether opening the key asks nobody for anything. */
  public static boolean needsNobody(Managed reference, KeyContext context) {
    if (context.environment().get(PIN).filter(value -> !value.isEmpty()).isPresent()) {
      return true;
    }
    try {
      return Pkcs11Uri.parse(reference.text(), usualModule(context)).hasPin();
    } catch (MalformedInputException e) {
      return true; // it fails at once
    }
  }

  /** The tokens that a module knows. */
  public static List<TokenProvider.Token> tokens(String modulePath, KeyContext context)
      throws KeyException {
    return Tokens.find(context.providers()).tokens(modulePath);
  }

  /**
   * The key pairs on a token.
   *
   * @param pin the PIN, where the caller has one
   */
  public static List<TokenProvider.FoundKey> keys(
      String modulePath, long slot, Optional<String> pin, KeyContext context) throws KeyException {
    return Tokens.find(context.providers())
        .keys(modulePath, slot, pins(() -> pin.map(Password::ofText), context));
  }

  private static Optional<String> usualModule(KeyContext context) {
    return context.environment().get(MODULE).filter(value -> !value.isEmpty());
  }

  /** The given PIN, else that of the environment, else a person's. */
  private static PinSource pins(Supplier<Optional<Password>> given, KeyContext context) {
    return question -> {
      Optional<Password> known = given.get();
      if (known.isPresent()) {
        return known;
      }
      Optional<String> variable = context.environment().get(PIN).filter(value -> !value.isEmpty());
      return Optional.of(
          variable.isPresent() ? Password.ofText(variable.get()) : context.prompt().ask(question));
    };
  }
}
