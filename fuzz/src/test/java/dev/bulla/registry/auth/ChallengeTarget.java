package dev.bulla.registry.auth;

import dev.bulla.error.MalformedInputException;
import dev.bulla.fuzz.Check;
import dev.bulla.fuzz.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@link Challenge} and the {@link Scopes} in it: bounded, and the same again when written by the
 * book.
 */
public final class ChallengeTarget {

  private static final int MAX_LENGTH = 16 << 10;

  private ChallengeTarget() {}

  /** Each line is the value of one WWW-Authenticate field. */
  public static boolean accepts(byte[] input) throws MalformedInputException {
    List<Challenge> challenges;
    try {
      challenges = Challenge.parse(Input.lines(Input.latin1(input)));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.that(challenges.size() <= 16, "number of challenges");
    List<String> written = new ArrayList<>();
    for (Challenge challenge : challenges) {
      Check.that(isName(challenge.scheme()), "a scheme is a lower-case token");
      Check.that(challenge.parameters().size() <= 32, "number of parameters");
      Check.that(
          challenge.parameters().keySet().stream().allMatch(ChallengeTarget::isName),
          "names are lower-case tokens");
      written.add(write(challenge));
      scopes(challenge.parameter("scope").orElse(""));
    }
    if (String.join("", written).length() <= MAX_LENGTH) {
      Check.equal(challenges, Challenge.parse(written), "by the book, a field each");
    }
    String inOne = String.join(", ", written);
    if (inOne.length() <= MAX_LENGTH) {
      Check.equal(challenges, Challenge.parse(List.of(inOne)), "by the book, in one field");
    }
    return !challenges.isEmpty();
  }

  private static void scopes(String text) {
    Scopes scopes = Scopes.parse(text);
    Check.that(scopes.list().size() <= 16, "number of scopes");
    Check.that(scopes.covers(scopes), "a token is good for what it is for");
    Check.that(scopes.covers(Scopes.NONE), "a token is good for nothing more");
    Check.equal(scopes, scopes.union(scopes), "adding the same adds nothing");
    if (scopes.list().stream().allMatch(scope -> scope.toString().length() <= 1024)) {
      Check.equal(scopes, Scopes.parse(scopes.toString()), "what is asked for is what was wanted");
    }
  }

  /** RFC 9110 §11.6.1, every value as a quoted string. */
  private static String write(Challenge challenge) {
    StringBuilder out = new StringBuilder(challenge.scheme());
    String separator = " ";
    for (Map.Entry<String, String> parameter : new TreeMap<>(challenge.parameters()).entrySet()) {
      out.append(separator).append(parameter.getKey()).append("=\"");
      out.append(parameter.getValue().replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
      separator = ", ";
    }
    return out.toString();
  }

  private static boolean isName(String text) {
    return !text.isEmpty()
        && text.equals(text.toLowerCase(Locale.ROOT))
        && text.chars().allMatch(c -> c > 0x20 && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0);
  }
}
