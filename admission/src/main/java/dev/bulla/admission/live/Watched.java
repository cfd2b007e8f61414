package dev.bulla.admission.live;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * A value made of files, made again when their content changes. When the new content has a mistake,
 * the last value without one stays. Content is compared, not times: mounted secrets and
 * configuration maps are swapped by links.
 *
 * <p>Thread-safe; {@link #get} never waits.
 */
public final class Watched<T> implements Supplier<T> {

  /** Files are no larger, in bytes. */
  private static final int MAX_FILE = 8 << 20;

  private static final int MAX_FILES = 1000;

  private final Paths paths;
  private final Loader<T> loader;
  private final Listener listener;
  private volatile T current;
  private Digest seen;
  private String told = "";

  /** Which files there are now, and folders whose files count. Asked at each look. */
  @FunctionalInterface
  public interface Paths {
    List<Path> get() throws IOException;
  }

  /** Makes the value from the files as they are. */
  public interface Loader<T> {
    T load() throws BullaException, IOException;
  }

  /** Told what came of a change. Called by the thread that looks. */
  public interface Listener {

    void reloaded();

    /**
     * The last value stays.
     *
     * @param why for the person who wrote the files
     */
    void kept(String why);
  }

  private Watched(Paths paths, Loader<T> loader, Listener listener, T current, Digest seen) {
    this.paths = paths;
    this.loader = loader;
    this.listener = listener;
    this.current = current;
    this.seen = seen;
  }

  /**
   * Makes the value for the first time.
   *
   * @param paths files, and folders whose files count
   * @throws BullaException when the files have a mistake now
   */
  public static <T> Watched<T> start(List<Path> paths, Loader<T> loader, Listener listener)
      throws BullaException, IOException {
    List<Path> same = List.copyOf(paths);
    return start(() -> same, loader, listener);
  }

  /**
   * Makes the value for the first time, of files that may be others at the next look.
   *
   * @throws BullaException when the files have a mistake now
   */
  public static <T> Watched<T> start(Paths paths, Loader<T> loader, Listener listener)
      throws BullaException, IOException {
    Digest seen = fingerprint(paths.get());
    return new Watched<>(paths, loader, listener, loader.load(), seen);
  }

  @Override
  public T get() {
    return current;
  }

  /**
   * Looks whether the files have changed, and takes what they say now if it has no mistake. What
   * could not be read is tried again at the next look; the same reason is told once.
   */
  public synchronized void look() {
    Digest now;
    try {
      now = fingerprint(paths.get());
    } catch (IOException | MalformedInputException e) {
      // between two states of a mount; what it says is looked at once it can be read
      keep(UNREADABLE, UNREADABLE, "cannot be read: " + reason(e));
      return;
    }
    if (now.equals(seen)) {
      return;
    }
    // as a task, so that whatever goes wrong inside is told and not the end of looking
    FutureTask<T> load = new FutureTask<>(loader::load);
    load.run();
    if (load.state() != Future.State.SUCCESS) {
      Throwable failure = load.exceptionNow();
      keep(now, isPassing(failure) ? UNREADABLE : now, reason(failure));
      return;
    }
    current = load.resultNow();
    seen = now;
    told = "";
    listener.reloaded();
  }

  /**
   * The last value stays.
   *
   * @param content what is not taken
   * @param done what counts as looked at
   */
  private void keep(Digest content, Digest done, String why) {
    seen = done;
    String telling = content + " " + why;
    if (!telling.equals(told)) {
      told = telling;
      listener.kept(why);
    }
  }

  /** Whether the same content may be good the next time. */
  private static boolean isPassing(Throwable e) {
    return e instanceof IOException
        || e instanceof UncheckedIOException
        || e.getCause() instanceof IOException;
  }

  private static final Digest UNREADABLE = Digest.sha256(Bytes.EMPTY);

  private static String reason(Throwable e) {
    if (e instanceof BullaException ours) {
      return ours.message();
    }
    if (e instanceof UncheckedIOException && e.getCause() instanceof IOException cause) {
      return String.valueOf(cause.getMessage());
    }
    return e instanceof IOException ? String.valueOf(e.getMessage()) : "internal error: " + e;
  }

  private static Digest fingerprint(List<Path> paths) throws IOException, MalformedInputException {
    StringBuilder all = new StringBuilder("files\n");
    for (Path path : paths) {
      for (Path file : Files.isDirectory(path) ? files(path) : List.of(path)) {
        try (InputStream in = Files.newInputStream(file)) {
          Digest content = Digest.sha256(LimitedInput.readAll(in, MAX_FILE, file.toString()));
          all.append(file).append('\n').append(content).append('\n');
        }
      }
    }
    return Digest.sha256(Bytes.utf8(all.toString()));
  }

  private static List<Path> files(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (Files.isRegularFile(entry)) {
          files.add(entry);
        }
        if (files.size() > MAX_FILES) {
          throw new IOException("more than " + MAX_FILES + " files in " + folder);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(files);
    return files;
  }
}
