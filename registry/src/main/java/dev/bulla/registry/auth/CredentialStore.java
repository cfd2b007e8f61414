package dev.bulla.registry.auth;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Writes the file that {@link StoredCredentials} reads: what {@code login} and {@code logout} do.
 * Where the file names a helper for the registry, the secret goes to the helper and not into the
 * file. Members that it does not know stay as they are.
 *
 * <p>The file is replaced in one step, so that a reader sees the old or the new one, and only its
 * owner may read it.
 */
public final class CredentialStore {

  private static final Duration HELPER_TIMEOUT = Duration.ofSeconds(30);

  private final RegistryEnvironment environment;
  private final Path file;

  private CredentialStore(RegistryEnvironment environment, Path file) {
    this.environment = environment;
    this.file = file;
  }

  /** {@code $DOCKER_CONFIG/config.json}, else {@code ~/.docker/config.json}. */
  public static CredentialStore ofDocker(RegistryEnvironment environment) {
    return new CredentialStore(environment, StoredCredentials.dockerConfig(environment));
  }

  /** Another file of that format, such as podman's {@code auth.json}. */
  public static CredentialStore in(Path file, RegistryEnvironment environment) {
    return new CredentialStore(environment, file);
  }

  public Path file() {
    return file;
  }

  /**
   * Keeps credentials for a registry, in place of others.
   *
   * @param registry as written in references
   * @return the helper program that has the secret now; empty when it is in the file, unencrypted
   */
  public Optional<String> save(String registry, Credentials.Basic credentials)
      throws ConfigurationException {
    JsonObject before = read();
    Optional<String> helper = helper(before, registry);
    JsonObject.Builder entry = JsonObject.builder();
    if (helper.isPresent()) {
      helper(helper.get()).store(key(registry), credentials);
    } else {
      entry.put(
          "auth",
          Base64Text.encode(Bytes.utf8(credentials.username() + ":" + credentials.password())));
    }
    write(withEntry(before, registry, Optional.of(entry.build())));
    return helper.map(CredentialStore::program);
  }

  /**
   * Forgets the credentials of a registry.
   *
   * @return whether there were any
   */
  public boolean erase(String registry) throws ConfigurationException {
    if (!Files.exists(file)) {
      return false;
    }
    JsonObject before = read();
    Optional<String> helper = helper(before, registry);
    boolean known = helper.isPresent() && helper(helper.get()).erase(key(registry));
    JsonObject after = withEntry(before, registry, Optional.empty());
    if (!after.equals(before)) {
      known = true;
      write(after);
    }
    return known;
  }

  private CredentialHelper helper(String name) {
    return new CredentialHelper(environment, name, HELPER_TIMEOUT);
  }

  private static String program(String helper) {
    return "docker-credential-" + helper;
  }

  private static Repository anyOf(String registry) {
    return new Repository(registry, "any/repository");
  }

  /** The name under which docker keeps a registry. */
  private static String key(String registry) {
    return ServerKey.helperArgument(anyOf(registry));
  }

  private Optional<String> helper(JsonObject config, String registry)
      throws ConfigurationException {
    try {
      return CredentialFile.parse(file, config).helperFor(anyOf(registry));
    } catch (MalformedInputException e) {
      throw unusable(e);
    }
  }

  private JsonObject read() throws ConfigurationException {
    try (InputStream in = Files.newInputStream(file)) {
      Bytes content = LimitedInput.readAll(in, Limits.MAX_KEY_FILE, file.toString());
      return JsonParser.parseObject(content, file.toString());
    } catch (NoSuchFileException e) {
      return JsonObject.EMPTY;
    } catch (IOException e) {
      throw new ConfigurationException("cannot read " + file + ": " + e.getMessage(), e);
    } catch (MalformedInputException e) {
      throw unusable(e);
    }
  }

  private static ConfigurationException unusable(MalformedInputException e) {
    return new ConfigurationException("cannot use the credentials in " + e.message(), e);
  }

  /**
   * The configuration with one entry for a registry, or none, whatever the spellings before.
   * Entries for a part of the registry stay.
   */
  private JsonObject withEntry(JsonObject config, String registry, Optional<JsonObject> entry)
      throws ConfigurationException {
    String name = "auths";
    JsonObject.Builder auths = JsonObject.builder();
    JsonObject.Builder all = JsonObject.builder();
    try {
      Optional<JsonObject> before = GoFields.of(config, file.toString()).object(name);
      for (JsonObject.Member member : before.orElse(JsonObject.EMPTY).members()) {
        ServerKey known = ServerKey.parse(member.name());
        if (!known.path().isEmpty() || !known.covers(anyOf(registry))) {
          auths.put(member.name(), member.value());
        }
      }
    } catch (MalformedInputException e) {
      throw unusable(e);
    }
    if (entry.isPresent()) {
      auths.put(key(registry), entry.get());
    }
    boolean placed = false;
    for (JsonObject.Member member : config.members()) {
      boolean here = member.name().equalsIgnoreCase(name);
      placed |= here;
      all.put(member.name(), here ? auths.build() : member.value());
    }
    if (!placed && entry.isPresent()) {
      all.put(name, auths.build());
    }
    return all.build();
  }

  private void write(JsonObject config) throws ConfigurationException {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null && !Files.isDirectory(folder)) {
        Files.createDirectories(folder, mode(folder, "rwx------"));
      }
      // people keep a link here to a file under version control; the link stays
      Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
      Path fresh = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
      try {
        writeNew(fresh, GoJson.writeIndented(config, 2));
        Files.move(
            fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw new ConfigurationException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static void writeNew(Path fresh, Bytes content) throws IOException {
    try (OutputStream out =
        Channels.newOutputStream(
            Files.newByteChannel(
                fresh,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                mode(fresh, "rw-------")))) {
      content.writeTo(out);
      out.write('\n');
    }
  }

  private static FileAttribute<?>[] mode(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
