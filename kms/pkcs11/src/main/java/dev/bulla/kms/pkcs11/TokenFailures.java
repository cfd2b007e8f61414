package dev.bulla.kms.pkcs11;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.Quoted;
import dev.bulla.keys.kms.KmsFailures;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with a token, in words.
 *
 * @param subject what the user calls the key, token or module; without a PIN
 */
record TokenFailures(String subject) {

  private static final String LIST = "`bulla pkcs11-tool list-tokens` shows what is there";

  KeyException of(CryptokiException e) {
    long code = e.code();
    if (code == ReturnCode.PIN_INCORRECT
        || code == ReturnCode.PIN_INVALID
        || code == ReturnCode.PIN_LEN_RANGE) {
      return notAuthenticated(
          "the token refuses the PIN: " + e.shown(),
          "check it before you try again: tokens lock themselves after a few wrong ones",
          e);
    }
    if (code == ReturnCode.PIN_LOCKED || code == ReturnCode.PIN_EXPIRED) {
      return notAuthenticated(
          e.shown(), "whoever set the token up can unlock it or set a new PIN", e);
    }
    if (code == ReturnCode.USER_PIN_NOT_INITIALIZED) {
      return notAuthenticated(e.shown(), "the token has no user PIN yet: set one", e);
    }
    if (code == ReturnCode.USER_NOT_LOGGED_IN) {
      return notAuthenticated("the token needs its PIN: " + e.shown(), "set COSIGN_PKCS11_PIN", e);
    }
    if (code == ReturnCode.KEY_HANDLE_INVALID || code == ReturnCode.OBJECT_HANDLE_INVALID) {
      return KeyException.of(Problem.NOT_FOUND, about() + "the key is gone: " + e.shown(), null, e);
    }
    if (code == ReturnCode.KEY_FUNCTION_NOT_PERMITTED
        || code == ReturnCode.KEY_SIZE_RANGE
        || code == ReturnCode.KEY_TYPE_INCONSISTENT
        || code == ReturnCode.MECHANISM_INVALID) {
      return wrongKey("the token does not do this with the key: " + e.shown(), e);
    }
    if (code == ReturnCode.SLOT_ID_INVALID
        || code == ReturnCode.TOKEN_NOT_PRESENT
        || code == ReturnCode.TOKEN_NOT_RECOGNIZED
        || code == ReturnCode.DEVICE_REMOVED) {
      return noToken(e.shown(), e);
    }
    return words().refused(e.shown(), e);
  }

  KeyException noToken(String message, @Nullable Throwable cause) {
    return KeyException.of(Problem.NOT_FOUND, about() + Quoted.plain(message), LIST, cause);
  }

  KeyException notFound(String message) {
    return KeyException.of(
        Problem.NOT_FOUND,
        message,
        "`bulla pkcs11-tool list-keys-uris` shows the keys of a token",
        null);
  }

  KeyException notAuthenticated(String message, String hint, @Nullable Throwable cause) {
    return words().notAuthenticated(message, hint, cause);
  }

  KeyException wrongKey(String message, @Nullable Throwable cause) {
    return words()
        .wrongKey(
            message,
            "keys that sign are ECDSA on P-256, P-384, P-521, or RSA of 2048, 3072, 4096" + " bits",
            cause);
  }

  KeyException misconfigured(String message, String hint) {
    return KeyException.of(Problem.MISCONFIGURED, about() + Quoted.plain(message), hint, null);
  }

  /** What a module or a token says makes no sense. */
  KeyException badAnswer(String message, @Nullable Throwable cause) {
    return words().badAnswer(message, cause);
  }

  KmsFailures words() {
    return new KmsFailures("PKCS #11", subject);
  }

  private String about() {
    return "PKCS #11 key " + Quoted.plain(subject) + ": ";
  }
}
