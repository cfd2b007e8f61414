package dev.bulla.fuzz;

/**
 * What Jazzer calls, by names and signatures that it prescribes. Which target it runs is the
 * argument of {@code --target_args}.
 */
public final class JazzerEntry {

  private static FuzzTarget target = input -> false;

  private JazzerEntry() {}

  public static void fuzzerInitialize(String[] arguments) {
    target = FuzzTargets.named(arguments[0]);
  }

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    target.accepts(input);
  }
}
