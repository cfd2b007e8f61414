package dev.bulla.cli.transcript;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Where bulla differs from a transcript on purpose. Each entry names a command line as it stands in
 * the transcript (all blocks with that line are meant) and the reason: a decision by its number, or
 * what is not built yet.
 */
public final class Deviations {

  /** One changed expectation; {@code null} in a field means: as in the transcript. */
  private record Deviation(String reason, boolean skipped, UnaryOperator<TranscriptBlock> change) {}

  private final Map<String, Deviation> byCommand = new LinkedHashMap<>();
  private final Set<String> used = new HashSet<>();

  /** None at all. */
  public static Deviations none() {
    return new Deviations();
  }

  /** The block is not run. */
  public Deviations skip(String command, String reason) {
    return put(command, new Deviation(reason, true, block -> block));
  }

  /** The exit code is another. */
  public Deviations exit(String command, int exit, String reason) {
    return change(
        command,
        reason,
        block ->
            new TranscriptBlock(
                block.command(),
                block.stdin(),
                block.remarks(),
                exit,
                block.stdout(),
                block.stderr()));
  }

  /** stdout is another; placeholders as in a transcript. */
  public Deviations stdout(String command, String stdout, String reason) {
    return change(
        command,
        reason,
        block ->
            new TranscriptBlock(
                block.command(),
                block.stdin(),
                block.remarks(),
                block.exit(),
                stdout,
                block.stderr()));
  }

  /** These lines of stderr are missing, wherever they stand. */
  public Deviations withoutStderr(String command, List<String> lines, String reason) {
    return change(
        command,
        reason,
        block -> {
          List<String> kept = new ArrayList<>(block.stderr());
          kept.removeAll(lines);
          return withStderr(block, kept);
        });
  }

  /** This line of stderr is another, wherever it stands. */
  public Deviations replacingStderr(String command, String line, String other, String reason) {
    return change(
        command,
        reason,
        block ->
            withStderr(
                block, block.stderr().stream().map(l -> l.equals(line) ? other : l).toList()));
  }

  /** stderr is another; placeholders as in a transcript. */
  public Deviations stderr(String command, List<String> lines, String reason) {
    return change(command, reason, block -> withStderr(block, lines));
  }

  private static TranscriptBlock withStderr(TranscriptBlock block, List<String> lines) {
    return new TranscriptBlock(
        block.command(),
        block.stdin(),
        block.remarks(),
        block.exit(),
        block.stdout(),
        List.copyOf(lines));
  }

  private Deviations change(String command, String reason, UnaryOperator<TranscriptBlock> change) {
    Deviation earlier = byCommand.get(command);
    return put(
        command,
        earlier == null
            ? new Deviation(reason, false, change)
            : new Deviation(
                earlier.reason().contains(reason)
                    ? earlier.reason()
                    : earlier.reason() + "; " + reason,
                earlier.skipped(),
                block -> change.apply(earlier.change().apply(block))));
  }

  private Deviations put(String command, Deviation deviation) {
    byCommand.put(command, deviation);
    return this;
  }

  boolean skips(TranscriptBlock block) {
    Deviation deviation = byCommand.get(block.command());
    if (deviation == null || !deviation.skipped()) {
      return false;
    }
    used.add(block.command());
    return true;
  }

  String reason(TranscriptBlock block) {
    Deviation deviation = byCommand.get(block.command());
    return deviation == null ? "" : deviation.reason();
  }

  TranscriptBlock apply(TranscriptBlock block) {
    Deviation deviation = byCommand.get(block.command());
    if (deviation == null) {
      return block;
    }
    used.add(block.command());
    return deviation.change().apply(block);
  }

  /** Entries that no block had a use for. */
  List<String> unused() {
    List<String> unused = new ArrayList<>(byCommand.keySet());
    unused.removeAll(used);
    return unused;
  }
}
