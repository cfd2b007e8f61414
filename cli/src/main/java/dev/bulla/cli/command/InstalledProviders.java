package dev.bulla.cli.command;

import dev.bulla.keys.kms.KmsProviders;
import java.nio.file.Path;
import java.util.Optional;

/** What was installed for services with large libraries: jars in {@code kms/SCHEME} beside ours. */
final class InstalledProviders implements KmsProviders.Location {

  @Override
  public Optional<Path> find() {
    return Installation.program()
        .filter(program -> program.toString().endsWith(".jar"))
        .map(program -> program.resolveSibling("kms"));
  }
}
