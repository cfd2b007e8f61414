package dev.bulla.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import java.lang.reflect.Executable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One line of {@code config/forbidden.txt}.
 *
 * @param what what is forbidden
 * @param where {@code main}, {@code core} or {@code tests}
 * @param except modules and packages that may
 * @param why the reason, for whoever runs into it
 */
record Forbidden(What what, String where, List<String> except, String why) {

  /** A thing to look for. */
  sealed interface What permits Type, Member, Source {}

  /** Any mention of a type. */
  record Type(String name) implements What {}

  /**
   * Any use of a method, constructor or field.
   *
   * @param parameters the types of one overload, or empty for every overload
   */
  record Member(String owner, String name, List<String> parameters, boolean anyOverload)
      implements What {}

  /** A pattern over the source text. */
  record Source(Pattern pattern) implements What {}

  static final Set<String> PLACES = Set.of("main", "core", "tests");

  static List<Forbidden> list() {
    List<Forbidden> all = new ArrayList<>();
    for (String line : Tree.text(Tree.ROOT.resolve("config/forbidden.txt")).split("\n")) {
      if (!line.isBlank() && !line.startsWith("#")) {
        all.add(parse(line));
      }
    }
    return all;
  }

  /** Whether a module, a package or a class may do it nonetheless. */
  boolean permits(String module, String className) {
    return except.stream()
        .anyMatch(place ->
            place.equals(module)
                || className.equals(place)
                || (place.contains(".") && className.startsWith(place + ".")));
  }

  boolean concerns(JavaClass type) {
    String module = Classes.moduleOf(type);
    return (where.equals("main") || where.equals(module)) && !permits(module, type.getName());
  }

  static Forbidden parse(String line) {
    // A pattern may hold the separator; it ends at the last slash before the second column.
    int end = line.startsWith("/") ? line.indexOf("/ | ") + 1 : line.indexOf(" | ");
    if (end <= 0) {
      throw new IllegalArgumentException("not \"what | where | except | why\": " + line);
    }
    String what = line.substring(0, end).strip();
    String[] rest = line.substring(line.indexOf('|', end) + 1).split(" \\| ", 3);
    if (rest.length != 3 || rest[2].strip().length() < 5) {
      throw new IllegalArgumentException("not \"what | where | except | why\": " + line);
    }
    if (!PLACES.contains(rest[0].strip())) {
      throw new IllegalArgumentException("not one of " + PLACES + ": " + line);
    }
    List<String> except =
        Stream.of(rest[1].split(","))
            .map(String::strip)
            .filter(place -> !place.equals("-"))
            .toList();
    return new Forbidden(parseWhat(what), rest[0].strip(), except, rest[2].strip());
  }

  private static What parseWhat(String what) {
    if (what.startsWith("/")) {
      return new Source(Pattern.compile(what.substring(1, what.length() - 1)));
    }
    int hash = what.indexOf('#');
    if (hash < 0) {
      return new Type(existing(what));
    }
    String owner = what.substring(0, hash);
    String member = what.substring(hash + 1);
    int bracket = member.indexOf('(');
    if (bracket < 0) {
      return new Member(existing(owner, member, null), member, List.of(), true);
    }
    List<String> parameters =
        Stream.of(member.substring(bracket + 1, member.length() - 1).split(","))
            .map(String::strip)
            .filter(type -> !type.isEmpty())
            .toList();
    String name = member.substring(0, bracket);
    return new Member(existing(owner, name, parameters), name, parameters, false);
  }

  /** An entry with a misspelt name would never find anything. */
  private static String existing(String type) {
    classOf(type);
    return type;
  }

  private static String existing(String owner, String name, List<String> parameters) {
    Class<?> type = classOf(owner);
    Stream<? extends Executable> candidates =
        name.equals("<init>")
            ? Arrays.stream(type.getDeclaredConstructors())
            : Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.getName().equals(name));
    boolean found =
        candidates.anyMatch(
            candidate -> parameters == null || parameters.equals(typesOf(candidate)));
    boolean field =
        parameters == null
            && Arrays.stream(type.getDeclaredFields()).anyMatch(f -> f.getName().equals(name));
    if (!found && !field) {
      throw new IllegalArgumentException(
          "no such member: " + owner + "#" + name + " " + parameters);
    }
    return owner;
  }

  private static List<String> typesOf(Executable member) {
    return Arrays.stream(member.getParameterTypes())
        .map(Class::getTypeName)
        .collect(Collectors.toList());
  }

  private static Class<?> classOf(String name) {
    try {
      return Class.forName(name, false, Forbidden.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("no such type: " + name, e);
    }
  }
}
