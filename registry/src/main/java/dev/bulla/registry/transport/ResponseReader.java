package dev.bulla.registry.transport;

import dev.bulla.error.BullaException;
import java.io.IOException;

/** Takes what it needs from a response. The response ends when it returns. */
@FunctionalInterface
public interface ResponseReader<T> {
  T read(TransportResponse response) throws IOException, BullaException;
}
