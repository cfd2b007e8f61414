package dev.bulla.testkit.registry;

import dev.bulla.testkit.http.WireRequest;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Which requests a fault befalls. Immutable; every method narrows. */
public final class RequestMatch {

  private static final RequestMatch ANY = new RequestMatch("any request", r -> true);

  private final String text;
  private final Predicate<WireRequest> predicate;

  private RequestMatch(String text, Predicate<WireRequest> predicate) {
    this.text = text;
    this.predicate = predicate;
  }

  /** Every request, the token endpoint's included. */
  public static RequestMatch any() {
    return ANY;
  }

  /** Manifests by tag or digest. */
  public static RequestMatch manifests() {
    return any().path("/v2/.+/manifests/[^/]+");
  }

  /** Blobs by digest; not uploads. */
  public static RequestMatch blobs() {
    return any().path("/v2/.+/blobs/[^/:]+:[^/]+");
  }

  /** Every step of every upload. */
  public static RequestMatch uploads() {
    return any().path("/v2/.+/blobs/uploads(/[^/]*)?");
  }

  public static RequestMatch referrers() {
    return any().path("/v2/.+/referrers/[^/]+");
  }

  public static RequestMatch tagLists() {
    return any().path("/v2/.+/tags/list");
  }

  /** The token endpoint. */
  public static RequestMatch tokens() {
    return any().path("/token");
  }

  public RequestMatch method(String method) {
    return and("method " + method, r -> r.method().equals(method));
  }

  /** The whole decoded path matches. */
  public RequestMatch path(String regex) {
    Pattern pattern = Pattern.compile(regex);
    return and("path " + regex, r -> pattern.matcher(r.path()).matches());
  }

  /** A query parameter is there with that value. */
  public RequestMatch query(String name, String value) {
    return and("query " + name, r -> r.queryAll(name).contains(value));
  }

  /** A header field is there. */
  public RequestMatch header(String name) {
    return and("header " + name, r -> r.headers().has(name));
  }

  /** Anything else that can be asked of a request; the body must not be read. */
  public RequestMatch where(Predicate<WireRequest> condition) {
    return and("condition", condition);
  }

  private RequestMatch and(String what, Predicate<WireRequest> condition) {
    return new RequestMatch(this == ANY ? what : text + ", " + what, predicate.and(condition));
  }

  boolean matches(WireRequest request) {
    return predicate.test(request);
  }

  @Override
  public String toString() {
    return text;
  }
}
