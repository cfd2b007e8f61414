package dev.bulla.fuzz;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.VerificationKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Files of {@code src/test/resources/known}: keys, and what was really signed with them. */
public final class Resources {

  private Resources() {}

  public static Bytes bytes(String name) {
    try (InputStream in = Resources.class.getResourceAsStream("/known/" + name)) {
      if (in == null) {
        throw new AssertionError("missing: known/" + name);
      }
      return Bytes.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String text(String name) {
    try {
      return bytes(name).toUtf8String(name);
    } catch (MalformedInputException e) {
      throw new AssertionError(name, e);
    }
  }

  public static VerificationKey key(String name) {
    try {
      return VerificationKey.parsePem(bytes(name), name);
    } catch (MalformedInputException e) {
      throw new AssertionError(name, e);
    }
  }
}
