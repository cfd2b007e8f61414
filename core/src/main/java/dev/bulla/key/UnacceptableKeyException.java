package dev.bulla.key;

/**
 * A key that is well-formed and not on the list of {@link KeyType}. Stays inside the package: what
 * it becomes depends on where.
 */
final class UnacceptableKeyException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String family;

  /**
   * @param family {@code rsa}, {@code ecdsa} or {@code ed25519}
   */
  UnacceptableKeyException(String family, String problem) {
    super(problem);
    this.family = family;
  }

  String family() {
    return family;
  }

  String problem() {
    return String.valueOf(getMessage());
  }
}
