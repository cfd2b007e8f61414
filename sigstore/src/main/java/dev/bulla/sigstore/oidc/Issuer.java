package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.ServiceException;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import org.jspecify.annotations.Nullable;

/**
 * An issuer of identity tokens and what it says of itself (OpenID Connect Discovery 1.0 §4). Its
 * document is believed only if it speaks of exactly this issuer, and it may lead to places that are
 * as safe as itself: nothing that is asked over TLS sends anybody to where there is none.
 */
final class Issuer {

  private static final String DOCUMENT = "/.well-known/openid-configuration";

  private final String name;
  private final boolean tls;
  private final ServiceRequest request;
  private final JsonObject document;

  private Issuer(String name, boolean tls, ServiceRequest request, JsonObject document) {
    this.name = name;
    this.tls = tls;
    this.request = request;
    this.document = document;
  }

  /**
   * Asks an issuer for its document.
   *
   * @param name the issuer's URL, as tokens have it
   */
  static Issuer discover(ServiceCaller http, String name) throws BullaException {
    ServiceUrl url = url(name);
    ServiceRequest request = ServiceRequest.get(url.below(DOCUMENT), Limits.MAX_TOKEN_BODY);
    ServiceAnswer answer = http.call(request);
    JsonObject document = ServiceCaller.json(request, answer);
    Issuer issuer = new Issuer(name, isTls(url), request, document);
    String said = issuer.member("issuer");
    if (!said.equals(name)) {
      throw ServiceCaller.badAnswer(
          request,
          "it is of the issuer " + Quoted.text(said) + ", not of " + Quoted.text(name),
          null);
    }
    return issuer;
  }

  private static ServiceUrl url(String name) throws ConfigurationException {
    ServiceUrl url;
    try {
      url = ServiceUrl.parse(name);
    } catch (MalformedInputException e) {
      throw new ConfigurationException("OIDC issuer: " + e.message(), e);
    }
    if (!url.isConfidential()) {
      throw new ConfigurationException(
          "OIDC issuer " + url + ": who signs in there is read on the way",
          "name the issuer by an https URL");
    }
    return url;
  }

  private static boolean isTls(ServiceUrl url) {
    return url.text().regionMatches(true, 0, "https:", 0, "https:".length());
  }

  private String member(String member) throws ServiceException {
    if (document.get(member).orElse(JsonNull.INSTANCE) instanceof JsonString text) {
      return text.value();
    }
    throw ServiceCaller.badAnswer(request, "it names no " + member, null);
  }

  /** The issuer's URL, as tokens have it. */
  String name() {
    return name;
  }

  /** Where the user says yes. */
  ServiceUrl authorization() throws ServiceException {
    return endpoint("authorization_endpoint");
  }

  /** Where tokens are. */
  ServiceUrl token() throws ServiceException {
    return endpoint("token_endpoint");
  }

  /** Where a device without a browser begins (RFC 8628 §4). */
  ServiceUrl device() throws ServiceException {
    return endpoint("device_authorization_endpoint");
  }

  private ServiceUrl endpoint(String member) throws ServiceException {
    return place(request, member, member(member));
  }

  /** A place that an answer of this issuer leads to. */
  ServiceUrl place(ServiceRequest asked, String member, String text) throws ServiceException {
    @Nullable MalformedInputException problem = null;
    try {
      ServiceUrl url = ServiceUrl.parse(text);
      if (tls ? isTls(url) : url.isConfidential()) {
        return url;
      }
    } catch (MalformedInputException e) {
      problem = e;
    }
    throw ServiceCaller.badAnswer(
        asked,
        member + ": " + Quoted.text(text) + " is no " + (tls ? "https " : "") + "URL",
        problem);
  }
}
