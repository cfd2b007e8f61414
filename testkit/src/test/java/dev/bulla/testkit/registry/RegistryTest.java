package dev.bulla.testkit.registry;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;

/** A registry and a client for the length of one test. */
abstract class RegistryTest {

  EmbeddedRegistry registry;
  Caller caller;

  /** Starts with the given set-up; the usual one is started by {@link #start()}. */
  final void start(EmbeddedRegistry.Options options) throws IOException {
    registry = EmbeddedRegistry.start(options);
    caller = new Caller(registry);
  }

  final void start() throws IOException {
    start(EmbeddedRegistry.options());
  }

  @AfterEach
  final void stop() {
    if (caller != null) {
      caller.close();
      registry.close();
    }
  }
}
