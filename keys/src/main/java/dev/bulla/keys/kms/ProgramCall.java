package dev.bulla.keys.kms;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Runs a program that answers one question. Its three pipes are served at the same time, so that
 * neither side waits for the other for ever; whatever it started is ended with it.
 */
public final class ProgramCall {

  private ProgramCall() {}

  /**
   * What a program left behind.
   *
   * @param status its exit status; above 128 on Unix also for the signal that ended it
   */
  public record Outcome(Bytes output, int status) {

    /** Shows no output, which may be a credential. */
    @Override
    public String toString() {
      return "Outcome[" + status + "]";
    }
  }

  /**
   * Runs it to its end.
   *
   * @param input for its standard input
   * @param maxOutput of its standard output, in bytes
   * @param errors takes the first lines of its standard error, safe to print
   * @throws IOException when it cannot be started or read; the message may show its arguments
   * @throws TimeoutException when it takes longer
   * @throws MalformedInputException when it prints more
   */
  public static Outcome run(
      ProcessBuilder program,
      Bytes input,
      int maxOutput,
      Duration patience,
      Consumer<String> errors)
      throws IOException, TimeoutException, MalformedInputException {
    Process process = program.start();
    try {
      FutureTask<Bytes> output =
          new FutureTask<>(
              () -> LimitedInput.readAll(process.getInputStream(), maxOutput, "output"));
      FutureTask<Boolean> notices =
          new FutureTask<>(() -> passOn(process.getErrorStream(), errors));
      aside(output);
      aside(notices);
      aside(new FutureTask<>(() -> feed(process.getOutputStream(), input)));
      long end = System.nanoTime() + patience.toNanos();
      Bytes answer = output.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new TimeoutException();
      }
      notices.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      return new Outcome(answer, process.exitValue());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MalformedInputException malformed) {
        throw malformed;
      }
      throw new IOException("its output cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void aside(FutureTask<?> task) {
    Thread thread = new Thread(task, "program-call");
    thread.setDaemon(true);
    thread.start();
  }

  private static boolean feed(OutputStream in, Bytes message) {
    try (in) {
      message.writeTo(in);
      return true;
    } catch (IOException e) {
      return false; // a program may answer without reading
    }
  }

  /** Reads to the end whatever comes. */
  private static boolean passOn(InputStream errors, Consumer<String> out) throws IOException {
    ProgramNotices notices = new ProgramNotices(out);
    byte[] buffer = new byte[4096];
    for (int count = errors.read(buffer); count >= 0; count = errors.read(buffer)) {
      notices.take(buffer, count);
    }
    notices.end();
    return true;
  }
}
