package dev.bulla.registry;

import dev.bulla.digest.Digest;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.auth.Scopes;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.RequestBody;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one endpoint asks of a registry. Immutable; {@code with…} methods return changed copies. */
final class Call {

  /** When an attempt may be repeated. */
  enum Repeat {
    /** Asking twice changes nothing. */
    ALWAYS,
    /**
     * Only when the registry has surely not done it: in doubt, another writer's change may have
     * come between.
     */
    UNLESS_DONE
  }

  /** For everything that is small. */
  static final Duration SHORT = Duration.ofSeconds(30);

  /** For content, as long as the deadline allows. */
  static final Duration LONG = Duration.ofHours(24);

  private final Repository repository;
  private final String method;
  private final String path;
  private final @Nullable HttpUrl url;
  private final Headers headers;
  private final RequestBody body;
  private final Scopes scope;
  private final long maxBody;
  private final @Nullable Digest expected;
  private final Repeat repeat;
  private final Duration patience;

  private Call(
      Repository repository,
      String method,
      String path,
      @Nullable HttpUrl url,
      Headers headers,
      RequestBody body,
      Scopes scope,
      long maxBody,
      @Nullable Digest expected,
      Repeat repeat,
      Duration patience) {
    this.repository = repository;
    this.method = method;
    this.path = path;
    this.url = url;
    this.headers = headers;
    this.body = body;
    this.scope = scope;
    this.maxBody = maxBody;
    this.expected = expected;
    this.repeat = repeat;
    this.patience = patience;
  }

  /**
   * A call for a path below {@code /v2/<repository>/}.
   *
   * @param scope what it takes to be allowed
   */
  static Call of(Repository repository, String method, String path, Scope scope) {
    return new Call(
        repository,
        method,
        "/v2/" + repository.path() + "/" + path,
        null,
        Headers.NONE,
        RequestBody.NONE,
        Scopes.of(scope),
        Limits.MAX_MANIFEST,
        null,
        Repeat.ALWAYS,
        SHORT);
  }

  /** {@code GET /v2/}: about the registry, so no scope is named. */
  static Call ofRegistry(Repository repository) {
    return new Call(
        repository,
        "GET",
        "/v2/",
        null,
        Headers.NONE,
        RequestBody.NONE,
        Scopes.NONE,
        Limits.MAX_TOKEN_BODY,
        null,
        Repeat.ALWAYS,
        SHORT);
  }

  /** The same for a URL that the registry named, which has been found safe. */
  Call at(HttpUrl named) {
    return new Call(
        repository, method, path, named, headers, body, scope, maxBody, expected, repeat, patience);
  }

  Call with(String header, String value) {
    return new Call(
        repository,
        method,
        path,
        url,
        headers.with(header, value),
        body,
        scope,
        maxBody,
        expected,
        repeat,
        patience);
  }

  Call withBody(RequestBody content) {
    return new Call(
        repository,
        method,
        path,
        url,
        headers,
        content,
        scope,
        maxBody,
        expected,
        repeat,
        patience);
  }

  /** With a limit for the body of a success, in bytes. */
  Call reading(long limit) {
    return new Call(
        repository, method, path, url, headers, body, scope, limit, expected, repeat, patience);
  }

  /** With the digest that the body of a success has to have. */
  Call expecting(Digest digest) {
    return new Call(
        repository, method, path, url, headers, body, scope, maxBody, digest, repeat, patience);
  }

  Call repeating(Repeat rule) {
    return new Call(
        repository, method, path, url, headers, body, scope, maxBody, expected, rule, patience);
  }

  /** The same where more has to be allowed: mounting a blob takes reading the other repository. */
  Call needing(Scope more) {
    return new Call(
        repository,
        method,
        path,
        url,
        headers,
        body,
        scope.union(Scopes.of(more)),
        maxBody,
        expected,
        repeat,
        patience);
  }

  /** With another limit for one exchange. */
  Call withPatience(Duration limit) {
    return new Call(
        repository, method, path, url, headers, body, scope, maxBody, expected, repeat, limit);
  }

  Repository repository() {
    return repository;
  }

  String method() {
    return method;
  }

  String path() {
    return path;
  }

  /** The URL that the registry named, when the call is for one. */
  Optional<HttpUrl> url() {
    return Optional.ofNullable(url);
  }

  Headers headers() {
    return headers;
  }

  RequestBody body() {
    return body;
  }

  /** What it takes to be allowed; first what the call is about. */
  Scopes scope() {
    return scope;
  }

  long maxBody() {
    return maxBody;
  }

  Optional<Digest> expected() {
    return Optional.ofNullable(expected);
  }

  Repeat repeat() {
    return repeat;
  }

  Duration patience() {
    return patience;
  }

  /** Whether redirects are followed: only where nothing is sent but a question. */
  boolean asksOnly() {
    return method.equals("GET") || method.equals("HEAD");
  }
}
