package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpUrl;
import java.util.Optional;

/**
 * A response that has been read: the whole body of a success, the start of the body of anything
 * else.
 *
 * @param method of the request
 * @param url that answered, after redirects
 * @param hint what the reader can do about a refusal, when we know
 */
record Answer(
    String method, HttpUrl url, int status, Headers headers, Bytes body, Optional<String> hint) {

  Answer(String method, HttpUrl url, int status, Headers headers, Bytes body) {
    this(method, url, status, headers, body, Optional.empty());
  }

  Answer withHint(String text) {
    return new Answer(method, url, status, headers, body, Optional.of(text));
  }

  /** The media type, without parameters; empty when the registry names none. */
  String contentType() {
    String value = headers.first("Content-Type").orElse("");
    int semicolon = value.indexOf(';');
    return (semicolon < 0 ? value : value.substring(0, semicolon)).strip();
  }
}
