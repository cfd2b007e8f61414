package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.fuzz.Check;
import dev.bulla.fuzz.Input;

/** {@link IdentityToken#parse}: what is taken is sent as it came, and is not shown. */
public final class IdentityTokenTarget {

  private IdentityTokenTarget() {}

  public static boolean accepts(byte[] input) {
    String text = Input.text(input);
    IdentityToken token;
    try {
      token = IdentityToken.parse(text);
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.equal(text, token.text(), "a token is sent as it came");
    Check.that(
        text.chars().allMatch(c -> c > ' ' && c < 0x7f), "it fits into one field of a header");
    Check.that(!token.issuer().isEmpty() && !token.audiences().isEmpty(), "it says from and for");
    Check.that(token.isExpiredAt(token.expiry()), "it ends when it says");
    Check.message(token.toString());
    Check.that(!token.toString().contains(text), "it does not show itself");
    try {
      Check.that(!token.subjectForProof().isEmpty(), "somebody is named");
    } catch (BullaException e) {
      Check.refusal(e);
    }
    return true;
  }
}
