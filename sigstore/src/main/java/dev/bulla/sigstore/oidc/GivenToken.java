package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** What {@code --identity-token} says: a token, or a file with one, which is read each time. */
final class GivenToken implements IdentityTokenSource {

  /** Base64 of the beginning of every object in JSON that has no blank there. */
  private static final String OBJECT = "eyJ";

  private final Surroundings machine;
  private final String given;

  GivenToken(Surroundings machine, String given) {
    this.machine = machine;
    this.given = given;
  }

  @Override
  public IdentityToken get() throws BullaException {
    MalformedInputException problem;
    try {
      return IdentityToken.parse(given);
    } catch (MalformedInputException e) {
      problem = e;
    }
    if (given.startsWith(OBJECT)) {
      // a damaged token is no path, and is not to be shown as one
      throw problem;
    }
    String open = "reading ID token: getting id token: open " + Quoted.plain(given) + ": ";
    String text;
    try {
      text = Surroundings.read(machine.file(given), "identity token");
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(open + "no such file or directory", e);
    } catch (IOException e) {
      throw new ConfigurationException(open + "it cannot be read", e);
    }
    try {
      return IdentityToken.parse(text);
    } catch (MalformedInputException e) {
      throw e.in(Quoted.plain(given));
    }
  }

  /** Without what was given. */
  @Override
  public String toString() {
    return "GivenToken[…]";
  }
}
