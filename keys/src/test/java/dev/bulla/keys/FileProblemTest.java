package dev.bulla.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FileProblemTest {

  @Test
  void speaksAsGoProgramsDo() {
    assertThat(opening(new NoSuchFileException("/x/k")))
        .isEqualTo("open k: no such file or directory");
    assertThat(opening(new AccessDeniedException("/x/k"))).isEqualTo("open k: permission denied");
    assertThat(opening(new FileAlreadyExistsException("/x/k"))).isEqualTo("open k: file exists");
    assertThat(opening(new FileSystemException("/x/k", null, "File name too long")))
        .isEqualTo("open k: file name too long");
    assertThat(opening(new IOException("broken\npipe"))).isEqualTo("open k: broken\\npipe");
    assertThat(opening(new IOException())).isEqualTo("open k: IOException");
  }

  private static String opening(IOException problem) {
    return FileProblem.opening("k", problem).message();
  }
}
