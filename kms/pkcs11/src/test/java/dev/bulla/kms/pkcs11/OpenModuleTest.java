package dev.bulla.kms.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is no module. None of it is loaded. */
class OpenModuleTest {

  @TempDir Path folder;

  private static void refused(String path, String message) {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> OpenModule.open(path, new TokenFailures("key")))
        .withMessage(message)
        .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.MISCONFIGURED));
  }

  @Test
  void aPathThatIsNoneIsRefusedInTheWordsOfCosign() {
    refused("lib/m.so", "opening pkcs11 token key: modulePath does not point to an absolute path");
    refused(
        folder.resolve("m.so").toString(),
        "opening pkcs11 token key: access modulePath: stat "
            + folder.resolve("m.so")
            + ": no such file or directory");
    refused(
        folder.toString(), "opening pkcs11 token key: modulePath does not point to a regular file");
    refused("/m\0.so", "opening pkcs11 token key: access modulePath: invalid argument");
  }

  @Test
  void aLibraryThatIsNoModuleIsRefused() throws Exception {
    Path file =
        Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("zip")).toRealPath();

    refused(file.toString(), file + " is no PKCS #11 module for this machine");
  }
}
