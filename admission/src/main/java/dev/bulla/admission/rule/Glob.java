package dev.bulla.admission.rule;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A glob over whole texts, without separators: {@code *} and {@code **} are any run of characters,
 * {@code ?} is one, {@code [a-z]} and {@code [!a-z]} are one of a set, <code>{a,b}</code> is one of
 * the alternatives, and a backslash takes the next character as it is.
 *
 * <p>All alternatives are followed at the same time, so matching takes time in proportion to text
 * times pattern, whatever they hold.
 */
final class Glob {

  static final int MAX_LENGTH = 1024;
  private static final int MAX_DEPTH = 8;

  /** One step: takes a character and goes on to the next state, or jumps without taking one. */
  private sealed interface Edge {}

  private record Take(CharacterSet set, int next) implements Edge {}

  private record Jump(List<Integer> next) implements Edge {}

  private record CharacterSet(boolean inverted, String ranges) {
    boolean holds(char c) {
      boolean found = false;
      for (int i = 0; i < ranges.length(); i += 2) {
        found |= c >= ranges.charAt(i) && c <= ranges.charAt(i + 1);
      }
      return found != inverted;
    }
  }

  private static final CharacterSet ANY = new CharacterSet(true, "");

  private final List<Edge> edges;
  private final int start;

  private Glob(List<Edge> edges, int start) {
    this.edges = edges;
    this.start = start;
  }

  /**
   * @throws ConfigurationException when the text is no glob
   */
  static Glob of(String pattern) throws ConfigurationException {
    if (pattern.length() > MAX_LENGTH) {
      throw new ConfigurationException(
          "pattern is longer than " + MAX_LENGTH + " characters: " + Quoted.text(pattern));
    }
    Compiler compiler = new Compiler(pattern);
    int start = compiler.compile();
    return new Glob(List.copyOf(compiler.edges), start);
  }

  boolean matches(String text) {
    BitSet states = new BitSet();
    enter(start, states);
    for (int i = 0; i < text.length() && !states.isEmpty(); i++) {
      BitSet next = new BitSet();
      for (int s = states.nextSetBit(0); s >= 0; s = states.nextSetBit(s + 1)) {
        if (edges.get(s) instanceof Take take && take.set().holds(text.charAt(i))) {
          enter(take.next(), next);
        }
      }
      states = next;
    }
    return states.get(0);
  }

  /** A state and all that can be jumped to from it; state 0 is the end. */
  private void enter(int state, BitSet states) {
    if (states.get(state)) {
      return;
    }
    states.set(state);
    if (edges.get(state) instanceof Jump jump) {
      for (int next : jump.next()) {
        enter(next, states);
      }
    }
  }

  /** Reads the pattern from its end to its start, so that each state knows the one after it. */
  private static final class Compiler {
    private final String pattern;
    private final List<Edge> edges = new ArrayList<>();

    Compiler(String pattern) {
      this.pattern = pattern;
    }

    int compile() throws ConfigurationException {
      edges.add(new Jump(List.of()));
      return add(sequence(new Reader(pattern), 0), 0);
    }

    private int add(List<Part> parts, int after) {
      int state = after;
      for (int i = parts.size() - 1; i >= 0; i--) {
        state = add(parts.get(i), state);
      }
      return state;
    }

    private int add(Part part, int after) {
      if (part instanceof One one) {
        edges.add(new Take(one.set(), after));
      } else if (part instanceof Run) {
        int loop = edges.size();
        edges.add(new Take(ANY, loop + 1));
        edges.add(new Jump(List.of(loop, after)));
      } else if (part instanceof Choice choice) {
        List<Integer> starts = new ArrayList<>();
        for (List<Part> alternative : choice.alternatives()) {
          starts.add(add(alternative, after));
        }
        edges.add(new Jump(starts));
      }
      return edges.size() - 1;
    }

    private List<Part> sequence(Reader in, int depth) throws ConfigurationException {
      List<Part> parts = new ArrayList<>();
      while (in.more() && !(depth > 0 && (in.peek() == ',' || in.peek() == '}'))) {
        char c = in.next();
        if (c == '*') {
          if (parts.isEmpty() || !(parts.get(parts.size() - 1) instanceof Run)) {
            parts.add(new Run());
          }
        } else if (c == '?') {
          parts.add(new One(ANY));
        } else if (c == '[') {
          parts.add(new One(set(in)));
        } else if (c == '{') {
          parts.add(choice(in, depth + 1));
        } else {
          parts.add(literal(c == '\\' ? escaped(in) : c));
        }
      }
      return parts;
    }

    private Choice choice(Reader in, int depth) throws ConfigurationException {
      if (depth > MAX_DEPTH) {
        throw malformed("alternatives are nested too deeply");
      }
      List<List<Part>> alternatives = new ArrayList<>();
      do {
        alternatives.add(sequence(in, depth));
        if (!in.more()) {
          throw malformed("{ without }");
        }
      } while (in.next() == ',');
      return new Choice(alternatives);
    }

    private CharacterSet set(Reader in) throws ConfigurationException {
      boolean inverted = in.more() && in.peek() == '!';
      if (inverted) {
        in.next();
      }
      StringBuilder ranges = new StringBuilder();
      while (true) {
        char from = member(in);
        if (from == ']' && !ranges.isEmpty() && !in.wasEscaped()) {
          return new CharacterSet(inverted, ranges.toString());
        }
        if (from == ']' && !in.wasEscaped()) {
          throw malformed("[] holds nothing");
        }
        char to = from;
        if (in.more() && in.peek() == '-') {
          in.next();
          to = member(in);
          if (to < from) {
            throw malformed("a range runs backwards");
          }
        }
        ranges.append(from).append(to);
      }
    }

    private char member(Reader in) throws ConfigurationException {
      if (!in.more()) {
        throw malformed("[ without ]");
      }
      char c = in.next();
      if (c != '\\') {
        return c;
      }
      char taken = escaped(in);
      in.escaped = true;
      return taken;
    }

    private char escaped(Reader in) throws ConfigurationException {
      if (!in.more()) {
        throw malformed("it ends in a backslash");
      }
      return in.next();
    }

    private static One literal(char c) {
      return new One(new CharacterSet(false, "" + c + c));
    }

    private ConfigurationException malformed(String why) {
      return new ConfigurationException("malformed pattern " + Quoted.text(pattern) + ": " + why);
    }
  }

  private sealed interface Part {}

  private record One(CharacterSet set) implements Part {}

  private record Run() implements Part {}

  private record Choice(List<List<Part>> alternatives) implements Part {}

  private static final class Reader {
    private final String text;
    private int position;
    private boolean escaped;

    Reader(String text) {
      this.text = text;
    }

    boolean more() {
      return position < text.length();
    }

    char peek() {
      return text.charAt(position);
    }

    char next() {
      escaped = false;
      return text.charAt(position++);
    }

    boolean wasEscaped() {
      return escaped;
    }
  }
}
