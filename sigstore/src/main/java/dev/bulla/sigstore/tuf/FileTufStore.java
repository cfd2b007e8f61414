package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Keeps files in a folder. Each is written beside its place and moved there, so that processes that
 * start together see whole files only; the last one wins, and all of them wrote what verifies.
 */
public final class FileTufStore implements TufStore {

  private final Path folder;

  /** A store in this folder, which is made when something is first kept. */
  public FileTufStore(Path folder) {
    this.folder = folder;
  }

  @Override
  public Optional<Bytes> read(String name, int limit) {
    try (InputStream in = Files.newInputStream(folder.resolve(checked(name)))) {
      return Optional.of(LimitedInput.readAll(in, limit, "kept metadata"));
    } catch (IOException | MalformedInputException e) {
      return Optional.empty();
    }
  }

  @Override
  public void write(String name, Bytes content) {
    Path target = folder.resolve(checked(name));
    try {
      Files.createDirectories(folder);
      Path temporary = Files.createTempFile(folder, "new-", ".tmp");
      try {
        try (OutputStream out = Files.newOutputStream(temporary)) {
          content.writeTo(out);
        }
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      // a home that cannot be written to: the next run fetches again
      return;
    }
  }

  @Override
  public void delete(String name) {
    try {
      Files.deleteIfExists(folder.resolve(checked(name)));
    } catch (IOException e) {
      // it is verified again when it is read
      return;
    }
  }

  private static String checked(String name) {
    boolean safe = !name.isEmpty() && name.charAt(0) != '.';
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      safe &= (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    }
    if (!safe) {
      throw new IllegalArgumentException("not a name that the client makes");
    }
    return name;
  }
}
