package dev.bulla.cli;

import dev.bulla.cli.terminal.Io;
import dev.bulla.cli.terminal.SystemTerminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The entry point. */
public final class Main {

  private Main() {}

  /** Runs a command line in this process, and ends it. The only place that touches the process. */
  public static void main(String[] args) {
    Map<String, String> environment = System.getenv();
    Io io =
        new Io(
            System.in,
            new FileOutputStream(FileDescriptor.out),
            new FileOutputStream(FileDescriptor.err),
            environment,
            Path.of("").toAbsolutePath(),
            new SystemTerminal(System.in, environment.getOrDefault("TERM", "")));
    int code = run(List.of(args), io);
    if (code != 0 || someThreadGoesOn()) {
      System.exit(code);
    }
    // otherwise the process ends by itself, 15 ms sooner: an exit loads the JDK's logging first
  }

  private static boolean someThreadGoesOn() {
    Thread[] threads = new Thread[64];
    int count = Thread.enumerate(threads);
    for (int i = 0; i < count; i++) {
      if (!threads[i].equals(Thread.currentThread()) && !threads[i].isDaemon()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Runs a command line. Whatever happens comes back as an exit code: 0 only when the command did
   * what it was asked for and its output arrived.
   *
   * @param args the words behind the program's name
   */
  public static int run(List<String> args, Io io) {
    return new CommandLine(io).run(args);
  }
}
