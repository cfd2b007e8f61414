package dev.bulla.keys;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.Quoted;
import dev.bulla.key.VerificationKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;

/**
 * The two files of a key pair, {@code PREFIX.key} and {@code PREFIX.pub}. Private keys are for
 * their owner alone from the moment the file exists, where the file system knows owners.
 */
public final class KeyFiles {

  private KeyFiles() {}

  /** What to do about a private key that is there already. */
  public enum IfExists {
    REFUSE,
    /** Someone has agreed to losing it. */
    REPLACE
  }

  /**
   * The names of the files of a pair, as cosign announces them.
   *
   * @param privateKey {@code PREFIX.key}
   * @param publicKey {@code PREFIX.pub}
   */
  public record Names(String privateKey, String publicKey) {

    public static Names of(String prefix) {
      return new Names(prefix + ".key", prefix + ".pub");
    }
  }

  /** Whether something, be it a dangling link, stands where the private key would go. */
  public static boolean privateKeyExists(Path directory, String prefix) throws KeyException {
    return Files.exists(
        resolve(directory, Names.of(prefix).privateKey()), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Writes both files: the private one with mode 0600, never through a link, and either new or in
   * one step in place of the old one; the public one with mode 0644, in place of whatever was
   * there.
   *
   * @param directory what a relative prefix starts from
   * @param prefix path and beginning of the names
   * @param privateKey the encrypted key file
   * @throws KeyException {@code open PREFIX.key: file exists}, {@code …: permission denied} and the
   *     like; the private key is then as it was before, or complete
   */
  public static Names writePair(
      Path directory, String prefix, Bytes privateKey, VerificationKey publicKey, IfExists ifExists)
      throws KeyException {
    Names names = Names.of(prefix);
    Path privatePath = resolve(directory, names.privateKey());
    Path publicPath = resolve(directory, names.publicKey());
    // what can go wrong here is the directory's fault, and the private key is what people look for
    Path publicDraft =
        draft(publicPath, names.privateKey(), Bytes.utf8(publicKey.toPem()), Mode.PUBLIC);
    try {
      switch (ifExists) {
        case REFUSE -> create(privatePath, names.privateKey(), privateKey, Mode.PRIVATE);
        case REPLACE -> {
          Path privateDraft = draft(privatePath, names.privateKey(), privateKey, Mode.PRIVATE);
          moveInto(privateDraft, privatePath, names.privateKey());
        }
      }
      moveInto(publicDraft, publicPath, names.publicKey());
    } catch (KeyException e) {
      delete(publicDraft, e);
      throw e;
    }
    return names;
  }

  private enum Mode {
    PRIVATE("rw-------"),
    /** Less what the umask takes away. */
    PUBLIC("rw-r--r--");

    private final String permissions;

    Mode(String permissions) {
      this.permissions = permissions;
    }

    FileAttribute<?>[] attributes(Path path) {
      return path.getFileSystem().supportedFileAttributeViews().contains("posix")
          ? new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
          }
          : new FileAttribute<?>[0];
    }
  }

  private static Path resolve(Path directory, String name) throws KeyException {
    try {
      return directory.resolve(name).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new KeyException("open " + Quoted.text(name) + ": invalid argument", e);
    }
  }

  /**
   * A complete file of another name in the same directory, from where it can be moved in one step.
   */
  private static Path draft(Path target, String name, Bytes content, Mode mode)
      throws KeyException {
    String random = Long.toHexString(new SecureRandom().nextLong());
    Path draft = target.resolveSibling(".bulla-" + random + ".tmp");
    create(draft, name, content, mode);
    return draft;
  }

  /** Writes a file that was not there; {@code name} is what messages call it. */
  private static void create(Path target, String name, Bytes content, Mode mode)
      throws KeyException {
    boolean created = false;
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            target,
            // CREATE_NEW fails on links too, also on those that lead nowhere
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            mode.attributes(target))) {
      created = true;
      write(channel, content);
    } catch (IOException e) {
      KeyException problem = FileProblem.opening(name, e);
      if (created) {
        delete(target, problem);
      }
      throw problem;
    }
  }

  private static void write(SeekableByteChannel channel, Bytes content) throws IOException {
    OutputStream out = Channels.newOutputStream(channel);
    content.writeTo(out);
    out.flush();
    if (channel instanceof java.nio.channels.FileChannel file) {
      // a key that signed something must not vanish with the power
      file.force(true);
    }
  }

  private static void moveInto(Path draft, Path target, String name) throws KeyException {
    try {
      try {
        // replaces a link instead of following it
        Files.move(
            draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      KeyException problem = FileProblem.opening(name, e);
      delete(draft, problem);
      throw problem;
    }
  }

  private static void delete(Path file, KeyException because) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }
}
