package dev.bulla.sigstore.trust;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.tuf.FileTufStore;
import dev.bulla.sigstore.tuf.TufStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder that keeps trust material. What the user chose lies where cosign keeps it, so that
 * both follow one choice: the mirror in {@code remote.json}, the first root in {@code
 * MIRROR/root.json}. What was fetched lies in a folder of our own, {@code bulla}.
 */
final class TrustHome {

  private static final String REMOTE = "remote.json";
  private static final String ROOT = "root.json";

  private final Path folder;

  TrustHome(Path folder) {
    this.folder = folder;
  }

  /** The mirror that {@code initialize} chose. */
  Optional<String> mirror() throws ConfigurationException {
    Optional<Bytes> remote;
    try {
      remote = read(folder.resolve(REMOTE));
    } catch (IOException | MalformedInputException e) {
      throw new ConfigurationException("error setting TUF mirror: error reading remote.json", e);
    }
    if (remote.isEmpty()) {
      return Optional.empty();
    }
    try {
      JsonObject whole = JsonParser.parseObject(remote.get(), REMOTE);
      if (whole.get("mirror").orElse(null) instanceof JsonString mirror) {
        return Optional.of(mirror.value());
      }
      throw new MalformedInputException(REMOTE, "no member mirror");
    } catch (MalformedInputException e) {
      throw new ConfigurationException(
          "error setting TUF mirror: error unmarshalling remote.json: " + e.message(), e);
    }
  }

  /** The first root that the user brought for a mirror, or that cosign keeps for it. */
  Optional<Bytes> root(String mirror) throws ConfigurationException {
    Optional<String> name = folderName(mirror);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    try {
      return read(folder.resolve(name.get()).resolve(ROOT));
    } catch (IOException | MalformedInputException e) {
      throw new ConfigurationException("error setting root: error reading cached root.json", e);
    }
  }

  /** What was fetched from a mirror. */
  TufStore store(String mirror) {
    return new FileTufStore(
        folder.resolve("bulla").resolve(Digest.sha256(Bytes.utf8(mirror)).hex()));
  }

  /**
   * Makes a mirror the chosen one. What was fetched from it before is forgotten, by us and by
   * cosign; nothing else in the folder is touched.
   */
  void choose(String mirror, Bytes root) throws ConfigurationException {
    try {
      createPrivate(folder);
      write(
          folder.resolve(REMOTE), GoJson.write(JsonObject.builder().put("mirror", mirror).build()));
    } catch (IOException e) {
      throw new ConfigurationException("storing remote: " + e.getMessage(), e);
    }
    try {
      forget(folder.resolve("bulla").resolve(Digest.sha256(Bytes.utf8(mirror)).hex()));
      Optional<String> name = folderName(mirror);
      if (name.isPresent()) {
        Path own = folder.resolve(name.get());
        createPrivate(own);
        for (String file : List.of("timestamp.json", "snapshot.json", "targets.json")) {
          Files.deleteIfExists(own.resolve(file));
        }
        write(own.resolve(ROOT), root);
      }
    } catch (IOException e) {
      throw new ConfigurationException("creating cache directory: " + e.getMessage(), e);
    }
  }

  private static void forget(Path fetched) throws IOException {
    if (!Files.isDirectory(fetched)) {
      return;
    }
    try (Stream<Path> files = Files.list(fetched)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private static void createPrivate(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(directory);
    }
  }

  /** A temporary file is its owner's alone, and so is what it becomes. */
  private static void write(Path file, Bytes content) throws IOException {
    Path temporary = Files.createTempFile(file.getParent(), "new-", ".tmp");
    try {
      try (OutputStream out = Files.newOutputStream(temporary)) {
        content.writeTo(out);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static Optional<Bytes> read(Path file) throws IOException, MalformedInputException {
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(
          LimitedInput.readAll(in, Limits.MAX_KEY_FILE, String.valueOf(file.getFileName())));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    }
  }

  /**
   * The name of a mirror's folder, as sigstore-go makes it. Nothing for addresses whose name would
   * not be one plain name below the folder.
   */
  static Optional<String> folderName(String mirror) {
    String name = mirror;
    for (String scheme : List.of("https://", "http://")) {
      if (name.startsWith(scheme)) {
        name = name.substring(scheme.length());
        break;
      }
    }
    name = name.replace('/', '-').replace(':', '-').toLowerCase(Locale.ROOT);
    boolean plain = !name.isEmpty() && name.length() <= 200 && name.charAt(0) != '.';
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      plain &= (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "-._~%".indexOf(c) >= 0;
    }
    // our own folder is not a mirror's
    return plain && !name.equals("bulla") && !name.equals("targets")
        ? Optional.of(name)
        : Optional.empty();
  }
}
