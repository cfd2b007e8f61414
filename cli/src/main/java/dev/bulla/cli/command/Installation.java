package dev.bulla.cli.command;

import dev.bulla.keys.kms.KmsProviders;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.security.CodeSource;

/** Where this program lies on disk, and what was installed beside it. */
final class Installation {

  private Installation() {}

  /**
   * The providers of keys in services: those inside the program, and for services with large
   * libraries the jars in {@code kms/SCHEME} beside the program's jar.
   */
  static KmsProviders kmsProviders() {
    CodeSource source = Installation.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return KmsProviders.onClassPath();
    }
    try {
      Path program = Path.of(new URI(source.getLocation().toString()));
      Path folder = program.resolveSibling("kms");
      return program.toString().endsWith(".jar")
          ? KmsProviders.onClassPathOrIn(folder)
          : KmsProviders.onClassPath();
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      // not started from a file
      return KmsProviders.onClassPath();
    }
  }
}
