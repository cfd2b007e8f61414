package dev.bulla.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The compiled shipped code of every module, read once. */
final class Classes {

  /** Built only on a JDK that is new enough for it. */
  static final String TOKENS = "kms/pkcs11";

  /** Modules with code that is shipped; their classes are on the path of this module's tests. */
  static final List<String> SHIPPED =
      Stream.of(
              "core",
              "registry",
              "keys",
              "sigstore",
              "library",
              "testkit",
              "admission",
              "kms/vault",
              "kms/aws",
              "kms/gcp",
              "kms/azure",
              TOKENS,
              "kms/k8s",
              "kms/git",
              "cli")
          .filter(module -> !module.equals(TOKENS) || Boolean.getBoolean("bulla.tokens"))
          .toList();

  static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("/architecture/target/"))
          .importPackages("dev.bulla");

  private Classes() {}

  /** The module whose output a class was read from. */
  static String moduleOf(JavaClass type) {
    String from =
        type.getSource()
            .orElseThrow(() -> new IllegalStateException("no source: " + type.getName()))
            .getUri()
            .toString();
    for (String module : SHIPPED) {
      String jar =
          module.equals("library")
              ? "/bulla-[0-9][^/]*\\.jar!"
              : "/bulla-" + artifact(module) + "-[0-9][^/]*\\.jar!";
      if (from.matches(".*(/" + module + "/target/classes/|" + jar + ").*")) {
        return module;
      }
    }
    throw new IllegalStateException("of no known module: " + from);
  }

  /** What is no key management service is not called one. */
  private static String artifact(String module) {
    return module.equals(TOKENS) ? "pkcs11" : module.replace('/', '-');
  }

  static SortedSet<String> modulesFound() {
    SortedSet<String> modules = new TreeSet<>();
    ALL.forEach(type -> modules.add(moduleOf(type)));
    return modules;
  }

  /** Where the source of a class is. */
  static Path sourceOf(JavaClass type, String fileName) {
    return Tree.ROOT
        .resolve(moduleOf(type))
        .resolve("src/main/java")
        .resolve(type.getPackageName().replace('.', '/'))
        .resolve(fileName);
  }
}
