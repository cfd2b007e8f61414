package dev.bulla.sigstore.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.limits.LimitedInput;
import dev.bulla.sigstore.http.NoAnswerException;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceTransport;
import dev.bulla.sigstore.tuf.TufException;
import dev.bulla.sigstore.tuf.TufException.Reason;
import dev.bulla.sigstore.tuf.TufSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TufMirrorsTest {

  private final List<String> asked = new ArrayList<>();

  private TufSource http(String mirror, int status, String body) throws Exception {
    ServiceTransport transport =
        (request, timeout) -> {
          asked.add(request.toString());
          try {
            return new ServiceAnswer(
                status,
                List.of(),
                LimitedInput.readAll(
                    new ByteArrayInputStream(Bytes.utf8(body).toByteArray()),
                    request.maxAnswer(),
                    "body"));
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        };
    return mirrors(transport).open(mirror);
  }

  private static TufMirrors mirrors(ServiceTransport transport) {
    // no time for a second attempt
    return TufMirrors.of(() -> ServiceCaller.of(transport, Duration.ofMillis(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://tuf.test/a", "http://tuf.test/a/"})
  void filesLieBelowTheAddress(String mirror) throws Exception {
    assertThat(http(mirror, 200, "x").fetch("targets/1.a%20b", 10)).contains(Bytes.utf8("x"));
    assertThat(asked).containsExactly("GET http://tuf.test/a/targets/1.a%20b");
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 404})
  void whatIsNotThereIsAbsent(int status) throws Exception {
    assertThat(http("https://tuf.test", status, "").fetch("2.root.json", 10)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "401, UNREACHABLE",
    "410, UNREACHABLE",
    "429, UNREACHABLE",
    "500, UNREACHABLE",
    "301, MALFORMED",
    "600, MALFORMED"
  })
  void anythingElseLeavesItOpen(int status, Reason reason) throws Exception {
    assertFails(http("https://tuf.test", status, ""), reason);
  }

  @Test
  void aFileThatIsTooLongIsNoFile() throws Exception {
    assertFails(http("https://tuf.test", 200, "12345678901"), Reason.MALFORMED);
  }

  @Test
  void aMirrorThatIsGoneIsUnreachable() throws Exception {
    TufMirrors gone =
        mirrors((request, timeout) -> {
          throw new NoAnswerException(Kind.UNREACHABLE, "refused", false, new IOException());
        });
    assertFails(gone.open("https://tuf.test"), Reason.UNREACHABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tuf.test", "ftp://tuf.test", "https://me:pw@tuf.test", "file://x/y"})
  void whatIsNoMirrorIsNamed(String mirror) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> http(mirror, 200, ""))
        .withMessageStartingWith("malformed config mirror: ")
        .satisfies(e -> assertThat(e.message()).doesNotContain("pw"));
  }

  @Test
  void aFolderIsAMirror(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("timestamp.json"), "x");
    TufSource source = http(folder.toUri().toString(), 500, "");
    assertThat(source.fetch("timestamp.json", 10)).contains(Bytes.utf8("x"));
    assertThat(source.fetch("2.root.json", 10)).isEmpty();
    assertThatExceptionOfType(TufException.class)
        .isThrownBy(() -> source.fetch("timestamp.json", 0))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
    assertThat(asked).isEmpty();
  }

  @Test
  void aFolderThatIsNotThereIsUnreachable(@TempDir Path folder) throws Exception {
    assertFails(http(folder.resolve("gone").toUri().toString(), 500, ""), Reason.UNREACHABLE);
  }

  private static void assertFails(TufSource source, Reason reason) {
    assertThatExceptionOfType(TufException.class)
        .isThrownBy(() -> source.fetch("2.root.json", 10))
        .satisfies(e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
  }
}
