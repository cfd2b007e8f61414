package dev.bulla.kms.aws;

import dev.bulla.error.KeyException;
import dev.bulla.keys.kms.KmsFailures;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says what an exception of the SDK means. */
final class AwsFailures {

  private static final String NO_CREDENTIALS = "no AWS credentials were found";
  private static final String LOG_IN =
      "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, choose a profile with AWS_PROFILE, or run"
          + " `aws sso login`";

  private final KmsFailures failures;

  AwsFailures(KmsFailures failures) {
    this.failures = failures;
  }

  /**
   * The failure.
   *
   * @param action what was asked for, as IAM names it
   */
  KeyException failure(SdkException e, String action) {
    return e instanceof AwsServiceException refusal ? refused(refusal, action) : notAsked(e);
  }

  private KeyException refused(AwsServiceException e, String action) {
    String code =
        e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null
            ? ""
            : e.awsErrorDetails().errorCode();
    String message =
        e.awsErrorDetails() == null || e.awsErrorDetails().errorMessage() == null
            ? "HTTP " + e.statusCode()
            : code + ": " + e.awsErrorDetails().errorMessage();
    if (e.isClockSkewException()) {
      return failures.clockSkew(message, e);
    }
    if (e.isThrottlingException()) {
      return failures.throttled(e);
    }
    return refused(code, message, e.statusCode(), action, e);
  }

  /**
   * A refusal that has a code.
   *
   * @param message what the service says, with the code
   */
  KeyException refused(
      String code, String message, int status, String action, @Nullable AwsServiceException e) {
    if (message.contains("Signature expired") || message.contains("Signature not yet current")) {
      return failures.clockSkew(message, e);
    }
    return switch (code) {
      case "NotFoundException" ->
          message.contains("Invalid arn") ? wrongRegion(message, e) : failures.notFound(message);
      case "AccessDeniedException", "AccessDenied" -> failures.notPermitted(action, e);
      case "DisabledException" ->
          failures.wrongKey(message, "enable it: `aws kms enable-key --key-id …`", e);
      case "KMSInvalidStateException" ->
          failures.wrongKey(
              message,
              "a key that is pending deletion comes back with `aws kms cancel-key-deletion`",
              e);
      case "InvalidKeyUsageException", "UnsupportedOperationException" ->
          failures.wrongKey(message, "signing needs a key with usage SIGN_VERIFY", e);
      case "InvalidArnException" -> wrongRegion(message, e);
      case "UnrecognizedClientException",
          "InvalidClientTokenId",
          "ExpiredTokenException",
          "ExpiredToken",
          "MissingAuthenticationTokenException",
          "MissingAuthenticationToken",
          "IncompleteSignatureException",
          "IncompleteSignature",
          "InvalidSignatureException" ->
          failures.notAuthenticated(message, LOG_IN, e);
      default ->
          status >= 500
              ? failures.unreachable(failures.service(), message, e)
              : failures.refused(message, e);
    };
  }

  private KeyException wrongRegion(String message, @Nullable AwsServiceException e) {
    return failures.misconfigured(
        failures.service() + ": " + message,
        "an ARN is known in its own region only: set AWS_REGION to it",
        e);
  }

  /** No answer came: no credentials, no connection, or none in time. */
  private KeyException notAsked(SdkException e) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("credentials") || lower.contains("token has expired")) {
      return failures.notAuthenticated(NO_CREDENTIALS, LOG_IN, e);
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof java.net.SocketTimeoutException) {
        return failures.unreachable(failures.service(), "no answer in time", e);
      }
      if (cause.getCause() == null) {
        String root = cause.getMessage();
        return failures.unreachable(
            failures.service(), root == null ? cause.getClass().getSimpleName() : root, e);
      }
    }
    return failures.unreachable(failures.service(), message, e);
  }
}
