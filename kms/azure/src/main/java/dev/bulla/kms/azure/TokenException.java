package dev.bulla.kms.azure;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.Quoted;
import dev.bulla.keys.kms.KmsFailures;

/** There is no token. Holds no credential, and no cause that could. */
final class TokenException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Problem problem;
  private final String hint;

  /**
   * The reason.
   *
   * @param message may hold text of the service as it came
   */
  TokenException(Problem problem, String message, String hint) {
    super(Quoted.plain(message));
    this.problem = problem;
    this.hint = hint;
  }

  String message() {
    return String.valueOf(getMessage());
  }

  String hint() {
    return hint;
  }

  /** The same, about a key. */
  KeyException about(KmsFailures failures) {
    return switch (problem) {
      case MISCONFIGURED -> failures.misconfigured(message(), hint, null);
      case CLOCK_SKEW -> failures.clockSkew(message(), null);
      case THROTTLED -> failures.throttled(null);
      case UNREACHABLE -> failures.unreachable("Microsoft Entra ID", message(), null);
      default -> failures.notAuthenticated(message(), hint, null);
    };
  }
}
