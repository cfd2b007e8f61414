package dev.bulla.testkit.registry;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that are there whole or not at all, also after the machine lost its power. */
final class DurableFiles {

  private DurableFiles() {}

  /** Gives a finished file its name; content and name are on the disk when this returns. */
  static void publish(Path finished, Path name) throws IOException {
    force(finished, StandardOpenOption.WRITE);
    Files.move(finished, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path folder = name.toAbsolutePath().getParent();
    if (folder != null && folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      force(folder, StandardOpenOption.READ); // elsewhere folders cannot be opened
    }
  }

  private static void force(Path path, StandardOpenOption how) throws IOException {
    try (FileChannel channel = FileChannel.open(path, how)) {
      channel.force(true);
    }
  }
}
