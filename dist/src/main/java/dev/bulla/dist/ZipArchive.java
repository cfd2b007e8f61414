package dev.bulla.dist;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Packs a folder into a zip: sorted, with one time for every entry and with the permissions that
 * make the launcher start, so that the same folder gives the same bytes. The {@code zip} program
 * would do, but is not on every machine.
 */
final class ZipArchive {

  private ZipArchive() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      System.err.println("usage: ZipArchive FOLDER TIME OUTPUT");
      System.exit(2);
    }
    pack(Path.of(args[0]).toAbsolutePath().normalize(), Instant.parse(args[1]), Path.of(args[2]));
  }

  /** Packs {@code folder} under its own name. */
  static void pack(Path folder, Instant time, Path output) throws IOException {
    Files.deleteIfExists(output);
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    String name = folder.getName(folder.getNameCount() - 1).toString();
    URI zip = URI.create("jar:" + output.toAbsolutePath().toUri());
    Map<String, Object> settings = Map.of("create", true, "enablePosixFileAttributes", true);
    try (FileSystem entries = FileSystems.newFileSystem(zip, settings)) {
      for (Path file : files) {
        Path entry = entries.getPath(name, folder.relativize(file).toString());
        Files.createDirectories(entry.getParent());
        Files.copy(file, entry);
        setTime(entry, time);
        Files.setPosixFilePermissions(
            entry,
            PosixFilePermissions.fromString(Files.isExecutable(file) ? "rwxr-xr-x" : "rw-r--r--"));
      }
      try (Stream<Path> walk = Files.walk(entries.getPath("/"))) {
        for (Path made :
            walk.filter(Files::isDirectory).filter(p -> p.getNameCount() > 0).toList()) {
          setTime(made, time);
        }
      }
    }
  }

  /** All three: the local header of an entry records when it was read and made, too. */
  private static void setTime(Path entry, Instant time) throws IOException {
    FileTime same = FileTime.from(time);
    Files.getFileAttributeView(entry, BasicFileAttributeView.class).setTimes(same, same, same);
  }
}
