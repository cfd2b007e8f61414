package dev.bulla.testkit.http;

import dev.bulla.bytes.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;

/** What a response carries. Written at most once per response. */
public interface WireBody {

  /** The number of bytes that {@link #writeTo} writes; empty when not known beforehand. */
  OptionalLong length();

  void writeTo(OutputStream out) throws IOException;

  /** Content in memory. */
  static WireBody of(Bytes content) {
    return new WireBody() {
      @Override
      public OptionalLong length() {
        return OptionalLong.of(content.size());
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        content.writeTo(out);
      }
    };
  }

  /** Nothing. */
  static WireBody none() {
    return of(Bytes.EMPTY);
  }

  /** Writes content whose length is not announced. */
  static WireBody streamed(Writing writing) {
    return new WireBody() {
      @Override
      public OptionalLong length() {
        return OptionalLong.empty();
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        writing.writeTo(out);
      }
    };
  }

  /** Writes content of the given length. */
  static WireBody ofLength(long length, Writing writing) {
    return new WireBody() {
      @Override
      public OptionalLong length() {
        return OptionalLong.of(length);
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        writing.writeTo(out);
      }
    };
  }

  /** The act of writing a body. */
  @FunctionalInterface
  interface Writing {
    void writeTo(OutputStream out) throws IOException;
  }
}
