package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same keys in a real Vault, used by bulla and by real cosign. Debian builds cosign without its
 * Vault client; sigstore's own client stands beside it as a plugin program.
 */
@Interop
@DisplayName("Vault")
final class VaultTest {

  private static VaultServer vault;

  private final Bench bench;

  VaultTest(Bench bench) {
    this.bench = bench;
  }

  /** Not before all of them: cells that are left out are then named. */
  @BeforeEach
  void start(Bench bench) throws Exception {
    if (vault == null) {
      vault = VaultServer.start(bench.peers());
    }
  }

  @AfterAll
  static void stop() {
    if (vault != null) {
      vault.close();
      vault = null; // a cell that failed is asked once more
    }
  }

  private static SharedKey key(Workplace place, Map<String, String> variables, String reference) {
    installClient(place);
    return new SharedKey(place, variables, reference);
  }

  /** cosign finds plugin programs by their names on the PATH. */
  private static void installClient(Workplace place) {
    Path client = place.peers().path(Program.VAULT_CLIENT);
    for (String scheme : new String[] {"hashivault", "openbao"}) {
      Path program = place.root().resolve("bin/sigstore-kms-" + scheme);
      try {
        if (!Files.exists(program)) {
          Files.createSymbolicLink(program, client);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Finished run(Workplace place, Program program, String... line) {
    return place.call(program, line).env(vault.variables()).run();
  }

  private Image image() {
    return Samples.image(bench.shelf(RegistryKind.OLAREG, "vault"), "v1");
  }

  static Stream<Arguments> schemes() {
    return Stream.of("hashivault", "openbao")
        .flatMap(scheme ->
            SharedKey.pairs().map(pair -> Arguments.of(scheme, pair.get()[0], pair.get()[1])));
  }

  @ParameterizedTest(name = "{0}: {1} -> {2}")
  @MethodSource("schemes")
  @DisplayName("key made, image signed, verified by both")
  void oneKeyForBoth(String scheme, Program maker, Program signer, Workplace place) {
    SharedKey key =
        key(
            place,
            vault.variables(),
            scheme + "://" + scheme + "-" + maker.command() + "-" + signer.command());
    key.run(maker, "generate-key-pair", "--kms", key.reference()).expect(0);
    Image image = image();
    key.worksForBoth(signer, image, place.read("cosign.pub"));
    key.isVerifiedRemotely(image);
  }

  /**
   * What sigstore's client 1.10 does not do, and is not asked here: it signs with SHA-256 only,
   * which Vault refuses for digests of P-384 and P-521, and sends Ed25519 keys a digest. It has
   * signatures checked by the server, for RSA without saying that they are PKCS #1: those are PSS
   * then, so it refuses its own.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "ecdsa-p384, sha384, false, true",
    "ecdsa-p521, sha512, false, true",
    "ed25519, '', false, false",
    "rsa-2048, '', true, false",
    "rsa-3072, '', true, false",
    "rsa-4096, '', true, false",
  })
  @DisplayName(
      "key of another type: bulla signs, cosign verifies, and the other way round where it can")
  void everyType(
      String type, String hash, boolean cosignSigns, boolean cosignAsks, Workplace place) {
    vault.make(type, type);
    SharedKey key = key(place, vault.variables(), "hashivault://" + type);
    key.run(Program.BULLA, "public-key", "--key", key.reference(), "--outfile", "cosign.pub")
        .expect(0);
    for (Program signer : new Program[] {Program.BULLA, Program.COSIGN3}) {
      if (signer == Program.COSIGN3 && !cosignSigns) {
        continue;
      }
      Image image = image();
      key.sign(signer, image);
      verify(key, Program.BULLA, key.reference(), "", image);
      verify(key, Program.BULLA, "cosign.pub", "", image);
      key.isVerifiedRemotely(image);
      verify(key, Program.COSIGN3, "cosign.pub", hash, image);
      if (cosignAsks) {
        verify(key, Program.COSIGN3, key.reference(), hash, image);
      }
    }
  }

  private static void verify(
      SharedKey key, Program program, String verifying, String hash, Image image) {
    String algorithm = hash.isEmpty() ? "sha256" : hash;
    List<String> line =
        new ArrayList<>(List.of("verify", "--key", verifying, "--insecure-ignore-tlog=true"));
    if (program == Program.COSIGN3) {
      line.add("--signature-digest-algorithm=" + algorithm);
    }
    line.add(image.byDigest());
    key.run(program, line.toArray(String[]::new)).expect(0);
  }

  @Test
  @DisplayName("openssl verifies with the exported key")
  void opensslVerifies(Workplace place) {
    run(place, Program.BULLA, "generate-key-pair", "--kms", "hashivault://openssl").expect(0);
    run(
            place,
            Program.BULLA,
            "sign",
            "--key",
            "hashivault://openssl",
            "--tlog-upload=false",
            "--output-signature=s.b64",
            "--output-payload=payload",
            image().byDigest())
        .expect(0);
    place.shell("base64 -d s.b64 >s").run().expect(0);
    place.run(
        Program.OPENSSL, "dgst", "-sha256", "-verify", "cosign.pub", "-signature", "s", "payload");
  }

  @Test
  @DisplayName(
      "after a rotation what both signed before still verifies, unless one version is named")
  void rotation(Workplace place) {
    SharedKey key = key(place, vault.variables(), "hashivault://turning");
    key.run(Program.BULLA, "generate-key-pair", "--kms", key.reference()).expect(0);
    Image before = image();
    Image byCosign = image();
    key.sign(Program.BULLA, before);
    key.sign(Program.COSIGN3, byCosign);
    vault.admin("POST", "transit/keys/turning/rotate", "");
    Image after = image();
    key.sign(Program.BULLA, after);
    for (Image image : new Image[] {before, byCosign, after}) {
      verify(place, Map.of(), image).expect(0);
    }
    verify(place, Map.of("VAULT_KEY_PREFIX", "vault:v1:"), before).expect(0);
    verify(place, Map.of("VAULT_KEY_PREFIX", "vault:v1:"), after).expect(12);
    verify(place, Map.of("VAULT_KEY_PREFIX", "vault:v2:"), before).expect(12);
    vault.admin("POST", "transit/keys/turning/config", "{\"min_decryption_version\":2}");
    verify(place, Map.of(), before).expect(12);
    verify(place, Map.of(), after).expect(0);
  }

  private static Finished verify(Workplace place, Map<String, String> more, Image image) {
    Map<String, String> variables = new HashMap<>(vault.variables());
    variables.putAll(more);
    return place
        .call(
            Program.BULLA,
            "verify",
            "--key",
            "hashivault://turning",
            "--insecure-ignore-tlog",
            image.byDigest())
        .env(variables)
        .run();
  }

  @Test
  @DisplayName("an engine that is mounted elsewhere, for both")
  void anotherMount(Workplace place) {
    Map<String, String> variables = new HashMap<>(vault.variables());
    variables.put("TRANSIT_SECRET_ENGINE_PATH", vault.mount());
    SharedKey key = key(place, variables, "hashivault://elsewhere");
    key.run(Program.BULLA, "generate-key-pair", "--kms", key.reference()).expect(0);
    key.worksForBoth(Program.COSIGN3, image(), place.read("cosign.pub"));
    run(place, Program.BULLA, "public-key", "--key", "hashivault://elsewhere").expectFailure();
  }

  @Test
  @DisplayName("over TLS, with the authority in VAULT_CACERT and not without")
  void overTls(Workplace place) throws Exception {
    try (VaultServer server = VaultServer.startTls(bench.peers())) {
      Map<String, String> variables = new HashMap<>(server.variables());
      place
          .call(Program.BULLA, "generate-key-pair", "--kms", "hashivault://tls")
          .env(variables)
          .run()
          .expect(20);
      variables.put("VAULT_CACERT", server.authority());
      SharedKey key = key(place, variables, "hashivault://tls");
      key.run(Program.BULLA, "generate-key-pair", "--kms", key.reference()).expect(0);
      key.worksForBoth(Program.BULLA, image(), place.read("cosign.pub"));
    }
  }

  @Test
  @DisplayName("a deleted key is missing; it is not said that nobody signed")
  void deleted(Workplace place) {
    SharedKey key = key(place, vault.variables(), "hashivault://leaving");
    key.run(Program.BULLA, "generate-key-pair", "--kms", key.reference()).expect(0);
    Image image = image();
    key.sign(Program.BULLA, image);
    vault.admin("POST", "transit/keys/leaving/config", "{\"deletion_allowed\":true}");
    vault.admin("DELETE", "transit/keys/leaving", "");
    Finished verified =
        run(
            place,
            Program.BULLA,
            "verify",
            "--key",
            key.reference(),
            "--insecure-ignore-tlog",
            image.byDigest());
    verified.expectFailure().expectError("could not read data from transit key path");
    assertThat(verified.err()).doesNotContain("no signatures found");
    run(
            place,
            Program.BULLA,
            "verify",
            "--key",
            "cosign.pub",
            "--insecure-ignore-tlog",
            image.byDigest())
        .expect(0);
  }

  @Test
  @DisplayName("the rights of docs/kms.md suffice, and what is missing is named")
  void leastPrivilege(Workplace place) {
    vault.policy("verify-release", "path \"transit/keys/release\" { capabilities = [\"read\"] }");
    vault.policy(
        "sign-release",
        """
        path "transit/keys/release" { capabilities = ["read"] }
        path "transit/sign/release/*" { capabilities = ["update"] }
        """);
    vault.policy(
        "verify-release-remotely",
        """
        path "transit/keys/release" { capabilities = ["read"] }
        path "transit/verify/release/*" { capabilities = ["update"] }
        """);
    vault.policy(
        "make-release",
        "path \"transit/keys/release\" { capabilities = [\"read\", \"create\", \"update\"] }");
    Image image = image();
    String[] make = {"generate-key-pair", "--kms", "hashivault://release"};
    String[] sign = {
      "sign", "--key", "hashivault://release", "--tlog-upload=false", image.byDigest()
    };
    String[] verify = {
      "verify", "--key", "hashivault://release", "--insecure-ignore-tlog", image.byDigest()
    };
    String[] remotely = {
      "verify",
      "--kms-verify=remote",
      "--key",
      "hashivault://release",
      "--insecure-ignore-tlog",
      image.byDigest()
    };
    as(place, "verify-release", make)
        .expectFailure()
        .expectError("not permitted: update on transit/keys/release");
    as(place, "make-release", make).expect(0);
    as(place, "make-release", sign)
        .expectFailure()
        .expectError("not permitted: update on transit/sign/release/sha2-256");
    as(place, "sign-release", sign).expect(0);
    as(place, "verify-release", verify).expect(0);
    as(place, "verify-release", remotely)
        .expectFailure()
        .expectError("not permitted: update on transit/verify/release/sha2-256");
    as(place, "verify-release-remotely", remotely).expect(0);
    place
        .call(Program.BULLA, verify)
        .env(Map.of("VAULT_ADDR", vault.address(), "VAULT_TOKEN", "nobody"))
        .run()
        .expectFailure()
        .expectError("the server does not know the token");
  }

  private static Finished as(Workplace place, String policy, String... line) {
    Map<String, String> variables =
        Map.of("VAULT_ADDR", vault.address(), "VAULT_TOKEN", vault.tokenFor(policy));
    return place.call(Program.BULLA, line).env(variables).run();
  }
}
