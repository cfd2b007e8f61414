package dev.bulla.sigstore.oidc;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;

/** The ways to sign in, as {@code --fulcio-auth-flow} names them. */
public enum AuthFlow {
  /** With a browser on this machine. */
  NORMAL("normal"),
  /** With a browser on another device, into which a code is typed. */
  DEVICE("device"),
  /** Not at all: the token is given. */
  TOKEN("token"),
  /** With a client's own secret. */
  CLIENT_CREDENTIALS("client_credentials");

  private final String flag;

  AuthFlow(String flag) {
    this.flag = flag;
  }

  /** Reads the flag's value. */
  public static AuthFlow parse(String text) throws ConfigurationException {
    for (AuthFlow flow : values()) {
      if (flow.flag.equals(text)) {
        return flow;
      }
    }
    throw new ConfigurationException(
        "unsupported oauth flow: " + Quoted.plain(text),
        "it is one of normal, device, token, client_credentials");
  }
}
