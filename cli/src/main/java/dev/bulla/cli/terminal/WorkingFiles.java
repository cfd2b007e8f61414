package dev.bulla.cli.terminal;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Files as a command line names them: relative paths start from the caller's folder, and a failure
 * reads as on any Unix tool: {@code open missing.pem: no such file or directory}.
 */
public final class WorkingFiles {

  private final Path directory;

  public WorkingFiles(Path directory) {
    this.directory = directory;
  }

  /** The file that a name on the command line means. An empty name means the folder itself. */
  public Path resolve(String name) throws ConfigurationException {
    try {
      return directory.resolve(name);
    } catch (InvalidPathException e) {
      throw new ConfigurationException("open " + Quoted.plain(name) + ": invalid argument", e);
    }
  }

  public boolean exists(String name) throws ConfigurationException {
    return Files.exists(resolve(name));
  }

  /**
   * Reads a whole file.
   *
   * @param limit bytes
   * @throws ConfigurationException when the file cannot be opened or read
   * @throws MalformedInputException when it is longer than the limit
   */
  public Bytes read(String name, long limit)
      throws ConfigurationException, MalformedInputException {
    Path path = resolve(name);
    if (Files.isDirectory(path)) {
      throw new ConfigurationException("read " + shown(name) + ": is a directory");
    }
    try (InputStream in = Files.newInputStream(path)) {
      return LimitedInput.readAll(in, limit, shown(name));
    } catch (IOException e) {
      throw new ConfigurationException("open " + shown(name) + ": " + reason(e), e);
    }
  }

  /** Writes a file that everybody may read (mode 0644), in place of one that is there. */
  public void writePublic(String name, Bytes content) throws ConfigurationException {
    write(name, content, "rw-r--r--");
  }

  /** Writes a file that only its owner may read (mode 0600), in place of one that is there. */
  public void writePrivate(String name, Bytes content) throws ConfigurationException {
    write(name, content, "rw-------");
  }

  private void write(String name, Bytes content, String mode) throws ConfigurationException {
    try (OutputStream out = create(resolve(name), PosixFilePermissions.fromString(mode))) {
      content.writeTo(out);
    } catch (IOException e) {
      throw new ConfigurationException("open " + shown(name) + ": " + reason(e), e);
    }
  }

  /** Opens a file for writing, emptied or new, with the permissions that other tools give. */
  public OutputStream create(String name) throws IOException, ConfigurationException {
    return create(resolve(name), Set.of());
  }

  private static OutputStream create(Path path, Set<PosixFilePermission> mode) throws IOException {
    Set<StandardOpenOption> options =
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    if (mode.isEmpty() || !posix) {
      return Files.newOutputStream(path, options.toArray(StandardOpenOption[]::new));
    }
    FileAttribute<Set<PosixFilePermission>> permissions =
        PosixFilePermissions.asFileAttribute(mode);
    OutputStream out =
        Channels.newOutputStream(Files.newByteChannel(path, new HashSet<>(options), permissions));
    try {
      if (Files.isRegularFile(path) && !Files.getPosixFilePermissions(path).equals(mode)) {
        // a file that was there kept its own mode, which may be too open for a secret
        Files.setPosixFilePermissions(path, mode);
      }
      return out;
    } catch (IOException e) {
      out.close();
      throw e;
    }
  }

  /** The path as typed, with {@code .} for an empty one, safe to print. */
  private static String shown(String name) {
    return name.isEmpty() ? "." : Quoted.plain(name);
  }

  /** Why a file could not be used, as the operating system's own tools say it. */
  public static String reason(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof FileSystemException named && named.getReason() != null) {
      String reason = named.getReason();
      return reason.substring(0, 1).toLowerCase(Locale.ROOT) + reason.substring(1);
    }
    return String.valueOf(failure.getMessage());
  }
}
