package dev.bulla.admission.http;

import java.io.IOException;

/** More bodies are being held than there is room for; a later try may succeed. */
public final class BusyException extends IOException {

  private static final long serialVersionUID = 1L;

  BusyException() {
    super("too much is being received at once");
  }
}
