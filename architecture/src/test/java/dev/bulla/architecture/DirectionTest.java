package dev.bulla.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Who may know whom. Arrows point inwards: doors, use cases, adapters, core. */
final class DirectionTest {

  /**
   * Each module and the modules of ours that its code may name. A door puts the adapters together,
   * so it names them; what is inside them is package-private, which the compiler sees to.
   */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("core", Set.of()),
          Map.entry("registry", Set.of("core")),
          Map.entry("keys", Set.of("core")),
          Map.entry("sigstore", Set.of("core")),
          Map.entry("library", Set.of("core", "registry", "keys", "sigstore")),
          Map.entry(
              "admission",
              Set.of("core", "registry", "keys", "sigstore", "library", "kms/k8s", "cli")),
          Map.entry("testkit", Set.of("core", "keys")),
          Map.entry("kms/vault", Set.of("core", "keys")),
          Map.entry("kms/aws", Set.of("core", "keys", "registry")),
          Map.entry("kms/gcp", Set.of("core", "keys", "registry")),
          Map.entry("kms/azure", Set.of("core", "keys", "registry")),
          Map.entry(Classes.TOKENS, Set.of("core", "keys")),
          Map.entry("kms/k8s", Set.of("core", "keys")),
          Map.entry("kms/git", Set.of("core", "keys")),
          Map.entry("cli", Set.of("core", "registry", "keys", "sigstore", "library", "testkit")));

  /**
   * What core may use of others' code: the JDK's parts that do no I/O, and one library in one
   * package.
   */
  private static final Pattern CORE_MAY_USE =
      Pattern.compile(
          "(java\\.(lang|util|math|text|time|security|nio\\.charset)(\\..*)?"
              + "|java\\.nio\\.[A-Z]\\w*Buffer|java\\.net\\.(URI|URISyntaxException)"
              + "|java\\.io\\.(Serializable|Closeable|IOException|EOFException|UncheckedIOException|InputStream|OutputStream"
              + "|Reader|Writer|StringReader|StringWriter|InputStreamReader|FilterInputStream|FilterOutputStream"
              + "|ByteArrayInputStream|ByteArrayOutputStream|ObjectStreamException|NotSerializableException)"
              + "|javax\\.crypto(\\..*)?|javax\\.security\\.auth\\.(Destroyable|DestroyFailedException|x500\\..*)"
              + "|org\\.jspecify\\.annotations\\..*)");

  private static final Pattern CORE_MAY_NOT_USE =
      Pattern.compile(
          "java\\.util\\.(logging|prefs|jar|zip)\\..*|java\\.lang\\.(Process|ProcessBuilder|Runtime|Thread|ThreadLocal)"
              + "|java\\.util\\.(Timer|Scanner)|java\\.util\\.concurrent\\.(Executors?|ExecutorService|CompletableFuture)");

  private static final Map<String, Pattern> CORE_LIBRARIES =
      Map.of("dev.bulla.key", Pattern.compile("org\\.bouncycastle\\.(crypto|math\\.ec|util)\\..*"));

  @Test
  void everyShippedModuleIsLookedAt() {
    assertThat(Classes.modulesFound()).containsExactlyInAnyOrderElementsOf(Classes.SHIPPED);
    Set<String> known = new TreeSet<>(MAY_USE.keySet());
    known.retainAll(Classes.SHIPPED);
    known.add(Classes.TOKENS);
    assertThat(MAY_USE.keySet()).isEqualTo(known);
    assertThat(MAY_USE.keySet()).containsAll(Classes.SHIPPED);
  }

  @Test
  void modulesUseOnlyWhatLiesFurtherIn() {
    SortedSet<String> wrong = new TreeSet<>();
    for (Dependency dependency : dependencies()) {
      JavaClass target = dependency.getTargetClass().getBaseComponentType();
      if (target.getPackageName().startsWith("dev.bulla") && target.getSource().isPresent()) {
        String from = Classes.moduleOf(dependency.getOriginClass());
        String to = Classes.moduleOf(target);
        if (!from.equals(to) && !MAY_USE.getOrDefault(from, Set.of()).contains(to)) {
          wrong.add(from + " -> " + to + ": " + dependency.getDescription());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void coreKnowsNoInputNorOutputAndOneLibraryInOnePackage() {
    SortedSet<String> wrong = new TreeSet<>();
    for (Dependency dependency : dependencies()) {
      String origin = dependency.getOriginClass().getPackageName();
      JavaClass target = dependency.getTargetClass().getBaseComponentType();
      String name = target.getName();
      if (!Classes.moduleOf(dependency.getOriginClass()).equals("core")
          || target.isPrimitive()
          || name.startsWith("dev.bulla.")) {
        continue;
      }
      Pattern library = CORE_LIBRARIES.get(origin);
      boolean allowed =
          (CORE_MAY_USE.matcher(name).matches() && !CORE_MAY_NOT_USE.matcher(name).matches())
              || (library != null && library.matcher(name).matches());
      if (!allowed) {
        wrong.add(dependency.getDescription());
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void packagesFormNoCycle() {
    slices().assignedFrom(BY_PACKAGE).should().beFreeOfCycles().check(Classes.ALL);
  }

  @Test
  void everyPackageLivesInOneModuleAndSaysWhatItIsFor() {
    SortedMap<String, SortedSet<String>> homes = new TreeMap<>();
    List<String> silent = new ArrayList<>();
    for (var source : Tree.javaSources("main")) {
      String module = Tree.ROOT.relativize(source).getName(0).toString();
      String folder = Tree.relative(source.resolveSibling(""));
      String name = folder.replaceFirst("^.*src/main/java/", "").replace('/', '.');
      homes.computeIfAbsent(name, unused -> new TreeSet<>()).add(module);
      var sign = source.resolveSibling("package-info.java");
      if (!sign.toFile().exists() || !Tree.text(sign).contains("@NullMarked")) {
        silent.add(folder);
      }
    }
    assertThat(homes)
        .isNotEmpty()
        .allSatisfy((name, modules) -> assertThat(modules).as(name).hasSize(1));
    assertThat(silent.stream().distinct())
        .as("packages without a package-info.java that says @NullMarked")
        .isEmpty();
  }

  private static final SliceAssignment BY_PACKAGE =
      new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
          return SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
          return "packages";
        }
      };

  private static List<Dependency> dependencies() {
    List<Dependency> all = new ArrayList<>();
    Classes.ALL.forEach(type -> all.addAll(type.getDirectDependenciesFromSelf()));
    assertThat(all).isNotEmpty();
    return all;
  }
}
