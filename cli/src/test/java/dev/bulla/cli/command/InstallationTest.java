package dev.bulla.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationTest {

  @TempDir Path folder;

  @Test
  void theJarOnTheClassPathIsTheProgramWhateverTheClassArchiveTells() throws Exception {
    Path jar = folder.resolve("lib/bulla.jar");
    assertThat(Installation.program(jar.toString(), null)).contains(jar);
    assertThat(Installation.program(jar.toString(), Path.of("/build/bulla.jar").toUri().toURL()))
        .as("where the jar lay when the archive was made")
        .contains(jar);
    assertThat(Installation.program("lib/bulla.jar", null))
        .contains(Path.of("lib/bulla.jar").toAbsolutePath());
  }

  @Test
  void amongManyTheOneOfThisClass() throws Exception {
    String many = "a.jar" + File.pathSeparator + "b.jar";
    assertThat(Installation.program(many, folder.toUri().toURL())).contains(folder);
    assertThat(Installation.program(many, null)).isEmpty();
    assertThat(Installation.program(many, new URI("jar:file:/a.jar!/").toURL())).isEmpty();
    assertThat(Installation.program("not\0apath.jar", null)).isEmpty();
  }

  @Test
  void theProgramOfThisTestIsTheFolderOfItsClasses() {
    assertThat(Installation.program())
        .get()
        .matches(path -> path.resolve("dev/bulla/cli/Main.class").toFile().exists());
  }
}
