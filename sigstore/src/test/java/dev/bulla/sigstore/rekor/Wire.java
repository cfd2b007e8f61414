package dev.bulla.sigstore.rekor;

import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Answers as text. */
final class Wire {

  private Wire() {}

  static String text(WireResponse response) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      response.body().writeTo(out);
      return out.toString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static WireBody gigabyte() {
    byte[] megabyte = new byte[1 << 20];
    return WireBody.streamed(out -> {
      for (int i = 0; i < 1024; i++) {
        out.write(megabyte);
      }
    });
  }
}
