package dev.bulla.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An encrypted private key and its public half, as files.
 *
 * @param key the encrypted private key; its password is {@link KeyRing#PASSWORD}
 */
record KeyPair(Path key, Path pub) {

  byte[] publicPem() {
    try {
      return Files.readAllBytes(pub);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
