package dev.bulla.testkit.http;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How a response goes onto the wire: properly, or in one of the ways in which servers and networks
 * fail.
 */
@FunctionalInterface
public interface Delivery {

  void deliver(Line line, WireRequest request, WireResponse response) throws IOException;

  /** Whether the client is meant to see the status of the response. */
  default boolean isAnswer() {
    return true;
  }

  /** Properly: the right length, or chunks; the connection stays usable. */
  static Delivery whole() {
    return (line, request, response) -> {
      OutputStream out = line.begin(request, response);
      if (carriesBody(request, response)) {
        response.body().writeTo(out);
      }
      // only now: closing completes the body, and one that failed half-way must not look complete
      out.close();
    };
  }

  /** Announces the whole body and ends the connection after the given number of bytes of it. */
  static Delivery cutAfter(long bytes) {
    return (line, request, response) -> {
      OutputStream out = line.begin(request, response);
      try {
        if (carriesBody(request, response)) {
          response.body().writeTo(new CountedOutput(out, bytes));
        }
      } catch (CountedOutput.Full full) {
        // as intended: the rest is never sent
      }
      out.flush();
      line.end();
    };
  }

  /** The head and then the body in small pieces with a pause before each. */
  static Delivery drip(int bytesPerPiece, Duration pause) {
    return (line, request, response) -> {
      OutputStream out = line.begin(request, response);
      out.flush();
      if (carriesBody(request, response)) {
        OutputStream dripping =
            new BufferedOutputStream(new DrippingOutput(line, out, bytesPerPiece, pause));
        response.body().writeTo(dripping);
        dripping.flush();
      }
      out.close();
    };
  }

  /** Another length announced than the body has; the connection ends afterwards. */
  static Delivery announcing(long contentLength) {
    return (line, request, response) -> {
      OutputStream out = line.begin(request, response, OptionalLong.of(contentLength));
      if (carriesBody(request, response)) {
        response.body().writeTo(out);
      }
      out.flush();
      line.end();
    };
  }

  /** No length and no chunks: the body ends where the connection does (RFC 9112 §6.3). */
  static Delivery untilClose() {
    return (line, request, response) -> {
      OutputStream out = line.beginUntilClose(response);
      if (carriesBody(request, response)) {
        response.body().writeTo(out);
      }
      out.flush();
      line.end();
    };
  }

  /** No answer: the connection ends in good order. */
  static Delivery drop() {
    return noAnswer((line, request, response) -> line.end());
  }

  /** No answer: the connection is reset. */
  static Delivery reset() {
    return noAnswer((line, request, response) -> line.reset());
  }

  /** No answer until the server is closed. */
  static Delivery hang() {
    return noAnswer((line, request, response) -> {
      line.awaitClose();
      line.end();
    });
  }

  private static Delivery noAnswer(Delivery manner) {
    return new Delivery() {
      @Override
      public void deliver(Line line, WireRequest request, WireResponse response)
          throws IOException {
        manner.deliver(line, request, response);
      }

      @Override
      public boolean isAnswer() {
        return false;
      }
    };
  }

  private static boolean carriesBody(WireRequest request, WireResponse response) {
    return !request.method().equals("HEAD") && response.status() != 204 && response.status() != 304;
  }
}
