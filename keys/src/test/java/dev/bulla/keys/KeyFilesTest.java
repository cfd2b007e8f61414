package dev.bulla.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.KeyFiles.IfExists;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class KeyFilesTest {

  private static final Bytes PRIVATE = Bytes.utf8(Vectors.PRIVATE);

  @TempDir Path directory;
  private VerificationKey publicKey;

  @BeforeEach
  void aPublicKey() throws Exception {
    publicKey = VerificationKey.parsePem(Bytes.utf8(Vectors.PUBLIC), "key");
  }

  private KeyFiles.Names write(String prefix, IfExists ifExists) throws KeyException {
    return KeyFiles.writePair(directory, prefix, PRIVATE, publicKey, ifExists);
  }

  private List<String> files() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void writesBothFiles() throws Exception {
    assertThat(KeyFiles.privateKeyExists(directory, "cosign")).isFalse();

    assertThat(write("cosign", IfExists.REFUSE))
        .isEqualTo(new KeyFiles.Names("cosign.key", "cosign.pub"));

    assertThat(KeyFiles.privateKeyExists(directory, "cosign")).isTrue();
    assertThat(files()).containsExactly("cosign.key", "cosign.pub");
    assertThat(directory.resolve("cosign.key")).hasContent(Vectors.PRIVATE);
    assertThat(directory.resolve("cosign.pub")).hasContent(Vectors.PUBLIC);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void keepsThePrivateFileToItsOwner() throws Exception {
    for (IfExists ifExists : IfExists.values()) {
      write("cosign", ifExists);
      assertThat(Files.getPosixFilePermissions(directory.resolve("cosign.key")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(Files.getPosixFilePermissions(directory.resolve("cosign.pub")))
          .containsAll(PosixFilePermissions.fromString("rw-------"))
          .doesNotContainAnyElementsOf(PosixFilePermissions.fromString("--x-wx-wx"));
    }
  }

  @Test
  void refusesToOverwriteUnlessAllowed() throws Exception {
    Files.writeString(directory.resolve("cosign.key"), "old");

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> write("cosign", IfExists.REFUSE))
        .withMessage("open cosign.key: file exists");
    assertThat(directory.resolve("cosign.key")).hasContent("old");
    assertThat(files()).containsExactly("cosign.key");

    write("cosign", IfExists.REPLACE);
    assertThat(directory.resolve("cosign.key")).hasContent(Vectors.PRIVATE);
    assertThat(files()).containsExactly("cosign.key", "cosign.pub");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void neverWritesThroughALink() throws Exception {
    Path elsewhere = directory.resolve("elsewhere");
    Files.writeString(elsewhere, "precious");
    Path nowhere = directory.resolve("nowhere");
    Files.createSymbolicLink(directory.resolve("a.key"), elsewhere);
    Files.createSymbolicLink(directory.resolve("a.pub"), elsewhere);
    Files.createSymbolicLink(directory.resolve("b.key"), nowhere);

    for (String prefix : List.of("a", "b")) {
      assertThat(KeyFiles.privateKeyExists(directory, prefix)).isTrue();
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(() -> write(prefix, IfExists.REFUSE))
          .withMessage("open " + prefix + ".key: file exists");
      write(prefix, IfExists.REPLACE);
      assertThat(Files.isSymbolicLink(directory.resolve(prefix + ".key"))).isFalse();
    }
    assertThat(elsewhere).hasContent("precious");
    assertThat(nowhere).doesNotExist();
    assertThat(files()).containsExactly("a.key", "a.pub", "b.key", "b.pub", "elsewhere");
  }

  @Test
  void saysWhyNot() throws Exception {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> write("missing/cosign", IfExists.REFUSE))
        .withMessage("open missing/cosign.key: no such file or directory");
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> write("a\0b", IfExists.REFUSE))
        .withMessageContaining("invalid argument");

    Files.createDirectories(directory.resolve("dir.key/full"));
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> write("dir", IfExists.REPLACE))
        .withMessageStartingWith("open dir.key: ");
    assertThat(files()).containsExactly("dir.key");
  }

  @Test
  void worksWhereFilesHaveNoPermissions() throws Exception {
    Path archive = directory.resolve("archive.zip");
    try (FileSystem zip =
        FileSystems.newFileSystem(URI.create("jar:" + archive.toUri()), Map.of("create", "true"))) {
      assertThat(zip.supportedFileAttributeViews()).doesNotContain("posix");
      Path root = zip.getPath("/");
      for (IfExists ifExists : IfExists.values()) {
        KeyFiles.writePair(root, "cosign", PRIVATE, publicKey, ifExists);
        assertThat(Files.readString(root.resolve("cosign.key"))).isEqualTo(Vectors.PRIVATE);
        assertThat(Files.readString(root.resolve("cosign.pub"))).isEqualTo(Vectors.PUBLIC);
      }
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(
              () -> KeyFiles.writePair(root, "cosign", PRIVATE, publicKey, IfExists.REFUSE));
      assertThat(VerificationKeys.load("cosign.pub", KeyContext.filesIn(root)))
          .isEqualTo(publicKey);
      try (Stream<Path> files = Files.list(root)) {
        assertThat(files).hasSize(2);
      }
    }
  }
}
