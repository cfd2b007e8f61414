package dev.bulla.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerificationKeysTest {

  @TempDir Path directory;
  private KeyContext context;
  private VerificationKey expected;

  @BeforeEach
  void aPublicKeyInADirectory() throws Exception {
    Files.writeString(directory.resolve("cosign.pub"), Vectors.PUBLIC);
    context = KeyContext.filesIn(directory);
    expected = VerificationKey.parsePem(Bytes.utf8(Vectors.PUBLIC), "key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cosign.pub", "./cosign.pub", "nowhere/../cosign.pub"})
  void readsFiles(String path) throws Exception {
    assertThat(VerificationKeys.load(path, context)).isEqualTo(expected);
  }

  @Test
  void readsFilesByTheirFullPath() throws Exception {
    assertThat(VerificationKeys.load(directory.resolve("cosign.pub").toString(), context))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "missing.pub | open missing.pub: no such file or directory",
        "./a/../missing.pub | open missing.pub: no such file or directory",
        "'' | read .: is a directory",
        "cosign.pub/x | open cosign.pub/x: not a directory",
        "env://NOT_THERE | loading URL: env var $NOT_THERE not found",
        "foo://bar | loading URL: unrecognized scheme: foo://",
        "github://owner/repo | the key provider GitHub secrets (github://) is not available in this"
            + " version of bulla",
        "awskms:///alias/x | the key provider AWS KMS (awskms://) is not available in this version"
            + " of bulla",
        "pkcs11:x | parsing pkcs11 uri): invalid uri: one of token and slot-id must be set"
      })
  void saysWhyNotInTheWordsOfCosign(String reference, String message) {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load(reference, context))
        .withMessage(message);
  }

  @Test
  void refusesFilesThatAreNoPublicKey() throws Exception {
    Files.writeString(directory.resolve("text.pub"), "hello");
    Files.writeString(directory.resolve("cosign.key"), Vectors.PRIVATE);
    Files.write(directory.resolve("huge.pub"), new byte[(1 << 20) + 1]);

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load("text.pub", context))
        .withMessage("pem to public key: PEM decoding failed");
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load("cosign.key", context))
        .withMessage(
            "pem to public key: unknown Public key PEM file type: ENCRYPTED SIGSTORE PRIVATE KEY."
                + " Are you passing the correct public key?")
        .satisfies(e -> assertThat(e.hint()).isPresent());
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load("huge.pub", context))
        .withMessageContaining("limit");
  }

  @Test
  void namesFromOutsideAreShownSafely() {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load("a\u001b[2Jb\n", context))
        .satisfies(e -> assertThat(e.message()).doesNotContain("\u001b").doesNotContain("\n"));
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load("a\0b", context));
  }

  @Test
  void readsVariables() throws Exception {
    KeyContext with =
        context.withEnvironment(Environment.of(Map.of("KEY", Vectors.PUBLIC, "EMPTY", "")));

    assertThat(VerificationKeys.load("env://KEY", with)).isEqualTo(expected);
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load("env://EMPTY", with))
        .withMessage("pem to public key: PEM decoding failed");
  }

  @Test
  void readsAKeySpelledOutInBase64() throws Exception {
    String ed25519 = Vectors.body(Vectors.text("ed25519-N131072.pub"));
    VerificationKey key =
        VerificationKey.parsePem(Bytes.utf8(Vectors.text("ed25519-N131072.pub")), "key");
    // the last 32 bytes of the SPKI are the key itself
    Bytes raw = key.spki().slice(key.spki().size() - 32, key.spki().size());

    assertThat(VerificationKeys.load(ed25519, context)).isEqualTo(key);
    assertThat(VerificationKeys.load(dev.bulla.bytes.Base64Text.encode(raw), context))
        .isEqualTo(key);
    assertThat(VerificationKeys.load(Vectors.body(Vectors.PUBLIC), context)).isEqualTo(expected);
    // longer than any file name may be
    assertThat(VerificationKeys.load(Vectors.body(Vectors.text("rsa4096.pub")), context).type())
        .isEqualTo(KeyType.RSA_4096);
  }

  @Test
  void aFileOfThatNameWinsOverBase64() throws Exception {
    String text = "QUFB";
    String key = "LongEnoughToBeAnEd25519KeyInBase64ButAFileXX=";
    Files.writeString(directory.resolve(text), Vectors.PUBLIC);
    Files.writeString(directory.resolve(key), Vectors.PUBLIC);

    assertThat(VerificationKeys.load(text, context)).isEqualTo(expected);
    assertThat(VerificationKeys.load(key, context)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "QUFB",
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"
      })
  void base64OfNoKeyIsAMissingFile(String text) {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load(text, context))
        .withMessage("open " + text + ": no such file or directory");
  }

  @Test
  void fetchesOverHttps() throws Exception {
    List<String> asked = new ArrayList<>();
    KeyContext with =
        context.withFetcher((url, maxBytes) -> {
          asked.add(url.toString());
          return new KeyFetcher.Answer(203, Bytes.utf8(Vectors.PUBLIC));
        });

    assertThat(VerificationKeys.load("https://h.example/k.pub", with)).isEqualTo(expected);
    assertThat(asked).containsExactly("https://h.example/k.pub");
  }

  @Test
  void neverTrustsAPublicKeyOverHttp() {
    KeyContext with =
        context.withFetcher((url, maxBytes) -> {
          throw new AssertionError("asked for " + url);
        });

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load("http://h.example/k.pub", with))
        .withMessageStartingWith("loading URL http://h.example/k.pub: ")
        .satisfies(e -> assertThat(e.hint()).isPresent());
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308, 304, 404, 500, 100})
  void takesOnly2xxForAKey(int status) {
    KeyContext with =
        context.withFetcher(
            (url, maxBytes) -> new KeyFetcher.Answer(status, Bytes.utf8(Vectors.PUBLIC)));

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load("https://u:p@h.example/k?t=s", with))
        .withMessage("loading URL https://h.example/k?…: server returned HTTP " + status)
        .satisfies(e -> assertThat(e.hint().isPresent()).isEqualTo(status / 100 == 3));
  }

  @Test
  void reportsNetworksThatFail() {
    KeyContext with =
        context.withFetcher((url, maxBytes) -> {
          throw new IOException("no route\nto host");
        });

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load("https://h.example/k", with))
        .withMessage("loading URL https://h.example/k: no route\\nto host");
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load("https://h.example/k", context));
  }

  @Test
  void refusesBodiesThatAreTooLarge() {
    KeyContext with =
        context.withFetcher((url, maxBytes) ->
            new KeyFetcher.Answer(200, Bytes.owning(new byte[(int) maxBytes + 1])));

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load("https://h.example/k", with))
        .withMessageContaining("larger");
  }
}
