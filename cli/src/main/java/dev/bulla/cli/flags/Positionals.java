package dev.bulla.cli.flags;

import java.util.List;

/** How many words a command takes besides its flags, and which. */
public sealed interface Positionals {

  /** Any number; surplus words are ignored, as by cosign. */
  static Positionals any() {
    return new AtLeast(0);
  }

  static Positionals none() {
    return new None();
  }

  static Positionals exactly(int count) {
    return new Exactly(count);
  }

  static Positionals atLeast(int count) {
    return new AtLeast(count);
  }

  static Positionals atMost(int count) {
    return new AtMost(count);
  }

  /** Exactly one word out of a list. */
  static Positionals oneOf(String... words) {
    return new OneOf(List.of(words));
  }

  /**
   * Refuses words that do not fit.
   *
   * @param command the command's full name, for the message
   */
  void check(String command, List<String> words) throws UsageException;

  /** The words that exist, for completion; empty when there is no such list. */
  default List<String> choices() {
    return List.of();
  }

  /** No words at all. */
  record None() implements Positionals {
    @Override
    public void check(String command, List<String> words) throws UsageException {
      if (!words.isEmpty()) {
        throw new UsageException(
            "unknown command " + GoText.quote(words.get(0)) + " for " + GoText.quote(command));
      }
    }
  }

  /** A fixed number. */
  record Exactly(int count) implements Positionals {
    @Override
    public void check(String command, List<String> words) throws UsageException {
      if (words.size() != count) {
        throw new UsageException("accepts " + count + " arg(s), received " + words.size());
      }
    }
  }

  /** A least number. */
  record AtLeast(int count) implements Positionals {
    @Override
    public void check(String command, List<String> words) throws UsageException {
      if (words.size() < count) {
        throw new UsageException(
            "requires at least " + count + " arg(s), only received " + words.size());
      }
    }
  }

  /** A greatest number. */
  record AtMost(int count) implements Positionals {
    @Override
    public void check(String command, List<String> words) throws UsageException {
      if (words.size() > count) {
        throw new UsageException("accepts at most " + count + " arg(s), received " + words.size());
      }
    }
  }

  /** One word out of a list. */
  record OneOf(List<String> choices) implements Positionals {
    @Override
    public void check(String command, List<String> words) throws UsageException {
      new Exactly(1).check(command, words);
      if (!choices.contains(words.get(0))) {
        throw new UsageException(
            "invalid argument " + GoText.quote(words.get(0)) + " for " + GoText.quote(command));
      }
    }
  }
}
