package dev.bulla.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkingFilesTest {

  @TempDir Path folder;
  private WorkingFiles files;

  @BeforeEach
  void open() {
    files = new WorkingFiles(folder);
  }

  @Test
  void readsWhatStandsInTheCallersFolder() throws Exception {
    Files.writeString(folder.resolve("a.txt"), "hello");

    assertThat(files.read("a.txt", 5)).isEqualTo(Bytes.utf8("hello"));
    assertThat(files.read(folder.resolve("a.txt").toString(), 5)).isEqualTo(Bytes.utf8("hello"));
  }

  @Test
  void reportsFailuresAsOtherToolsDo() throws IOException {
    assertFails("missing.pem", "open missing.pem: no such file or directory");
    assertFails("no/dir.pem", "open no/dir.pem: no such file or directory");
    assertFails("", "read .: is a directory");
    assertFails("a\0b", "open a\\u{0}b: invalid argument");
    Files.createDirectory(folder.resolve("d"));
    assertFails("d", "read d: is a directory");
  }

  @Test
  void refusesWhatIsLongerThanTheLimit() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "hello!");

    assertThatThrownBy(() -> files.read("a.txt", 5)).isInstanceOf(MalformedInputException.class);
  }

  @Test
  void givesFilesTheModeTheyNeedAlsoWhenTheyWereThere() throws Exception {
    files.writePublic("a", Bytes.utf8("longer"));
    files.writePrivate("a", Bytes.utf8("short"));
    files.writePublic("b", Bytes.utf8("b"));

    assertThat(folder.resolve("a")).hasContent("short");
    assertThat(mode("a")).isEqualTo("rw-------");
    assertThat(mode("b")).isEqualTo("rw-r--r--");
  }

  @Test
  void saysWhereAFileCannotBeWritten() {
    assertThatThrownBy(() -> files.writePublic("no/a", Bytes.EMPTY))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("open no/a: no such file or directory");
  }

  private void assertFails(String name, String message) {
    assertThatThrownBy(() -> files.read(name, 100))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
  }
}
