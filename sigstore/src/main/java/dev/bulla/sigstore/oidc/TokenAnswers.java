package dev.bulla.sigstore.oidc;

import dev.bulla.error.MalformedInputException;
import dev.bulla.error.ServiceException;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;

/** Tokens in what services answer. */
final class TokenAnswers {

  private TokenAnswers() {}

  /** The token in a member of a JSON object. */
  static IdentityToken token(ServiceRequest request, ServiceAnswer answer, String member)
      throws ServiceException {
    return parse(request, TokenEndpoint.text(ServiceCaller.json(request, answer), member));
  }

  static IdentityToken parse(ServiceRequest request, String text) throws ServiceException {
    try {
      return IdentityToken.parse(text);
    } catch (MalformedInputException e) {
      throw ServiceCaller.badAnswer(request, e.message(), e);
    }
  }
}
