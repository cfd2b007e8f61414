package dev.bulla.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.error.ConfigurationException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups of commands whose jars lie in a folder of their own. */
class SeparateCommandsTest {

  /** What the jar in the folder names. */
  public static final class Provider implements CommandProvider {

    static final String PATH = "admission of-the-test";

    @Override
    public List<String> paths() {
      return List.of(PATH);
    }

    @Override
    public Command command(String path) {
      return new CommandGroup(CommandSpec.of(path, "For tests"));
    }
  }

  @TempDir Path folder;

  @Test
  void areFoundInTheFolderOfTheirGroup() throws Exception {
    jar("admission", Provider.class.getName());
    CommandTable table = new CommandTable(() -> Optional.of(folder));

    assertThat(table.find(Provider.PATH)).isPresent();
    assertThat(table.find("admission of-nobody")).isEmpty();
  }

  @Test
  void noOtherFolderIsOpened() throws Exception {
    jar("other", Provider.class.getName());
    CommandTable table = new CommandTable(() -> Optional.of(folder));

    assertThat(table.find(Provider.PATH)).isEmpty();
    assertThat(table.find("other of-the-test")).isEmpty();
  }

  @Test
  void builtInCommandsDoNotAskForFolders() throws Exception {
    CommandTable table =
        new CommandTable(() -> {
          throw new AssertionError("was asked");
        });

    assertThat(table.find("verify")).isPresent();
    assertThat(table.find("attach signature")).isPresent();
  }

  @Test
  void whatCannotBeLoadedIsSaidAndTheOtherCommandsAreListedAllTheSame() throws Exception {
    jar("admission", "dev.bulla.NoSuchClass");
    CommandTable table = new CommandTable(() -> Optional.of(folder));

    assertThatThrownBy(() -> table.find(Provider.PATH))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("`bulla admission` is installed and cannot be loaded");
    assertThat(table.names()).contains("verify");
  }

  private void jar(String group, String provider) throws IOException {
    Path jar = Files.createDirectories(folder.resolve(group)).resolve("commands.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new JarEntry("META-INF/services/" + CommandProvider.class.getName()));
      out.write(provider.getBytes(StandardCharsets.UTF_8));
    }
  }
}
