package dev.bulla.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Writes one line per cell, for {@code interop/run} to make its table from: state, area, cell,
 * registry, and for a cell that is not ok the reason; separated by tabs.
 */
final class MatrixReport implements TestWatcher {

  private static final int MAX_REASON = 400;

  private static final Object LOCK = new Object();

  /** How the identifier of a class that runs once per registry ends. */
  private static final String PER_REGISTRY = "/[class-template-invocation:#";

  /** Where a cell stands. */
  private record Cell(String area, String name, String registry) {}

  @Override
  public void testSuccessful(ExtensionContext context) {
    write("ok", context, "");
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    write("FAIL", context, String.valueOf(cause.getMessage()));
  }

  @Override
  public void testAborted(ExtensionContext context, Throwable cause) {
    write("skipped", context, String.valueOf(cause.getMessage()));
  }

  @Override
  public void testDisabled(ExtensionContext context, Optional<String> reason) {
    write("skipped", context, reason.orElse(""));
  }

  static String cell(ExtensionContext context) {
    Cell cell = locate(context);
    return cell.area() + ": " + cell.name() + " (" + cell.registry() + ")";
  }

  private static Cell locate(ExtensionContext context) {
    Deque<String> names = new ArrayDeque<>();
    String registry = "-";
    for (ExtensionContext at = context; ; at = at.getParent().orElseThrow()) {
      String id = at.getUniqueId();
      int last = id.lastIndexOf('/');
      if (id.startsWith(PER_REGISTRY, last)) {
        registry = at.getDisplayName();
      } else if (at.getTestMethod().isPresent()) {
        names.addFirst(at.getDisplayName());
      } else {
        return new Cell(at.getDisplayName(), String.join(": ", names), registry);
      }
    }
  }

  /**
   * Says which server the cells of a class had for a service, on a line of {@code servers.tsv}
   * beside the cells: service, server, area.
   */
  static void writeServer(String service, String server, ExtensionContext context) {
    append(
        cells().resolveSibling("servers.tsv"),
        String.join("\t", service, server, locate(context).area()));
  }

  private static String shorten(String reason) {
    String line = reason.strip().replaceAll("\\s+", " ");
    return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON) + "...";
  }

  private static void write(String state, ExtensionContext context, String reason) {
    Cell cell = locate(context);
    append(
        cells(),
        String.join("\t", state, cell.area(), cell.name(), cell.registry(), shorten(reason)));
  }

  private static Path cells() {
    return Path.of(System.getProperty("bulla.interop.report", "target/interop/cells.tsv"))
        .toAbsolutePath();
  }

  private static void append(Path file, String line) {
    try {
      synchronized (LOCK) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
