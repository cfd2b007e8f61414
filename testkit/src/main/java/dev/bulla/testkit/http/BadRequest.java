package dev.bulla.testkit.http;

/** A request that is not valid HTTP, or exceeds a bound of this server. */
public final class BadRequest extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;

  BadRequest(int status, String problem) {
    super(problem);
    this.status = status;
  }

  /** The status that says so. */
  public int status() {
    return status;
  }

  /** What is wrong with it. */
  public String problem() {
    String message = getMessage();
    return message == null ? "bad request" : message;
  }
}
