package dev.bulla.kms.azure;

import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.keys.kms.KmsHttp;
import java.io.IOException;

/** What Microsoft Entra ID says when it gives no token, in our kinds of failure. */
final class EntraAnswer {

  private EntraAnswer() {}

  static TokenException failure(MsalTransport transport) {
    IOException failure = transport.failure();
    if (failure != null) {
      return new TokenException(
          Problem.UNREACHABLE, KmsHttp.reason(failure), "try again; nothing was decided");
    }
    KmsHttp.Answer answer = transport.answer();
    return answer == null
        ? new TokenException(
            Problem.NOT_AUTHENTICATED, "the credentials are of no use", AzureTokens.LOG_IN)
        : refusal(answer, AzureTokens.LOG_IN);
  }

  /** Why an answer brought no token. */
  static TokenException refusal(KmsHttp.Answer answer, String hint) {
    if (answer.status() == 429) {
      return new TokenException(Problem.THROTTLED, "too many requests for tokens", hint);
    }
    if (answer.status() >= 500) {
      return new TokenException(Problem.UNREACHABLE, "HTTP " + answer.status(), hint);
    }
    String said = said(answer);
    // AADSTS700024: the assertion that the client made is not within its valid time range
    return said.contains("AADSTS700024")
        ? new TokenException(Problem.CLOCK_SKEW, said, hint)
        : new TokenException(
            Problem.NOT_AUTHENTICATED, "Microsoft Entra ID refuses the credentials: " + said, hint);
  }

  /** {@code error} and the first line of {@code error_description} (RFC 6749 §5.2). */
  private static String said(KmsHttp.Answer answer) {
    try {
      JsonObject document = JsonParser.parseObject(answer.body(), "answer");
      String description =
          text(document, "error_description").replaceFirst("(?s)(\r?\n| Trace ID:).*", "");
      String said = text(document, "error") + (description.isEmpty() ? "" : ": " + description);
      return said.isEmpty() ? "HTTP " + answer.status() : said;
    } catch (MalformedInputException e) {
      // what stands in front of the service answers with pages of its own
      return "HTTP " + answer.status();
    }
  }

  static String text(JsonObject object, String name) {
    return object.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text ? text.value() : "";
  }
}
