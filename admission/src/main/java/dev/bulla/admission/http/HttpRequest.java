package dev.bulla.admission.http;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.util.Optional;

/** What a client asks. */
public final class HttpRequest {

  private final RequestHead head;
  private final HeldBody body;
  private final Optional<String> client;

  HttpRequest(RequestHead head, HeldBody body, Optional<String> client) {
    this.head = head;
    this.body = body;
    this.client = client;
  }

  /** As the client spells it; show it through {@link dev.bulla.error.Quoted}. */
  public String method() {
    return head.method();
  }

  /** Without the query; nothing is unescaped. */
  public String path() {
    int query = head.target().indexOf('?');
    return query < 0 ? head.target() : head.target().substring(0, query);
  }

  /** The first parameter of that name in the query; nothing is unescaped. */
  public Optional<String> parameter(String name) {
    int query = head.target().indexOf('?');
    if (query < 0) {
      return Optional.empty();
    }
    for (String pair : head.target().substring(query + 1).split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        return Optional.of(pair.substring(name.length() + 1));
      }
    }
    return Optional.empty();
  }

  /**
   * A header.
   *
   * @param name in lower case
   */
  public Optional<String> header(String name) {
    return Optional.ofNullable(head.headers().get(name));
  }

  /** The subject of the certificate that the client proved to hold, when one was asked for. */
  public Optional<String> client() {
    return client;
  }

  /** What the client says of the length; empty when it does not. */
  public Optional<Long> announcedLength() {
    return head.length() < 0 ? Optional.empty() : Optional.of(head.length());
  }

  /**
   * Reads the body, which can be done once.
   *
   * @param max bytes
   * @throws MalformedInputException when it is larger
   * @throws IOException when it ends early, is chunked wrongly or takes too long
   */
  public Bytes body(long max) throws IOException, MalformedInputException {
    return LimitedInput.readAll(body, max, "request body");
  }

  /**
   * What is left of the body once it was read: so many bytes count against what the server holds
   * from now on, in place of all of it.
   *
   * @throws BusyException when that is more than was read, and there is no room for it
   */
  public void keep(int bytes) throws BusyException {
    body.hold(bytes);
  }
}
