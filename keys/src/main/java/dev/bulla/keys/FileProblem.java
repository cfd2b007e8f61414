package dev.bulla.keys;

import dev.bulla.error.KeyException;
import dev.bulla.error.Quoted;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/**
 * What went wrong with a file, in the words that Go programs use: {@code open x: no such file or
 * directory}.
 */
final class FileProblem {

  private FileProblem() {}

  static KeyException opening(String name, IOException problem) {
    return new KeyException("open " + Quoted.plain(name) + ": " + reason(problem), problem);
  }

  static KeyException directory(String name) {
    return new KeyException("read " + Quoted.plain(name) + ": is a directory");
  }

  private static String reason(IOException problem) {
    if (problem instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (problem instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (problem instanceof FileAlreadyExistsException) {
      return "file exists";
    }
    if (problem instanceof FileSystemException named && named.getReason() != null) {
      // the operating system's own words, which begin with a capital in Java and not in Go
      return Quoted.plain(named.getReason()).toLowerCase(Locale.ROOT);
    }
    String message = problem.getMessage();
    return message == null ? problem.getClass().getSimpleName() : Quoted.plain(message);
  }
}
