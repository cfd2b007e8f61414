package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each opens the encrypted keys of the others. */
@Interop
@DisplayName("keys")
final class KeyFilesTest {

  static final Program[] KEY_PROGRAMS = {Program.BULLA, Program.COSIGN2, Program.COSIGN3};

  private final Bench bench;

  KeyFilesTest(Bench bench) {
    this.bench = bench;
  }

  static Stream<Arguments> pairs() {
    return Arrays.stream(KEY_PROGRAMS)
        .flatMap(maker -> Arrays.stream(KEY_PROGRAMS).map(opener -> Arguments.of(maker, opener)));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("pairs")
  @DisplayName("made, opened")
  void opensGeneratedKeys(Program maker, Program opener, Workplace place) {
    KeyPair pair = bench.keys().generatedBy(maker);
    assertThat(opened(place, opener, pair.key(), KeyRing.PASSWORD).expect(0).out())
        .isEqualTo(pair.publicPem());
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("pairs")
  @DisplayName("wrong password")
  void refusesAWrongPassword(Program maker, Program opener, Workplace place) {
    KeyPair pair = bench.keys().generatedBy(maker);
    Finished refused = opened(place, opener, pair.key(), KeyRing.PASSWORD + "\n").expect(1);
    assertThat(refused.out()).isEmpty();
    refused.expectError("decrypt: encrypted: decryption failed");
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("KEY_PROGRAMS")
  @DisplayName("empty password, opened by all")
  void opensKeysWithAnEmptyPassword(Program maker, Workplace place) {
    place
        .call(maker, "generate-key-pair", "--output-key-prefix", "empty")
        .env("COSIGN_PASSWORD", "")
        .run()
        .expect(0);
    for (Program opener : KEY_PROGRAMS) {
      assertThat(opened(place, opener, place.folder().resolve("empty.key"), "").expect(0).out())
          .isEqualTo(place.read("empty.pub"));
    }
  }

  static Stream<Arguments> imports() {
    return Arrays.stream(KEY_PROGRAMS)
        .flatMap(program ->
            Arrays.stream(KeyKind.values())
                .filter(kind -> kind.isImportedBy(program))
                .map(kind -> Arguments.of(kind, program)));
  }

  @ParameterizedTest(name = "{0}, by {1}")
  @MethodSource("imports")
  @DisplayName("openssl's key imported, opened by all")
  void opensImportedKeys(KeyKind kind, Program importer, Workplace place) {
    String plain = bench.keys().plain(kind).toString();
    place.run(importer, "import-key-pair", "--key", plain, "--output-key-prefix", "imported");
    byte[] expected = place.run(Program.OPENSSL, "pkey", "-in", plain, "-pubout").out();
    assertThat(place.read("imported.pub")).isEqualTo(expected);
    for (Program opener : KEY_PROGRAMS) {
      assertThat(
              opened(place, opener, place.folder().resolve("imported.key"), KeyRing.PASSWORD)
                  .expect(0)
                  .out())
          .as("public key according to " + opener)
          .isEqualTo(expected);
    }
  }

  /** Keys that other versions wrote: their file, their public half or nothing, their password. */
  enum Vector {
    COSIGN_HEADER_N_32768("cosign-header-legacy-N32768", "hello"),
    SIGSTORE_HEADER_N_32768("sigstore-header-legacy-N32768", "hello"),
    RSA_N_32768("rsa2048-N32768", "hello"),
    N_131072("ed25519-N131072", "hello"),
    POLICY_CONTROLLER("policy-controller-example", "");

    private final String file;
    private final String password;

    Vector(String file, String password) {
      this.file = file;
      this.password = password;
    }

    @Override
    public String toString() {
      return file;
    }
  }

  static Stream<Arguments> vectors() {
    return Arrays.stream(Vector.values())
        .flatMap(vector -> Arrays.stream(KEY_PROGRAMS).map(opener -> Arguments.of(vector, opener)));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("vectors")
  @DisplayName("key of another version")
  void opensKeysOfOtherVersions(Vector vector, Program opener, Workplace place) throws IOException {
    Path key = place.write("vector.key", resource(vector.file + ".pem"));
    assertThat(opened(place, opener, key, vector.password).expect(0).out())
        .isEqualTo(resource(vector.file + ".pub"));
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("KEY_PROGRAMS")
  @DisplayName("damaged and foreign keys refused")
  void refusesDamagedKeys(Program opener, Workplace place) throws IOException {
    place.write("tampered.key", resource("tampered-ciphertext_fail.pem"));
    place.write("header.key", resource("wrong-header_fail.pem"));
    place.write("inner.key", resource("cosign-header-inner-sec1_fail.pem"));
    for (String file : new String[] {"tampered.key", "header.key"}) {
      opened(place, opener, place.folder().resolve(file), "hello").expect(1);
    }
    opened(place, opener, place.folder().resolve("inner.key"), "hello").expect(1);
  }

  @Test
  @DisplayName("files get the permissions that cosign gives them")
  void filesHaveCosignsPermissions() throws IOException {
    KeyPair ours = bench.keys().generatedBy(Program.BULLA);
    KeyPair theirs = bench.keys().generatedBy(Program.COSIGN3);
    assertThat(permissions(ours.key())).isEqualTo(permissions(theirs.key())).isEqualTo("rw-------");
    assertThat(permissions(ours.pub())).isEqualTo(permissions(theirs.pub()));
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static Finished opened(Workplace place, Program opener, Path key, String password) {
    return place
        .call(opener, "public-key", "--key", key.toString())
        .env("COSIGN_PASSWORD", password)
        .run();
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = KeyFilesTest.class.getResourceAsStream("/vectors/keys/" + name)) {
      assertThat(in).as("vector " + name).isNotNull();
      return in.readAllBytes();
    }
  }
}
