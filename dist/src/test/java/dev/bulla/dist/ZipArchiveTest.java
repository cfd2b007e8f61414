package dev.bulla.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ZipArchiveTest {

  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path folder;

  @Test
  void sameFilesGiveTheSameBytesWhenAndInWhateverOrderTheyWereWritten() throws Exception {
    Path one = Files.createDirectories(folder.resolve("one/bulla-1"));
    Files.createDirectory(one.resolve("lib"));
    Files.writeString(one.resolve("lib/b"), "b");
    Files.writeString(one.resolve("a"), "a");
    Path two = Files.createDirectories(folder.resolve("two/bulla-1"));
    Files.writeString(two.resolve("a"), "a");
    Files.createDirectory(two.resolve("lib"));
    Files.writeString(two.resolve("lib/b"), "b");
    Files.setLastModifiedTime(two.resolve("a"), FileTime.from(TIME.minusSeconds(1_000_000)));

    ZipArchive.pack(one, TIME, folder.resolve("one.zip"));
    ZipArchive.pack(two, TIME, folder.resolve("two.zip"));

    assertThat(folder.resolve("one.zip")).hasSameBinaryContentAs(folder.resolve("two.zip"));
    try (ZipFile zip = new ZipFile(folder.resolve("one.zip").toFile())) {
      assertThat(zip.stream().map(entry -> entry.getName()))
          .contains("bulla-1/a", "bulla-1/lib/b")
          .allMatch(name -> name.startsWith("bulla-1/"));
    }
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(folder.resolve("one.zip")))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(TIME);
        assertThat(entry.getLastAccessTime().toInstant()).isEqualTo(TIME);
        assertThat(entry.getCreationTime().toInstant()).isEqualTo(TIME);
      }
    }
  }
}
