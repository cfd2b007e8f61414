package dev.bulla.testkit.http;

import java.io.IOException;

/** Answers requests. Called on many threads at once, each call on a thread of its own. */
@FunctionalInterface
public interface WireHandler {

  /**
   * Answers one request.
   *
   * @param waiting the ways to wait that end when the server does
   * @throws IOException when the client went away or the server is closing; the connection is
   *     closed without an answer
   */
  WireResponse answer(WireRequest request, Waiting waiting) throws IOException;
}
