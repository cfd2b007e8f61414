package dev.bulla.sigstore.http;

/**
 * One header field. {@link #toString()} leaves out the value, which may be a credential.
 *
 * @param name compared without regard to case
 */
public record ServiceHeader(String name, String value) {

  @Override
  public String toString() {
    return name + ": …";
  }
}
