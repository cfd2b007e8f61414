package dev.bulla.sigstore.http;

import dev.bulla.bytes.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One request to a service. {@link #toString()} shows method and address only: header and body may
 * carry secrets.
 */
public final class ServiceRequest {

  private final String method;
  private final ServiceUrl url;
  private final List<ServiceHeader> headers;
  private final Optional<Bytes> body;
  private final List<String> secrets;
  private final boolean repeatable;
  private final int maxAnswer;

  private ServiceRequest(
      String method,
      ServiceUrl url,
      List<ServiceHeader> headers,
      Optional<Bytes> body,
      List<String> secrets,
      boolean repeatable,
      int maxAnswer) {
    this.method = method;
    this.url = url;
    this.headers = List.copyOf(headers);
    this.body = body;
    this.secrets = List.copyOf(secrets);
    this.repeatable = repeatable;
    this.maxAnswer = maxAnswer;
  }

  /**
   * A GET.
   *
   * @param maxAnswer bytes of the answer's body that are read at most
   */
  public static ServiceRequest get(ServiceUrl url, int maxAnswer) {
    return new ServiceRequest("GET", url, List.of(), Optional.empty(), List.of(), true, maxAnswer);
  }

  /**
   * A POST that may be carried out twice without harm; {@link #once()} for others.
   *
   * @param mediaType of the body
   * @param maxAnswer bytes of the answer's body that are read at most
   */
  public static ServiceRequest post(ServiceUrl url, String mediaType, Bytes body, int maxAnswer) {
    return new ServiceRequest(
        "POST",
        url,
        List.of(new ServiceHeader("Content-Type", mediaType)),
        Optional.of(body),
        List.of(),
        true,
        maxAnswer);
  }

  /** This request with one more header, which is no secret. */
  public ServiceRequest with(String name, String value) {
    List<ServiceHeader> more = new ArrayList<>(headers);
    more.add(new ServiceHeader(name, value));
    return new ServiceRequest(method, url, more, body, secrets, repeatable, maxAnswer);
  }

  /** This request with a bearer token. */
  public ServiceRequest bearer(String token) {
    return with("Authorization", "Bearer " + token).hiding(token);
  }

  /**
   * Says that header or body hold this text, which nobody else may read: the request then goes over
   * TLS or to this machine only, and what the service echoes of it is not shown.
   */
  public ServiceRequest hiding(String secret) {
    List<String> more = new ArrayList<>(secrets);
    more.add(secret);
    return new ServiceRequest(method, url, headers, body, more, repeatable, maxAnswer);
  }

  /** This request, not to be sent again once the service may have seen it. */
  public ServiceRequest once() {
    return new ServiceRequest(method, url, headers, body, secrets, false, maxAnswer);
  }

  /** In capitals. */
  public String method() {
    return method;
  }

  public ServiceUrl url() {
    return url;
  }

  public List<ServiceHeader> headers() {
    return headers;
  }

  public Optional<Bytes> body() {
    return body;
  }

  /** Bytes of the answer's body that are read at most. */
  public int maxAnswer() {
    return maxAnswer;
  }

  boolean isRepeatable() {
    return repeatable;
  }

  boolean hasSecrets() {
    return !secrets.isEmpty();
  }

  /** The text without this request's secrets. */
  String withoutSecrets(String text) {
    String clean = text;
    for (String secret : secrets) {
      if (!secret.isEmpty()) {
        clean = clean.replace(secret, "…");
      }
    }
    return clean;
  }

  @Override
  public String toString() {
    return method + " " + url;
  }
}
