package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.terminal.WorkingFiles;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.limits.Limits;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Remembers in a file which images a command has finished, so that a run that was broken off can go
 * on. What is added has reached the disk when the call returns. A line that was cut by a crash does
 * not count and is removed.
 *
 * <p>The first line binds the file to what the command was asked to do: a journal of one policy is
 * no answer under another. Whoever may write the file can leave images out; keep it as you keep the
 * command line.
 */
final class ResumeJournal implements AutoCloseable {

  private static final String HEAD = "bulla-journal 1 ";

  private final FileChannel file;
  private final Set<String> done;

  private ResumeJournal(FileChannel file, Set<String> done) {
    this.file = file;
    this.done = done;
  }

  /**
   * Opens the file, or begins it.
   *
   * @param name as typed
   * @param parameters everything that decides what "finished" means
   * @throws ConfigurationException when it belongs to other parameters, or another process has it
   */
  static ResumeJournal open(Path path, String name, List<String> parameters) throws BullaException {
    String head = HEAD + Digest.sha256(Bytes.utf8(String.join("\0", parameters))).hex();
    FileChannel file = null;
    try {
      file =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      requireAlone(file, name);
      ResumeJournal journal = new ResumeJournal(file, read(file, name, head));
      if (file.size() == 0) {
        journal.append(head + "\n");
      }
      file = null;
      return journal;
    } catch (IOException e) {
      throw new ConfigurationException(
          "open " + Quoted.plain(name) + ": " + WorkingFiles.reason(e), e);
    } finally {
      closeQuietly(file);
    }
  }

  private static void requireAlone(FileChannel file, String name)
      throws IOException, ConfigurationException {
    @Nullable FileLock lock;
    try {
      lock = file.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new ConfigurationException("--resume " + Quoted.plain(name) + " is in use");
    }
  }

  /** Reads what is complete, and cuts off what is not. */
  private static Set<String> read(FileChannel file, String name, String head)
      throws IOException, BullaException {
    if (file.size() > Limits.MAX_LIST_FILE) {
      throw new MalformedInputException(Quoted.plain(name), "larger than " + Limits.MAX_LIST_FILE);
    }
    ByteBuffer content = ByteBuffer.allocate((int) file.size());
    while (content.hasRemaining() && file.read(content, content.position()) >= 0) {
      // until all of it is there
    }
    String text = new String(content.array(), 0, content.position(), StandardCharsets.UTF_8);
    int end = text.lastIndexOf('\n') + 1;
    if (end == 0 && !head.startsWith(text)) {
      throw foreign(name); // nothing of ours, so nothing of it is touched
    }
    Set<String> done = new HashSet<>();
    int number = 0;
    for (String line : text.substring(0, end).lines().toList()) {
      number++;
      if (number == 1) {
        requireHead(line, head, name);
      } else {
        done.add(entry(line, name, number));
      }
    }
    file.truncate(text.substring(0, end).getBytes(StandardCharsets.UTF_8).length);
    file.position(file.size());
    return done;
  }

  private static void requireHead(String line, String head, String name)
      throws ConfigurationException {
    if (!line.startsWith(HEAD)) {
      throw foreign(name);
    }
    if (!line.equals(head)) {
      throw new ConfigurationException(
          "--resume " + Quoted.plain(name) + " remembers a run with other keys or flags",
          "run the same command as before, or name another file");
    }
  }

  private static ConfigurationException foreign(String name) {
    return new ConfigurationException(
        "--resume " + Quoted.plain(name) + " is there and is no journal of bulla's");
  }

  private static String entry(String line, String name, int number) throws MalformedInputException {
    // fully spelled out, with a tag between when that is what was written
    if (Reference.parse(line) instanceof DigestReference image
        && line.startsWith(image.repository().toString())
        && line.endsWith("@" + image.digest())) {
      return line;
    }
    throw new MalformedInputException(Quoted.plain(name), "line " + number + " names no digest");
  }

  synchronized boolean contains(String image) {
    return done.contains(image);
  }

  /** Adds images, by names that end with the digest. */
  synchronized void add(List<String> images) throws BullaException {
    Set<String> fresh = new TreeSet<>(images);
    fresh.removeAll(done);
    if (fresh.isEmpty()) {
      return;
    }
    try {
      append(String.join("\n", fresh) + "\n");
    } catch (IOException e) {
      throw new ConfigurationException(
          "--resume: what is done could not be remembered: " + WorkingFiles.reason(e), e);
    }
    done.addAll(fresh);
  }

  private void append(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
    file.force(false);
  }

  @Override
  public void close() {
    closeQuietly(file);
  }

  private static void closeQuietly(@Nullable FileChannel file) {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        // everything that counts has been forced to the disk before
      }
    }
  }
}
