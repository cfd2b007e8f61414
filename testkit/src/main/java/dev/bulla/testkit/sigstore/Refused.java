package dev.bulla.testkit.sigstore;

/** What a service does not do, with the HTTP status that says so. */
final class Refused extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String location;

  Refused(int status, String message) {
    this(status, message, "");
  }

  /** With the place of what is there already. */
  Refused(int status, String message, String location) {
    super(message);
    this.status = status;
    this.location = location;
  }

  int status() {
    return status;
  }

  String location() {
    return location;
  }
}
