package dev.bulla.cli.command;

import dev.bulla.keys.kms.KmsProviders;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/**
 * Where this program lies on disk, and what was installed beside it: for services with large
 * libraries the jars in {@code kms/SCHEME} beside the program's jar.
 */
final class Installation implements KmsProviders.Location {

  @Override
  public Optional<Path> find() {
    CodeSource source = Installation.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return Optional.empty();
    }
    try {
      Path program = Path.of(new URI(source.getLocation().toString()));
      return program.toString().endsWith(".jar")
          ? Optional.of(program.resolveSibling("kms"))
          : Optional.empty();
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      // not started from a file
      return Optional.empty();
    }
  }
}
