package dev.bulla.sigstore.oidc;

import dev.bulla.error.ConfigurationException;

/**
 * How somebody who logs in is spoken to. Everything handed over is safe to print, in one or more
 * lines, without the last line's end.
 */
public interface LoginDialog {

  /**
   * Lets the person agree before a browser is opened, which names them to others.
   *
   * @throws ConfigurationException when the person does not agree
   */
  void agree() throws ConfigurationException;

  /** Says what goes on with the browser; cosign says it on stderr. */
  void tell(String lines);

  /** Says what the user has to do on another device; cosign says it on stdout. */
  void announce(String line);

  /**
   * Asks for one line. Called only where somebody is there.
   *
   * @param question with the blank behind it
   * @throws ConfigurationException when there is no answer
   */
  String ask(String question) throws ConfigurationException;
}
