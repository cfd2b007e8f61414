package dev.bulla.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.key.Password;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.SignatureCheck;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignersTest {

  private static final Bytes MESSAGE = Bytes.utf8("a message");
  private static final PasswordSource RIGHT =
      PasswordSource.fixed(Password.ofText(Vectors.PASSWORD));
  private static final PasswordSource NEVER_ASKED =
      new PasswordSource() {
        @Override
        public Password forExistingKey() {
          throw new AssertionError("asked for a password");
        }

        @Override
        public Password forNewKey() {
          throw new AssertionError("asked for a password");
        }
      };

  @TempDir Path directory;
  private final List<String> warnings = new ArrayList<>();
  private KeyContext context;
  private VerificationKey publicKey;

  @BeforeEach
  void aPrivateKeyInADirectory() throws Exception {
    Path file = directory.resolve("cosign.key");
    Files.writeString(file, Vectors.PRIVATE);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
    context = KeyContext.filesIn(directory).withWarnings(warnings::add);
    publicKey = VerificationKey.parsePem(Bytes.utf8(Vectors.PUBLIC), "key");
  }

  @Test
  void opensAFile() throws Exception {
    try (Signer signer = Signers.open("cosign.key", RIGHT, context)) {
      assertThat(signer.publicKey()).isEqualTo(publicKey);
      assertThat(publicKey.check(MESSAGE, signer.sign(MESSAGE), Optional.empty()))
          .isEqualTo(new SignatureCheck.Matched(SignatureAlgorithm.ECDSA_P256_SHA256));
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void opensAVariableAndAnAddress() throws Exception {
    KeyContext with =
        context
            .withEnvironment(Environment.of(Map.of("COSIGN_PRIVATE_KEY", Vectors.PRIVATE)))
            .withFetcher((url, max) -> new KeyFetcher.Answer(200, Bytes.utf8(Vectors.PRIVATE)));

    try (Signer signer = Signers.open("env://COSIGN_PRIVATE_KEY", RIGHT, with)) {
      assertThat(signer.publicKey()).isEqualTo(publicKey);
    }
    try (Signer signer = Signers.open("http://h.example/cosign.key", RIGHT, with)) {
      assertThat(signer.publicKey()).isEqualTo(publicKey);
    }
    assertThat(warnings).singleElement().asString().contains("http://h.example/cosign.key");
  }

  @Test
  void aWrongPasswordIsSaidInTheWordsOfCosign() {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() ->
            Signers.open("cosign.key", PasswordSource.fixed(Password.ofText("hunter2")), context))
        .withMessage("decrypt: encrypted: decryption failed")
        .satisfies(e -> assertThat(e.hint().orElseThrow()).doesNotContain("hunter2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "missing.key | open missing.key: no such file or directory",
        "'' | read .: is a directory",
        "cosign.pub | unsupported pem type: PUBLIC KEY",
        "hello.txt | invalid pem block",
        "env://X | loading URL: env var $X not found",
        "hashivault://k | the key provider HashiCorp Vault (hashivault://) is not available in this version of bulla",
        "foo://k | loading URL: unrecognized scheme: foo://",
        "MCowBQYDK2VwAyEA | open MCowBQYDK2VwAyEA: no such file or directory"
      })
  void whatCannotBeOpenedIsRefusedBeforeAPasswordIsAskedFor(String reference, String message)
      throws Exception {
    Files.writeString(directory.resolve("cosign.pub"), Vectors.PUBLIC);
    Files.writeString(directory.resolve("hello.txt"), "hello");

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> Signers.open(reference, NEVER_ASKED, context))
        .withMessage(message);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void warnsOfKeysThatOthersCanRead() throws Exception {
    for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----")) {
      warnings.clear();
      Files.setPosixFilePermissions(
          directory.resolve("cosign.key"), PosixFilePermissions.fromString(mode));

      Signers.open("./cosign.key", RIGHT, context).close();

      assertThat(warnings).as(mode).singleElement().asString().contains("chmod 600 cosign.key");
    }
  }

  @Test
  void importsPlainKeys() throws Exception {
    Files.writeString(directory.resolve("ec.pem"), Vectors.text("validecp256.pem"));

    try (PrivateKey key = Signers.importFile("ec.pem", context)) {
      assertThat(key.publicKey().toPem())
          .contains("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+9E3Qe+h25ofmz3Uo2T004Dfy49i");
    }
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> Signers.importFile("missing.pem", context))
        .withMessage("open missing.pem: no such file or directory");
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> Signers.importFile("", context))
        .withMessage("read .: is a directory");
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> Signers.importFile("cosign.key", context))
        .withMessage("unsupported private key");
  }
}
