package dev.bulla.fuzz;

/** One parser, and what has to hold whatever bytes it is given. */
@FunctionalInterface
public interface FuzzTarget {

  /**
   * Gives the parser an input and checks what comes out, with {@link Check}.
   *
   * @return whether the parser took the input; a corpus in which it takes none checks little
   * @throws Exception anything but the parser's own refusal: a finding, like any {@link Error}
   */
  boolean accepts(byte[] input) throws Exception;
}
