package dev.bulla.keys.kms;

import dev.bulla.error.BullaBug;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds what was installed for a service: among the services on the class path, then in a folder of
 * jars. Each folder is opened once, by a class loader of its own, when somebody asks for it: how
 * the distribution keeps the libraries of cloud services out of everybody's way. Safe for use by
 * many threads at once.
 */
public final class InstalledServices {

  private final @Nullable Location folders;
  private final Map<Path, URLClassLoader> opened = new HashMap<>();

  /** Where folders of jars are, found out when it matters. */
  @FunctionalInterface
  public interface Location {

    /** The folder of the folders, where there is one. */
    Optional<Path> find();
  }

  private InstalledServices(@Nullable Location folders) {
    this.folders = folders;
  }

  /** What is on the class path. */
  public static InstalledServices onClassPath() {
    return new InstalledServices(null);
  }

  /** What is on the class path, else in a folder of that place. */
  public static InstalledServices onClassPathOrIn(Location folders) {
    return new InstalledServices(folders);
  }

  /**
   * The first that is wanted.
   *
   * @param type under which it is found by {@link ServiceLoader}
   * @param folder the name of the folder that it may lie in
   * @throws IOException when what is installed cannot be loaded; the message says so
   */
  public <S> Optional<S> find(Class<S> type, String folder, Predicate<? super S> wanted)
      throws IOException {
    ClassLoader own = type.getClassLoader();
    Optional<S> found = first(type, own, wanted);
    ClassLoader threads = Thread.currentThread().getContextClassLoader();
    if (found.isEmpty() && threads != null && !threads.equals(own)) {
      found = first(type, threads, wanted);
    }
    if (found.isEmpty() && folders != null && isName(folder)) {
      Optional<Path> place = folders.find();
      ClassLoader jars = place.isEmpty() ? null : open(place.get().resolve(folder), own);
      if (jars != null) {
        found = first(type, jars, wanted);
      }
    }
    return found;
  }

  private static <S> Optional<S> first(
      Class<S> type, @Nullable ClassLoader loader, Predicate<? super S> wanted) throws IOException {
    try {
      for (S service : ServiceLoader.load(type, loader)) {
        if (wanted.test(service)) {
          return Optional.of(service);
        }
      }
      return Optional.empty();
    } catch (ServiceConfigurationError e) {
      throw new IOException("is installed and cannot be loaded", e);
    }
  }

  /** Whether it is safe as the name of a folder: what came from outside cannot lead elsewhere. */
  private static boolean isName(String folder) {
    return !folder.isEmpty()
        && folder.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
  }

  /** The loaders are not closed: their classes are wanted until the process ends. */
  private synchronized @Nullable ClassLoader open(Path folder, @Nullable ClassLoader parent)
      throws IOException {
    URLClassLoader known = opened.get(folder);
    if (known == null) {
      List<URL> jars = jarsIn(folder);
      if (jars.isEmpty()) {
        return null;
      }
      known = new URLClassLoader(jars.toArray(URL[]::new), parent);
      opened.put(folder, known);
    }
    return known;
  }

  private static List<URL> jarsIn(Path folder) throws IOException {
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
      throw new IOException("lies in a folder that cannot be read", e);
    }
    return jars;
  }
}
