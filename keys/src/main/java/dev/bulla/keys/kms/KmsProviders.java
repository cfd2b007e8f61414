package dev.bulla.keys.kms;

import dev.bulla.error.BullaBug;
import dev.bulla.error.KeyException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Finds the provider of a scheme: among the services on the class path, then in a folder of jars
 * named after the scheme. Nothing is looked for, and no class of a provider loaded, before a
 * reference names its scheme; a line about a key in a file pays for none of them.
 */
public final class KmsProviders {

  private final @Nullable List<SchemeProvider> fixed;
  private final @Nullable Location folders;

  /** Where folders of jars are, found out when it matters. */
  @FunctionalInterface
  public interface Location {

    /** The folder of the folders, where there is one. */
    Optional<Path> find();
  }

  private KmsProviders(@Nullable List<SchemeProvider> fixed, @Nullable Location folders) {
    this.fixed = fixed;
    this.folders = folders;
  }

  /** What is on the class path. */
  public static KmsProviders onClassPath() {
    return new KmsProviders(null, null);
  }

  /**
   * What is on the class path, else the jars in the folder {@code SCHEME} of that place, loaded by
   * a class loader of their own: how the distribution keeps the libraries of cloud services out of
   * everybody's way.
   */
  public static KmsProviders onClassPathOrIn(Location folders) {
    return new KmsProviders(null, folders);
  }

  /** These and no others. */
  public static KmsProviders of(List<? extends SchemeProvider> providers) {
    return new KmsProviders(List.copyOf(providers), null);
  }

  /**
   * The provider of keys that stay where they are, by its scheme; the first that was found when
   * there are several.
   *
   * @param scheme without {@code ://}
   * @throws KeyException when one is installed and cannot be loaded
   */
  public Optional<KmsProvider> find(String scheme) throws KeyException {
    return find(KmsProvider.class, scheme);
  }

  /** As {@link #find(String)}, of keys that are stored as a whole. */
  public Optional<StoredKeysProvider> findStored(String scheme) throws KeyException {
    return find(StoredKeysProvider.class, scheme);
  }

  private <P extends SchemeProvider> Optional<P> find(Class<P> type, String scheme)
      throws KeyException {
    if (fixed != null) {
      return fixed.stream()
          .filter(type::isInstance)
          .map(type::cast)
          .filter(provider -> provider.schemes().contains(scheme))
          .findFirst();
    }
    ClassLoader own = SchemeProvider.class.getClassLoader();
    Optional<P> found = find(type, scheme, own);
    ClassLoader threads = Thread.currentThread().getContextClassLoader();
    if (found.isEmpty() && threads != null && !threads.equals(own)) {
      found = find(type, scheme, threads);
    }
    if (found.isEmpty() && folders != null && isName(scheme)) {
      Optional<Path> folder = folders.find();
      List<URL> jars = folder.isPresent() ? jarsIn(folder.get().resolve(scheme)) : List.of();
      if (!jars.isEmpty()) {
        // not closed: the provider's classes are wanted until the process ends
        found = find(type, scheme, new URLClassLoader(jars.toArray(URL[]::new), own));
      }
    }
    return found;
  }

  private static <P extends SchemeProvider> Optional<P> find(
      Class<P> type, String scheme, @Nullable ClassLoader loader) throws KeyException {
    try {
      for (P provider : ServiceLoader.load(type, loader)) {
        if (provider.schemes().contains(scheme)) {
          return Optional.of(provider);
        }
      }
      return Optional.empty();
    } catch (ServiceConfigurationError e) {
      throw new KeyException("a key provider that is installed cannot be loaded", e);
    }
  }

  /** Whether it is safe as the name of a folder: what came from outside cannot lead elsewhere. */
  private static boolean isName(String scheme) {
    return !scheme.isEmpty()
        && scheme.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
  }

  private static List<URL> jarsIn(Path folder) throws KeyException {
    List<URL> jars = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return jars;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
      for (Path file : files) {
        jars.add(file.toUri().toURL());
      }
    } catch (MalformedURLException e) {
      throw new BullaBug("a file has a URL", e);
    } catch (IOException | DirectoryIteratorException e) {
      throw new KeyException("the folder of a key provider cannot be read", e);
    }
    return jars;
  }
}
