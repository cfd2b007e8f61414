package dev.bulla.kms.pkcs11;

import dev.bulla.error.KeyException;
import dev.bulla.error.Quoted;
import dev.bulla.key.Password;
import dev.bulla.keys.pkcs11.PinSource;
import dev.bulla.keys.pkcs11.Pkcs11Uri;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A token that is being spoken to, and whether it got its PIN. For one thread at a time. */
final class Conversation implements AutoCloseable {

  private final OpenModule module;
  private final TokenInfo info;
  private final TokenSession session;
  private final PinSource pins;
  private final String question;
  private final TokenFailures failures;

  private boolean loggedIn;
  private @Nullable Password pin;

  private Conversation(
      OpenModule module,
      TokenInfo info,
      TokenSession session,
      PinSource pins,
      String question,
      TokenFailures failures) {
    this.module = module;
    this.info = info;
    this.session = session;
    this.pins = pins;
    this.question = question;
    this.failures = failures;
  }

  /**
   * Loads the module and turns to the token of a key.
   *
   * @param asked what a person is told the PIN is for: {@code key 'K' in }
   */
  static Conversation open(Pkcs11Uri uri, String asked, PinSource pins, TokenFailures failures)
      throws KeyException {
    OpenModule module = OpenModule.open(uri.modulePath(), failures);
    boolean done = false;
    try {
      TokenInfo info = Slots.find(module.functions(), uri, failures);
      TokenSession session =
          TokenSession.open(module.functions(), info.token().slot(), false, failures);
      done = true;
      String question =
          "Enter PIN for " + asked + "PKCS11 token '" + Quoted.plain(info.token().label()) + "': ";
      return new Conversation(module, info, session, pins, question, failures);
    } catch (CryptokiException e) {
      throw failures.of(e);
    } finally {
      if (!done) {
        module.close();
      }
    }
  }

  TokenInfo info() {
    return info;
  }

  TokenSession session() {
    return session;
  }

  /** Presents the PIN where the token wants one and did not get it yet. */
  void login() throws KeyException {
    if (loggedIn || !info.needsLogin()) {
      return;
    }
    if (info.isLocked()) {
      throw failures.notAuthenticated(
          "the token is locked after too many wrong PINs",
          "whoever set the token up can unlock it",
          null);
    }
    try {
      session.login(pin());
    } catch (CryptokiException e) {
      throw failures.of(e);
    }
    loggedIn = true;
  }

  /** The PIN, asked for once; nothing for a token with keys of its own to type it on. */
  Optional<Password> pin() throws KeyException {
    if (info.hasPinPad()) {
      return Optional.empty();
    }
    Password known = pin;
    if (known == null) {
      known =
          pins.pin(question)
              .orElseThrow(() ->
                  failures.notAuthenticated(
                      "the token needs its PIN", "set COSIGN_PKCS11_PIN", null));
      pin = known;
    }
    return Optional.of(known);
  }

  /** Makes a key pair, for which the token gets its PIN. */
  void generate(long mechanism, List<Attribute> publicKey, List<Attribute> privateKey)
      throws KeyException {
    login();
    try (TokenSession writing =
        TokenSession.open(module.functions(), info.token().slot(), true, failures)) {
      writing.generate(mechanism, publicKey, privateKey);
    } catch (CryptokiException e) {
      throw failures.of(e);
    }
  }

  @Override
  public void close() {
    session.close();
    module.close();
    if (pin != null) {
      pin.close();
    }
  }
}
