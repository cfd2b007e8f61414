package dev.bulla.registry;

import dev.bulla.error.RegistryException;
import dev.bulla.registry.transport.Headers;
import java.io.IOException;
import java.io.InputStream;

/** Takes the body of a success while it arrives, so that it need not fit into memory. */
@FunctionalInterface
interface BodySink {

  /**
   * Reads the body, which has no limit but the reader's own.
   *
   * @throws RegistryException when the answer is not to be used
   */
  void take(int status, Headers headers, InputStream body) throws IOException, RegistryException;
}
