package dev.bulla.keys;

import dev.bulla.bytes.Bytes;
import java.io.IOException;
import java.net.URI;

/** Fetches keys by HTTP. Implemented by whoever owns the network; this module does not. */
@FunctionalInterface
public interface KeyFetcher {

  /**
   * What a server answered.
   *
   * @param status the HTTP status
   * @param body the body; may be left empty unless the status is 2xx
   */
  record Answer(int status, Bytes body) {}

  /**
   * One GET. Must not follow redirects (a 3xx is an answer like any other), must send no
   * credentials of its own accord, and must check the server's certificate for {@code https}.
   *
   * @param url absolute, {@code http} or {@code https}
   * @param maxBytes a longer body is a failure
   */
  Answer get(URI url, long maxBytes) throws IOException;

  /** Refuses every address, for callers without a network. */
  static KeyFetcher none() {
    return (url, maxBytes) -> {
      throw new IOException("keys are not fetched over the network here");
    };
  }
}
