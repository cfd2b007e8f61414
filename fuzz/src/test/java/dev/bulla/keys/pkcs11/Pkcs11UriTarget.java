package dev.bulla.keys.pkcs11;

import dev.bulla.error.MalformedInputException;
import dev.bulla.fuzz.Check;
import dev.bulla.fuzz.Input;
import java.util.Optional;

/** {@link Pkcs11Uri#parse}: what is written again names the same key, and the PIN is not shown. */
public final class Pkcs11UriTarget {

  private Pkcs11UriTarget() {}

  public static boolean accepts(byte[] input) throws MalformedInputException {
    String text = Input.text(input);
    Pkcs11Uri uri;
    try {
      uri = Pkcs11Uri.parse(text, Optional.empty());
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.message(uri.shown());
    Check.that(!Pkcs11Uri.parse(uri.shown(), Optional.empty()).hasPin(), "the PIN is not shown");
    Check.equal("Pkcs11Uri[" + uri.shown() + "]", uri.toString(), "nor elsewhere");
    Pkcs11Uri again = Pkcs11Uri.parse(uri.text(), Optional.empty());
    Check.equal(uri.text(), again.text(), "what is written is read as the same");
    Check.equal(uri.token(), again.token(), "the token");
    Check.equal(uri.slot().toString(), again.slot().toString(), "the slot");
    Check.equal(uri.id().toString(), again.id().toString(), "the identifier");
    Check.equal(uri.object(), again.object(), "the label");
    Check.equal(uri.modulePath(), again.modulePath(), "the module");
    Check.that(uri.hasPin() == again.hasPin(), "the PIN");
    return true;
  }
}
