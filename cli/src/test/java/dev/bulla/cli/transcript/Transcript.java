package dev.bulla.cli.transcript;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads transcript files; their form is described beside them. */
final class Transcript {

  private static final String NO_FINAL_NEWLINE = "(no final newline)";

  private final List<String> lines;
  private int at;

  private Transcript(List<String> lines) {
    this.lines = lines;
  }

  /** The blocks of a file among the test resources. A file without any is an error. */
  static List<TranscriptBlock> load(String resource) throws IOException {
    try (InputStream in = Transcript.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("no transcript " + resource);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<TranscriptBlock> blocks = parse(text);
      if (blocks.isEmpty()) {
        throw new IOException("no blocks in transcript " + resource);
      }
      return blocks;
    }
  }

  static List<TranscriptBlock> parse(String text) {
    Transcript transcript = new Transcript(List.of(text.split("\n", -1)));
    List<TranscriptBlock> blocks = new ArrayList<>();
    while (transcript.skipToBlock()) {
      blocks.add(transcript.block());
    }
    return blocks;
  }

  private boolean skipToBlock() {
    while (at < lines.size() && lines.get(at).isEmpty()) {
      at++;
    }
    return at < lines.size();
  }

  private TranscriptBlock block() {
    String command = take("$ ");
    Optional<String> stdin =
        lines.get(at).startsWith("stdin ")
            ? Optional.of(literal(take("stdin ")))
            : Optional.empty();
    List<String> remarks = new ArrayList<>();
    while (lines.get(at).startsWith("# ")) {
      remarks.add(take("# "));
    }
    int exit = Integer.parseInt(take("exit "));
    take("--- stdout");
    List<String> stdout = new ArrayList<>();
    while (!lines.get(at).equals("--- stderr")) {
      stdout.add(lines.get(at++));
    }
    take("--- stderr");
    List<String> stderr = new ArrayList<>();
    while (at < lines.size() && !(lines.get(at).isEmpty() && nextIsBlockOrEnd(at + 1))) {
      stderr.add(lines.get(at++));
    }
    while (!stderr.isEmpty() && stderr.get(stderr.size() - 1).isEmpty()) {
      stderr.remove(stderr.size() - 1);
    }
    return new TranscriptBlock(command, stdin, remarks, exit, joined(stdout), stderr);
  }

  private boolean nextIsBlockOrEnd(int index) {
    return index >= lines.size() || lines.get(index).startsWith("$ ");
  }

  private static String joined(List<String> lines) {
    boolean cut = !lines.isEmpty() && lines.get(lines.size() - 1).equals(NO_FINAL_NEWLINE);
    List<String> kept = cut ? lines.subList(0, lines.size() - 1) : lines;
    String text = String.join("\n", kept);
    return kept.isEmpty() || cut ? text : text + "\n";
  }

  private String take(String prefix) {
    String line = lines.get(at++);
    if (!line.startsWith(prefix)) {
      throw new IllegalArgumentException("line " + at + ": expected " + prefix + ", got " + line);
    }
    return line.substring(prefix.length());
  }

  /** A quoted literal with the escapes {@code \n}, {@code \t}, {@code \\} and {@code \'}. */
  private static String literal(String quoted) {
    StringBuilder out = new StringBuilder();
    String body = quoted.substring(1, quoted.length() - 1);
    for (int i = 0; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = body.charAt(++i);
      out.append(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped);
    }
    return out.toString();
  }
}
