package dev.bulla.registry.auth;

/**
 * One place where credentials are looked for, and what came of it. Never holds a secret.
 *
 * @param place for a person to find it: a file, a variable, a program, a flag
 * @param finding what came of looking
 * @param detail what exactly, or empty
 */
public record LookedAt(String place, Finding finding, String detail) {

  /** What came of looking. */
  public enum Finding {
    /** The place does not exist. */
    ABSENT,
    /** The place exists, and has nothing for this registry. */
    NOTHING,
    /** The place has credentials for this registry, and they are used. */
    FOUND,
    /** The place cannot be used, which ends the search: what it holds may be needed. */
    FAILED,
    /** An earlier place has decided. */
    NOT_ASKED
  }
}
