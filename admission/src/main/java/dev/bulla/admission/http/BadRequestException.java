package dev.bulla.admission.http;

/** A head that cannot be answered for; the connection ends with it. */
final class BadRequestException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;

  BadRequestException(int status, String message) {
    super(message);
    this.status = status;
  }

  HttpResponse response() {
    return HttpResponse.text(status, String.valueOf(getMessage()));
  }
}
