package dev.bulla.cli.terminal;

import java.util.Locale;

/**
 * How much of some content has arrived: a bar on a terminal, which makes way for other lines and
 * disappears at the end; elsewhere nothing. Thread-safe.
 */
public final class TransferBar implements AutoCloseable {

  private static final int WIDTH = 24;

  private final Output err;
  private final boolean shown;
  private final String text;
  private long planned;
  private long moved;
  private int drawn;

  public TransferBar(Output err, boolean shown, String text) {
    this.err = err;
    this.shown = shown;
    this.text = text;
  }

  /** There are so many more bytes to bring. */
  public synchronized void planned(long bytes) {
    planned += bytes;
    draw();
  }

  /** So many more bytes are there. */
  public synchronized void moved(long bytes) {
    moved += bytes;
    draw();
  }

  /** Prints a line that stays. */
  public synchronized void line(String line) {
    erase();
    err.println(line);
    draw();
  }

  private void draw() {
    if (!shown || planned == 0) {
      return;
    }
    int full = (int) (WIDTH * Math.min(moved, planned) / planned);
    String bar =
        text
            + " ["
            + "#".repeat(full)
            + " ".repeat(WIDTH - full)
            + "] "
            + size(moved)
            + " of "
            + size(planned);
    String rest = " ".repeat(Math.max(0, drawn - bar.length()));
    err.print("\r" + bar + rest);
    drawn = bar.length();
  }

  /** {@code 512 B}, {@code 1.5 KiB}, {@code 20.0 MiB}. */
  static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double number = bytes;
    String unit = "";
    for (String next : new String[] {"KiB", "MiB", "GiB", "TiB"}) {
      if (number < 1024) {
        break;
      }
      number /= 1024;
      unit = next;
    }
    return String.format(Locale.ROOT, "%.1f %s", number, unit);
  }

  private void erase() {
    if (drawn > 0) {
      err.print("\r" + " ".repeat(drawn) + "\r");
      drawn = 0;
    }
  }

  /** Removes the bar. */
  @Override
  public synchronized void close() {
    erase();
  }
}
