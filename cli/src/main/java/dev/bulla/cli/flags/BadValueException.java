package dev.bulla.cli.flags;

/**
 * A flag's value is not one of its type's. The message is the reason alone, without flag and value.
 */
final class BadValueException extends Exception {

  private static final long serialVersionUID = 1L;

  BadValueException(String reason) {
    super(reason);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
