package dev.bulla.cli.flags;

import java.util.ArrayList;
import java.util.List;

/** A rule over several flags of one command. A value from the environment counts as set. */
sealed interface FlagRule {

  void check(ParsedFlags flags) throws UsageException;

  /** At least one of the flags has to be set. */
  record OneRequired(List<String> names) implements FlagRule {

    @Override
    public void check(ParsedFlags flags) throws UsageException {
      if (set(flags, names).isEmpty()) {
        throw new UsageException(
            "at least one of the flags in the group " + goList(names) + " is required");
      }
    }
  }

  /** At most one of the flags may be set. */
  record Exclusive(List<String> names) implements FlagRule {

    @Override
    public void check(ParsedFlags flags) throws UsageException {
      List<String> set = set(flags, names);
      if (set.size() > 1) {
        throw new UsageException(
            "if any flags in the group "
                + goList(names)
                + " are set none of the others can be; "
                + goList(set)
                + " were all set");
      }
    }
  }

  private static List<String> set(ParsedFlags flags, List<String> names) {
    List<String> set = new ArrayList<>();
    for (String name : names) {
      if (flags.isSet(name)) {
        set.add(name);
      }
    }
    set.sort(String::compareTo);
    return set;
  }

  private static String goList(List<String> names) {
    return "[" + String.join(" ", names) + "]";
  }
}
