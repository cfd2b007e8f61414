package dev.bulla.sigstore.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SystemBrowserTest {

  private static final String PAGE = "https://issuer.test/auth?a=1&b=$(x) y";

  @TempDir private Path folder;

  private final Map<String, String> variables = new HashMap<>();

  private SystemBrowser browser(String system) {
    variables.put("PATH", folder.toString());
    return new SystemBrowser(new Surroundings(variables, Path.of("/"), folder), system);
  }

  /** A program that says what it was started with, into a pipe, which is read to its end. */
  private Path program(String name) throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path program =
        Files.writeString(
            folder.resolve(name),
            "#!/bin/sh\n"
                + "{ for i; do echo \"<$i>\"; done; echo"
                + " \"$COSIGN_PASSWORD.$SIGSTORE_ID_TOKEN.$HOME\"; } > "
                + pipe
                + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return pipe;
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, xdg-open, ''",
    "Linux, www-browser, ''",
    "Mac OS X, open, ''",
    "Windows 11, rundll32.exe, '<url.dll,FileProtocolHandler>'"
  })
  void thePageIsOneArgumentAndSecretsAreNotPassedOn(String system, String name, String before)
      throws Exception {
    variables.put("DISPLAY", ":0");
    variables.put("HOME", "/home/me");
    variables.put("COSIGN_PASSWORD", "s3cret");
    variables.put("SIGSTORE_ID_TOKEN", "s3cret");
    Path pipe = program(name);
    browser(system).open(PAGE);
    assertThat(Files.readString(pipe))
        .isEqualTo((before.isEmpty() ? "" : before + "\n") + "<" + PAGE + ">\n../home/me\n");
  }

  @Test
  void withoutADesktopThereIsNone() throws Exception {
    program("xdg-open");
    assertThatThrownBy(() -> browser("Linux").open(PAGE))
        .isInstanceOf(IOException.class)
        .hasMessage("there is no desktop");
  }

  @Test
  void aDesktopMayHaveNoBrowser() {
    variables.put("WAYLAND_DISPLAY", "wayland-0");
    assertThatThrownBy(() -> browser("Linux").open(PAGE))
        .isInstanceOf(IOException.class)
        .hasMessage("there is no xdg-open");
  }
}
