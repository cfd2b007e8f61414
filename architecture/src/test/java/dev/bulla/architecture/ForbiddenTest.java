package dev.bulla.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.SourceCodeLocation;
import dev.bulla.architecture.Forbidden.Member;
import dev.bulla.architecture.Forbidden.Source;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the code to {@code config/forbidden.txt}. */
final class ForbiddenTest {

  /** What permits one place; the reason has to be worth reading. */
  private static final Pattern ALLOWED = Pattern.compile("// Allowed: \\S.{9,}");

  @Test
  void nothingForbiddenIsDone() {
    SortedSet<String> found = new TreeSet<>();
    for (Forbidden entry : Forbidden.list()) {
      switch (entry.what()) {
        case Forbidden.Type type -> mentions(entry, type, found);
        case Member member -> uses(entry, member, found);
        case Source source -> matches(entry, source, found);
      }
    }
    assertThat(found)
        .as("see config/forbidden.txt; a place with a good reason says \"// Allowed: the reason\"")
        .isEmpty();
  }

  @Test
  void thereIsCodeToLookAt() {
    assertThat(Forbidden.list()).hasSizeGreaterThan(20);
    assertThat(Classes.modulesFound()).containsExactlyInAnyOrderElementsOf(Classes.SHIPPED);
    assertThat(Tree.javaSources("test")).isNotEmpty();
  }

  @Test
  void listRefusesWhatCouldNeverMatch() {
    assertThatThrownBy(
            () -> Forbidden.parse("java.lang.System#getEnvironment | main | - | a good reason"))
        .hasMessageContaining("no such member");
    assertThatThrownBy(() -> Forbidden.parse("java.lang.Sistem | main | - | a good reason"))
        .hasMessageContaining("no such type");
    assertThatThrownBy(
            () -> Forbidden.parse("java.lang.System#exit | everywhere | - | a good reason"))
        .hasMessageContaining("not one of");
    assertThatThrownBy(() -> Forbidden.parse("java.lang.System#exit | main | - | why"))
        .hasMessageContaining("what | where | except | why");
  }

  @Test
  void sourcePatternsSeeCodeAndNotCommentsOrLiterals() {
    Source caught =
        Forbidden.list().stream()
            .map(Forbidden::what)
            .filter(Source.class::isInstance)
            .map(Source.class::cast)
            .filter(source -> source.pattern().pattern().startsWith("catch"))
            .findFirst()
            .orElseThrow();
    assertThat(codeMatches(caught, "try { a(); } catch (IOException | Exception e) {}")).isTrue();
    assertThat(codeMatches(caught, "try { a(); }\n catch\n (final Throwable t) {}")).isTrue();
    assertThat(codeMatches(caught, "// catch (Exception e)")).isFalse();
    assertThat(codeMatches(caught, "/* \n catch (Exception e) */")).isFalse();
    assertThat(codeMatches(caught, "s = \"\\\" catch (Exception e)\";")).isFalse();
    assertThat(codeMatches(caught, "s = \"\"\"\n a \"b\" catch (Exception e)\n \"\"\";")).isFalse();
    assertThat(codeMatches(caught, "char c = '\"'; catch (Exception e) {} //\"")).isTrue();
    assertThat(codeMatches(caught, "catch (MalformedInputException e) {}")).isFalse();
    assertThat(codeMatches(caught, "catch (ExceptionInInitializerError e) {}")).isFalse();
  }

  @Test
  void reasonCountsForItsStatementOnly() {
    List<String> lines =
        List.of(
            "  // Allowed: the clock of the edge, handed inwards",
            "  // as everywhere else.",
            "  one(",
            "      two());",
            "  three();",
            "  four(); // Allowed: for the sake of argument");
    assertThat(isAllowed(lines, 3)).isTrue();
    assertThat(isAllowed(lines, 4)).isTrue();
    assertThat(isAllowed(lines, 5)).isFalse();
    assertThat(isAllowed(lines, 6)).isTrue();
  }

