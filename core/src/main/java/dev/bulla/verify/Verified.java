package dev.bulla.verify;

import java.util.List;

/**
 * Proof that {@link Verifier} accepted a value under a stated policy. Nothing else can create one:
 * not a record, not serializable, no public constructor.
 *
 * @param <T> what was verified
 */
public final class Verified<T> {

  private final T value;
  private final List<String> relaxations;

  Verified(T value, List<String> relaxations) {
    this.value = value;
    this.relaxations = List.copyOf(relaxations);
  }

  public T value() {
    return value;
  }

  /**
   * Checks that the policy told the verifier to leave out, by name; to be shown wherever the
   * verdict is.
   */
  public List<String> relaxations() {
    return relaxations;
  }

  @Override
  public String toString() {
    return "Verified[" + value + "]";
  }
}
