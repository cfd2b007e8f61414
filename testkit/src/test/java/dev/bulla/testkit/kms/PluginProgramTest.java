package dev.bulla.testkit.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.SigningInput;
import dev.bulla.keys.plugin.PluginPrograms;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The program that is strict about requests, asked by the provider. */
@DisabledOnOs(OS.WINDOWS)
class PluginProgramTest {

  private static final Bytes MESSAGE = Bytes.utf8("what is signed");

  @TempDir Path folder;

  @BeforeEach
  void install() throws Exception {
    PluginProgram.install(folder, "folder", System.getProperty("java.class.path"));
  }

  private KmsKey open(String name) {
    KmsContext context =
        new KmsContext(
            variable -> Optional.of(folder.toString()).filter(path -> variable.equals("PATH")),
            folder,
            Duration.ofSeconds(60),
            warning -> {});
    return PluginPrograms.find("folder", "folder://" + name, context, Duration.ofSeconds(60))
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(names = {"EC_P256", "EC_P384", "ED25519"})
  void makesReadsSignsAndVerifies(KeyType type) throws Exception {
    try (KmsKey key = open("k")) {
      KmsKeyVersion made = key.create(Optional.of(type));
      assertThat(made.publicKey().type()).isEqualTo(type);
      assertThat(open("k").versions()).isEqualTo(List.of(made));
      SignatureAlgorithm algorithm = key.algorithms().get(0);
      SigningInput input = SigningInput.of(algorithm, MESSAGE);
      Bytes signature = key.sign(input);
      assertThat(IndependentCheck.verifies(made.publicKey(), algorithm, MESSAGE, signature))
          .isTrue();
      assertThat(key.verify(made, input, signature)).isTrue();
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(
              () -> key.verify(made, SigningInput.of(algorithm, Bytes.utf8("other")), signature))
          .withMessage("plugin returned error: invalid signature");
    }
  }

  @Test
  void theUsualTypeIsTheProgramsOwn() throws Exception {
    try (KmsKey key = open("k")) {
      assertThat(key.create(Optional.empty()).publicKey().type()).isEqualTo(KeyType.EC_P256);
    }
  }

  @Test
  void typesThatAProgramDoesNotOfferAreNotMade() throws Exception {
    try (KmsKey key = open("k")) {
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(() -> key.create(Optional.of(KeyType.RSA_4096)))
          .withMessageContaining("makes no keys of type");
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(key::versions)
          .withMessage("plugin returned error: no key k");
    }
  }
}