  private static boolean codeMatches(Source source, String code) {
    return source.pattern().matcher(JavaText.codeOnly(code)).find();
  }

  private static void mentions(Forbidden entry, Forbidden.Type forbidden, SortedSet<String> found) {
    for (JavaClass type : Classes.ALL) {
      if (entry.concerns(type)) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          if (dependency
              .getTargetClass()
              .getBaseComponentType()
              .getName()
              .equals(forbidden.name())) {
            report(entry, type, dependency.getSourceCodeLocation(), forbidden.name(), found);
          }
        }
      }
    }
  }

  private static void uses(Forbidden entry, Member forbidden, SortedSet<String> found) {
    for (JavaClass type : Classes.ALL) {
      if (entry.concerns(type)) {
        for (JavaAccess<?> access : type.getAccessesFromSelf()) {
          if (isUseOf(forbidden, access)) {
            String what = forbidden.owner() + "#" + forbidden.name();
            report(entry, type, access.getSourceCodeLocation(), what, found);
          }
        }
      }
    }
  }

  /** A call through a subclass counts: the method it reaches is the forbidden one. */
  private static boolean isUseOf(Member forbidden, JavaAccess<?> access) {
    var target = access.getTarget();
    if (!target.getName().equals(forbidden.name())
        || !(forbidden.name().equals("<init>")
            ? target.getOwner().getName().equals(forbidden.owner())
            : target.getOwner().isAssignableTo(forbidden.owner()))) {
      return false;
    }
    return forbidden.anyOverload()
        || (target instanceof CodeUnitAccessTarget unit
            && unit.getRawParameterTypes().stream()
                .map(ForbiddenTest::sourceName)
                .toList()
                .equals(forbidden.parameters()));
  }

  private static String sourceName(JavaClass type) {
    return type.isArray() ? sourceName(type.getComponentType()) + "[]" : type.getName();
  }

  private static void matches(Forbidden entry, Source source, SortedSet<String> found) {
    for (Path file : Tree.javaSources(entry.where().equals("tests") ? "test" : "main")) {
      String module = Tree.ROOT.relativize(file).getName(0).toString();
      String className =
          Tree.relative(file)
              .replaceFirst("^.*/java/", "")
              .replaceFirst("\\.java$", "")
              .replace('/', '.');
      if ((entry.where().equals("core") && !module.equals("core"))
          || entry.permits(module, className)) {
        continue;
      }
      String text = Tree.text(file);
      Matcher matcher = source.pattern().matcher(JavaText.codeOnly(text));
      while (matcher.find()) {
        int line = JavaText.lineAt(text, matcher.start());
        if (!isAllowed(text.lines().toList(), line)) {
          found.add(Tree.relative(file) + ":" + line + ": " + matcher.group() + ": " + entry.why());
        }
      }
    }
  }

  private static void report(
      Forbidden entry,
      JavaClass type,
      SourceCodeLocation at,
      String what,
      SortedSet<String> found) {
    Path source = Classes.sourceOf(type, at.getSourceFileName());
    List<String> lines = Tree.text(source).lines().toList();
    if (!isAllowed(lines, at.getLineNumber())) {
      found.add(
          Tree.relative(source) + ":" + at.getLineNumber() + ": " + what + ": " + entry.why());
    }
  }

  /**
   * Whether the comment stands on the line, or right above the statement that the line is part of.
   */
  private static boolean isAllowed(List<String> lines, int number) {
    int at = Math.min(number, lines.size()) - 1;
    if (ALLOWED.matcher(lines.get(at)).find()) {
      return true;
    }
    while (at > 0
        && !lines.get(at - 1).isBlank()
        && !lines.get(at - 1).matches(".*[;{}]\\s*|\\s*//.*")) {
      at--;
    }
    for (at--; at >= 0 && lines.get(at).strip().startsWith("//"); at--) {
      if (ALLOWED.matcher(lines.get(at)).find()) {
        return true;
      }
    }
    return false;
  }
}
