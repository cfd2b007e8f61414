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

  /** The slowest transfer of content that is worth waiting for, in bytes a second. */
  private static final long SLOWEST = 64 << 10;

  /** For that much content: whoever is slower than a modem has hung up without saying so. */
  static Duration toTransfer(long bytes) {
    return SHORT.plusSeconds(bytes / SLOWEST);
  }

  private final Repository repository;
  private final String method;
  private final String path;
  private final Scopes scope;
  private @Nullable HttpUrl url;
  private Headers headers = Headers.NONE;
  private RequestBody body = RequestBody.NONE;
  private long maxBody = Limits.MAX_MANIFEST;
  private @Nullable Digest expected;
  private Repeat repeat = Repeat.ALWAYS;
  private Duration patience = SHORT;
  private @Nullable BodySink sink;

  private Call(Repository repository, String method, String path, Scopes scope) {
    this.repository = repository;
    this.method = method;
    this.path = path;
    this.scope = scope;
  }

  private Call copy(Scopes scope) {
    Call copy = new Call(repository, method, path, scope);
    copy.url = url;
    copy.headers = headers;
    copy.body = body;
    copy.maxBody = maxBody;
    copy.expected = expected;
    copy.repeat = repeat;
    copy.patience = patience;
    copy.sink = sink;
    return copy;
  }

  /**
   * A call for a path below {@code /v2/<repository>/}.
   *
   * @param scope what it takes to be allowed
   */
  static Call of(Repository repository, String method, String path, Scope scope) {
    return new Call(repository, method, "/v2/" + repository.path() + "/" + path, Scopes.of(scope));
  }

  /** {@code GET /v2/}: about the registry, so no scope is named. */
  static Call ofRegistry(Repository repository) {
    return new Call(repository, "GET", "/v2/", Scopes.NONE).reading(Limits.MAX_TOKEN_BODY);
  }

  /** The same for a URL that the registry named, which has been found safe. */
  Call at(HttpUrl named) {
    Call copy = copy(scope);
    copy.url = named;
    return copy;
  }

  Call with(String header, String value) {
    Call copy = copy(scope);
    copy.headers = headers.with(header, value);
    return copy;
  }

  Call withBody(RequestBody content) {
    Call copy = copy(scope);
    copy.body = content;
    return copy;
  }

  /** With a limit for the body of a success, in bytes. */
  Call reading(long limit) {
    Call copy = copy(scope);
    copy.maxBody = limit;
    return copy;
  }

  /** With the digest that the body of a success has to have. */
  Call expecting(Digest digest) {
    Call copy = copy(scope);
    copy.expected = digest;
    return copy;
  }

  Call repeating(Repeat rule) {
    Call copy = copy(scope);
    copy.repeat = rule;
    return copy;
  }

  /** With another limit for one exchange. */
  Call withPatience(Duration limit) {
    Call copy = copy(scope);
    copy.patience = limit;
    return copy;
  }

  /** Handing the body of a success to somebody instead of keeping it. */
  Call into(BodySink taker) {
    Call copy = copy(scope);
    copy.sink = taker;
    return copy;
  }

  /** The same where more has to be allowed: mounting a blob takes reading the other repository. */
  Call needing(Scope more) {
    return copy(scope.union(Scopes.of(more)));
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

  @Nullable BodySink sink() {
    return sink;
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
