package dev.bulla.kms.gcp;

import java.time.Instant;

/**
 * What requests to Google's services show. {@link #toString()} does not.
 *
 * @param ends when it stops being good
 */
record BearerToken(String value, Instant ends) {

  @Override
  public String toString() {
    return "BearerToken[" + ends + "]";
  }
}
