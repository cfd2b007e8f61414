package dev.bulla.admission.rule;

import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.image.RegistryName;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.oci.Repository;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A pattern that describes whole names. What an image's name means without a registry, the pattern
 * means too: {@code redis} is {@code index.docker.io/library/redis}, and neither {@code
 * evil.example/redis} nor {@code myredis}.
 *
 * @param spellings what the text can stand for; more than one where its registry is a wildcard
 */
record AnchoredPattern(String canonical, List<Spelling> spellings) implements ImagePattern {

  /**
   * @param text anchored at both ends
   * @param shortHub whether it is held against the name with {@code docker.io}
   * @param anyPort whether its port is a wildcard, under which 443 falls too
   * @param globs one of them has to match
   */
  record Spelling(String text, boolean shortHub, boolean anyPort, List<Glob> globs) {
    Spelling {
      globs = List.copyOf(globs);
    }

    static Spelling of(String repository, String rest, boolean shortHub)
        throws ConfigurationException {
      List<Glob> globs = new ArrayList<>();
      globs.add(Glob.of(repository + rest));
      if (rest.isEmpty()) {
        globs.add(Glob.of(repository + ":*"));
        globs.add(Glob.of(repository + "@*"));
      } else if (rest.startsWith("@")) {
        globs.add(Glob.of(repository + ":*" + rest));
      }
      String first = repository.substring(0, Math.max(0, repository.indexOf('/')));
      boolean anyPort = first.indexOf(':') >= 0 && hasWildcard(first);
      return new Spelling(repository + rest, shortHub, anyPort, globs);
    }

    Optional<Specificity> match(String fullName) {
      String name = shortHub ? ImagePattern.shortHub(fullName) : fullName;
      for (Glob glob : globs) {
        if (glob.matches(name)) {
          return Optional.of(Specificity.of(text, name));
        }
        if (anyPort && glob.matches(withPort(name))) {
          return Optional.of(Specificity.of(text, withPort(name)));
        }
      }
      return Optional.empty();
    }

    /** With the port that is left out of the one spelling. */
    private static String withPort(String name) {
      int slash = name.indexOf('/');
      return name.lastIndexOf(':', slash) > name.lastIndexOf(']', slash)
          ? name
          : name.substring(0, slash) + ":443" + name.substring(slash);
    }
  }

  AnchoredPattern {
    spellings = List.copyOf(spellings);
  }

  static AnchoredPattern of(String text) throws ConfigurationException {
    refuseSlashesInside(text);
    return ofLowerCase(inLowerCase(text));
  }

  /** Before its last slash no name has other letters; behind it there may be a tag. */
  private static String inLowerCase(String text) {
    int slash = text.lastIndexOf('/') + 1;
    return text.substring(0, slash).toLowerCase(Locale.ROOT) + text.substring(slash);
  }

  private static AnchoredPattern ofLowerCase(String text) throws ConfigurationException {
    int end = repositoryEnd(text);
    String repository = text.substring(0, end);
    String rest = text.substring(end);
    int slash = repository.indexOf('/');
    if (slash > 0) {
      refusePort443(text, repository.substring(0, slash));
    }
    if (text.startsWith("*")) {
      return new AnchoredPattern(text, List.of(Spelling.of(repository, rest, false)));
    }
    if (slash < 0) {
      return hub("library/" + repository, rest);
    }
    String first = repository.substring(0, slash);
    String path = repository.substring(slash + 1);
    if (hasWildcard(first)) {
      return new AnchoredPattern(
          text,
          List.of(
              Spelling.of(repository, rest, false),
              Spelling.of(repository, rest, true),
              Spelling.of(Repository.DOCKER_HUB + "/" + repository, rest, false)));
    }
    String registry = RegistryName.canonical(first);
    if (registry.equals(Repository.DOCKER_HUB)) {
      return hub(path.indexOf('/') < 0 && !hasWildcard(path) ? "library/" + path : path, rest);
    }
    if (first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost")) {
      Spelling spelling = Spelling.of(registry + "/" + path, rest, false);
      return new AnchoredPattern(spelling.text(), List.of(spelling));
    }
    return hub(repository, rest);
  }

  private static AnchoredPattern hub(String path, String rest) throws ConfigurationException {
    Spelling spelling = Spelling.of(Repository.DOCKER_HUB + "/" + path, rest, false);
    return new AnchoredPattern(spelling.text(), List.of(spelling));
  }

  /** Where the tag or digest starts; a colon before the last slash belongs to a port. */
  private static int repositoryEnd(String text) {
    int at = text.indexOf('@');
    if (at >= 0) {
      int colon = text.lastIndexOf(':', at);
      return colon > text.lastIndexOf('/', at) ? colon : at;
    }
    int colon = text.lastIndexOf(':');
    return colon > text.lastIndexOf('/') ? colon : text.length();
  }

  private static boolean hasWildcard(String text) {
    for (int i = 0; i < text.length(); i++) {
      if ("*?[{\\".indexOf(text.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Names are held against patterns without it, and beside a wildcard it cannot be left out. */
  private static void refusePort443(String text, String first) throws ConfigurationException {
    if (hasWildcard(first) && first.endsWith(":443")) {
      throw new ConfigurationException(
          "malformed pattern " + Quoted.text(text) + ": port 443 is that of every registry without",
          "leave :443 out");
    }
  }

  /** Components would be counted in text that no name has. */
  private static void refuseSlashesInside(String text) throws ConfigurationException {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '{' || c == '[') {
        depth++;
      } else if (c == '}' || c == ']') {
        depth--;
      } else if (c == '/' && depth > 0) {
        throw new ConfigurationException(
            "malformed pattern " + Quoted.text(text) + ": a slash inside of alternatives",
            "write one rule for each alternative");
      }
    }
  }

  @Override
  public Optional<Specificity> match(ImageName image) {
    String name = image.canonical();
    Optional<Specificity> best = Optional.empty();
    for (Spelling spelling : spellings) {
      Optional<Specificity> found = spelling.match(name);
      if (found.isPresent() && (best.isEmpty() || found.get().compareTo(best.get()) > 0)) {
        best = found;
      }
    }
    return best;
  }
}
