package dev.bulla.evidence;

import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;

/**
 * A place that could not be looked at, or something in it that could not be read. It is never an
 * absence: it leaves the question open unless something else answers it.
 */
public record Unreadable(Origin origin, BullaException why) implements Candidate {

  /** Whether it was fetched and is broken, as opposed to not having been fetched. */
  public boolean isMalformed() {
    return why instanceof MalformedInputException;
  }
}
