package dev.bulla.testkit.registry;

import dev.bulla.testkit.http.Waiting;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import java.io.IOException;

/**
 * What happens to a request a fault befalls: answer in the registry's place, change its answer, or
 * wait. See {@link Effects}.
 */
@FunctionalInterface
public interface Effect {

  /**
   * Decides what the client gets.
   *
   * @throws IOException ends the connection without an answer
   */
  WireResponse apply(Stage stage) throws IOException;

  /** This effect around another. */
  default Effect around(Effect inner) {
    return stage -> apply(stage.before(inner));
  }

  /** The request, and what would become of it. */
  final class Stage {

    private final WireRequest request;
    private final Waiting waiting;
    private final Onward onward;

    /** What follows. */
    @FunctionalInterface
    interface Onward {
      WireResponse answer(WireRequest request) throws IOException;
    }

    Stage(WireRequest request, Waiting waiting, Onward onward) {
      this.request = request;
      this.waiting = waiting;
      this.onward = onward;
    }

    public WireRequest request() {
      return request;
    }

    /** Waits that end when the server is closed. */
    public Waiting waiting() {
      return waiting;
    }

    /** Lets the registry answer; what it is asked to do happens. */
    public WireResponse proceed() throws IOException {
      return onward.answer(request);
    }

    Stage before(Effect inner) {
      return new Stage(request, waiting, r -> inner.apply(new Stage(r, waiting, onward)));
    }
  }
}
