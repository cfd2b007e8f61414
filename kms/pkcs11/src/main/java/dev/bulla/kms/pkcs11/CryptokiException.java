package dev.bulla.kms.pkcs11;

/** A function of a module said that it failed. */
final class CryptokiException extends Exception {

  private static final long serialVersionUID = 1L;

  private final long code;

  CryptokiException(String function, long code) {
    super(function + ": " + ReturnCode.name(code));
    this.code = code;
  }

  /** One of {@link ReturnCode}, or any other number. */
  long code() {
    return code;
  }

  String shown() {
    return String.valueOf(getMessage());
  }
}
