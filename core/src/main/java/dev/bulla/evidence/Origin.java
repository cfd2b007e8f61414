package dev.bulla.evidence;

/**
 * Where a candidate was found.
 *
 * @param place the full name of the object that holds it, e.g. {@code host/repo:sha256-….sig}
 * @param ordinal its position in there, from 1; 0 for the place as a whole
 */
public record Origin(String place, int ordinal) {

  /** {@code signature 2 of host/repo:sha256-….sig}, or the place alone. */
  @Override
  public String toString() {
    return ordinal == 0 ? place : "signature " + ordinal + " of " + place;
  }
}
