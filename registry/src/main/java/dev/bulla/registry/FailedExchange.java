package dev.bulla.registry;

import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.TransportException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that may be worth repeating: no answer, or a helping service (the token service) that
 * is overloaded.
 */
final class FailedExchange extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient String method;
  private final transient HttpUrl url;
  private final transient @Nullable TransportException failure;
  private final transient @Nullable Answer answer;

  FailedExchange(String method, HttpUrl url, TransportException failure) {
    super(failure);
    this.method = method;
    this.url = url;
    this.failure = failure;
    this.answer = null;
  }

  FailedExchange(Answer answer) {
    super("status " + answer.status());
    this.method = answer.method();
    this.url = answer.url();
    this.failure = null;
    this.answer = answer;
  }

  String method() {
    return method;
  }

  HttpUrl url() {
    return url;
  }

  /** Why there was no answer. */
  Optional<TransportException> failure() {
    return Optional.ofNullable(failure);
  }

  /** The answer of the helping service. */
  Optional<Answer> answer() {
    return Optional.ofNullable(answer);
  }
}
