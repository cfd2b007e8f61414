package dev.bulla.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.cli.InProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pkcs11-tool}, {@code --sk} and {@code --slot} on tokens that {@link FakeTokens} plays. */
class TokenCommandsTest {

  private static final String IMAGE =
      "127.0.0.1:1/app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @TempDir Path folder;

  private InProcess.Result run(String module, String... line) {
    return InProcess.in(folder).environment("COSIGN_PKCS11_MODULE_PATH", module).run(line);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "older ones speak to no token")
  void listsTokensAsCosignDoesAndShowsWhatTheySayQuoted() {
    for (InProcess.Result result :
        new InProcess.Result[] {
          run("/one.so", "pkcs11-tool", "list-tokens"),
          run("", "pkcs11-tool", "list-tokens", "--module-path", "/one.so")
        }) {
      assertThat(result.exit()).isZero();
      assertThat(result.stderr()).isEmpty();
      assertThat(result.stdout())
          .isEqualTo(
              """

              Listing tokens of PKCS11 module '/one.so'
              Token in slot 7
              \tLabel: My Token\\u{1b}[31m
              \tManufacturer: Acme
              \tModel: M1
              \tS/N: 0001

              Token in slot 8
              \tLabel:\s
              \tManufacturer: Acme
              \tModel: M1
              \tS/N:\s

              """);
    }
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "older ones speak to no token")
  void listsKeysByUrisWithThePinOfTheLine() {
    InProcess.Result result =
        run("/one.so", "pkcs11-tool", "list-keys-uris", "--slot-id", "7", "--pin", "4711");

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout())
        .isEqualTo(
            """

            Listing URIs of keys in slot '7' of PKCS11 module '/one.so'
            Object 0
            \tLabel: My Key\\n
            \tID: 6b65795f6964
            \tURI: pkcs11:token=My%20Token;slot-id=7;id=%6b%65%79%5f%69%64;object=My%20Key%0A?module-path=/one.so&pin-value=4711
            Object 1
            \tURI: pkcs11:token=My%20Token;slot-id=7?module-path=/one.so&pin-value=4711
            """);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "older ones speak to no token")
  void aPinOfTheEnvironmentIsNotPrinted() {
    InProcess.Result result =
        InProcess.in(folder)
            .environment("COSIGN_PKCS11_MODULE_PATH", "/one.so")
            .environment("COSIGN_PKCS11_PIN", "4711")
            .run("pkcs11-tool", "list-keys-uris");

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout()).contains("module-path=/one.so\n").doesNotContain("4711");
    assertThat(run("/one.so", "pkcs11-tool", "list-keys-uris", "--pin", "0815").exit())
        .isEqualTo(1);
  }

  @Test
  void aModuleHasToBeNamed() {
    for (String command : new String[] {"list-tokens", "list-keys-uris"}) {
      InProcess.Result result = run("", "pkcs11-tool", command);
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.stdout()).isEmpty();
      assertThat(result.stderr())
          .startsWith("Error: please specify --module-path or set COSIGN_PKCS11_MODULE_PATH\n");
    }
  }

  @ParameterizedTest
  @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "older ones speak to no token")
  @CsvSource({
    "'', %02",
    "signature, %02",
    "authentication, %01",
    "key-management, %03",
    "card-authentication, %04"
  })
  void aSlotOfACardIsAKeyOfItsModule(String slot, String id) {
    String uri = "pkcs11:;slot-id=7;id=" + id + "?module-path=/one.so";

    assertThat(run("/one.so", "public-key", "--sk", "--slot=" + slot).stderr())
        .startsWith("Error: opened " + uri + " to sign\n");
    assertThat(run("/one.so", "sign", "--sk", "--slot=" + slot, "--tlog-upload=false", IMAGE))
        .satisfies(result -> assertThat(result.exit()).isNotZero());
    assertThat(
            run("/one.so", "verify", "--sk", "--slot=" + slot, "--insecure-ignore-tlog", IMAGE)
                .stderr())
        .contains("loading public key: opened " + uri + "\n");
  }

  @ParameterizedTest
  @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "older ones speak to no token")
  @CsvSource({
    "/none.so, no cards found",
    "/two.so, 'found 2 cards, please attach only one'",
  })
  void oneCardHasToBeThere(String module, String message) {
    assertThat(run(module, "public-key", "--sk").stderr()).startsWith("Error: " + message + "\n");
  }

  @Test
  void whatCannotBeIsSaidBeforeACardIsLookedFor() {
    assertThat(run("/one.so", "public-key", "--sk", "--slot", "fifth").stderr())
        .startsWith("Error: slot not set\n");
    assertThat(run("", "public-key", "--sk").stderr())
        .startsWith(
            "Error: --sk needs the PKCS #11 module of the card: set COSIGN_PKCS11_MODULE_PATH\n");
    for (String[] line :
        new String[][] {
          {"sign", "--key", "k", "--sk", "--tlog-upload=false", IMAGE},
          {"verify", "--key", "k", "--sk", "--insecure-ignore-tlog", IMAGE},
          {"public-key", "--key", "k", "--sk"}
        }) {
      InProcess.Result result = run("/one.so", line);
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.stderr())
          .contains(
              "Error: exactly one of: key reference (--key), or hardware token (--sk) must be"
                  + " provided\n");
    }
  }

  @Test
  void pivToolIsNotThereAndSaysWhatIs() {
    InProcess.Result result = run("/one.so", "piv-tool", "generate-key");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .startsWith("Error: `bulla piv-tool` is not available in this version\n")
        .contains("hint: cards are reached through PKCS #11, which cannot set them up");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "public-key --key pkcs11:x | parsing pkcs11 uri: invalid uri: one of token and slot-id must"
            + " be set",
        "verify --insecure-ignore-tlog --key pkcs11:x 127.0.0.1:1/app:v1 | loading verifier from"
            + " key opts: loading public key: parsing pkcs11 uri): invalid uri: one of token and"
            + " slot-id must be set"
      })
  void aUriThatIsNoneIsRefusedInTheWordsOfCosign(String line, String message) {
    InProcess.Result result = run("", line.split(" "));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("Error: " + message + "\n");
  }
}
