package dev.bulla.keys;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The files under {@code vectors/keys}, as text. */
final class Vectors {

  static final String PRIVATE = text("cosign-3.1.1.key");
  static final String PUBLIC = text("cosign-3.1.1.pub");
  static final String PASSWORD = "pw";

  private Vectors() {}

  static String text(String name) {
    try (InputStream in = Vectors.class.getResourceAsStream("/vectors/keys/" + name)) {
      if (in == null) {
        throw new AssertionError("no such vector: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The base64 body of a PEM text, on one line. */
  static String body(String pem) {
    return pem.replaceAll("-----[^-]*-----", "").replace("\n", "");
  }
}
