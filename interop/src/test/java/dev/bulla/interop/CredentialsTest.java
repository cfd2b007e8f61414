package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Registries over TLS by an own authority that ask who comes; one configuration for all. */
@Interop
@DisplayName("credentials")
final class CredentialsTest {

  private final Bench bench;

  CredentialsTest(Bench bench) {
    this.bench = bench;
  }

  static final Program[] SIGNERS = {Program.BULLA, Program.COSIGN3};

  private SecuredRegistry withPasswords(Workplace place) {
    return SecuredRegistry.start(
        bench.peers(), SecuredRegistry.authority(place), SecuredRegistry.passwords(), false);
  }

  /** All find the authority where Go programs look for it. */
  private static Call call(
      Workplace place, SecuredRegistry registry, Program program, String... line) {
    return place.call(program, line).env("SSL_CERT_FILE", registry.authority().toString());
  }

  private static Call login(Workplace place, SecuredRegistry registry, Program program) {
    List<String> line = new ArrayList<>(program == Program.CRANE ? List.of("auth") : List.of());
    line.addAll(List.of("login", registry.host(), "-u", "alice", "--password-stdin"));
    return call(place, registry, program, line.toArray(String[]::new))
        .input(SecuredRegistry.PASSWORD);
  }

  /** An image in the secured registry, brought there by crane with the same configuration. */
  private String image(Workplace place, SecuredRegistry registry) {
    Image plain = Samples.image(bench.shelf(RegistryKind.DOCKER_REGISTRY, "credentials"), "v1");
    String secured = registry.host() + "/team/app:v1";
    call(place, registry, Program.CRANE, "copy", plain.byTag(), secured).run().expect(0);
    return secured;
  }

  private Call sign(Workplace place, SecuredRegistry registry, Program program, String image) {
    KeyPair pair = bench.keys().generatedBy(program);
    List<String> line = new ArrayList<>(List.of("sign", "--key", pair.key().toString()));
    line.addAll(
        program == Program.BULLA
            ? List.of("--tlog-upload=false")
            : List.of("--yes", "--signing-config", bench.keys().emptySigningConfig().toString()));
    line.add(image);
    return call(place, registry, program, line.toArray(String[]::new));
  }

  private Call verify(
      Workplace place, SecuredRegistry registry, Program program, Program signer, String image) {
    KeyPair pair = bench.keys().generatedBy(signer);
    return call(
        place,
        registry,
        program,
        "verify",
        "--key",
        pair.pub().toString(),
        "--insecure-ignore-tlog",
        image);
  }

  private void eachVerifiesEach(Workplace place, SecuredRegistry registry, String image) {
    for (Program signer : SIGNERS) {
      sign(place, registry, signer, image).run().expect(0);
      for (Program verifier : SIGNERS) {
        verify(place, registry, verifier, signer, image).run().expect(0);
      }
    }
  }

  static final Program[] LOGINS = {Program.BULLA, Program.COSIGN3, Program.CRANE};

  @ParameterizedTest(name = "{0}")
  @FieldSource("LOGINS")
  @DisplayName("logged in with, used by all")
  void whatOneStoresTheOthersFind(Program program, Workplace place) throws IOException {
    try (SecuredRegistry registry = withPasswords(place)) {
      login(place, registry, program).run().expect(0);
      Path config = place.root().resolve("docker/config.json");
      assertThat(Files.readString(config)).contains("\"" + registry.host() + "\"");
      String image = image(place, registry);
      eachVerifiesEach(place, registry, image);

      call(place, registry, Program.BULLA, "logout", registry.host()).run().expect(0);
      verify(place, registry, Program.BULLA, Program.BULLA, image).run().expect(20);
      call(place, registry, Program.CRANE, "digest", image).run().expectFailure();
    }
  }

  @Test
  @DisplayName("bulla stores no wrong password")
  void aWrongPasswordIsNotStored(Workplace place) {
    try (SecuredRegistry registry = withPasswords(place)) {
      call(place, registry, Program.BULLA, "login", registry.host(), "-u", "alice", "-p", "wrong")
          .run()
          .expect(20)
          .expectError("UNAUTHORIZED");
      assertThat(place.root().resolve("docker/config.json")).doesNotExist();
    }
  }

  @Test
  @DisplayName("flags instead of files")
  void flagsDoWithoutFiles(Workplace place) {
    try (SecuredRegistry registry = withPasswords(place)) {
      login(place, registry, Program.CRANE).run().expect(0);
      String image = image(place, registry);
      call(place, registry, Program.CRANE, "auth", "logout", registry.host()).run().expect(0);
      String[] flags = {
        "--registry-cacert",
        registry.authority().toString(),
        "--registry-username",
        "alice",
        "--registry-password",
        SecuredRegistry.PASSWORD
      };
      for (Program signer : SIGNERS) {
        KeyPair pair = bench.keys().generatedBy(signer);
        List<String> line = new ArrayList<>(List.of("sign", "--key", pair.key().toString()));
        line.addAll(
            signer == Program.BULLA
                ? List.of("--tlog-upload=false")
                : List.of(
                    "--yes", "--signing-config", bench.keys().emptySigningConfig().toString()));
        line.addAll(Arrays.asList(flags));
        line.add(image);
        place.call(signer, line).run().expect(0);
        for (Verifying verifier : List.of(Verifying.BULLA, Verifying.COSIGN3)) {
          verifier.verify(place, pair, image, flags);
        }
      }
      // nobody trusts that authority unasked
      Verifying.BULLA
          .call(place, bench.keys().generatedBy(Program.BULLA), image)
          .run()
          .expect(20)
          .expectError("not trusted");
    }
  }

  @Test
  @DisplayName("a variable, and podman's file")
  void otherPlacesServeAll(Workplace place) throws IOException {
    try (SecuredRegistry registry = withPasswords(place)) {
      Path podmans = place.root().resolve("auth.json");
      call(
              place,
              registry,
              Program.BULLA,
              "login",
              registry.host(),
              "-u",
              "alice",
              "--password-stdin",
              "--authfile",
              podmans.toString())
          .input(SecuredRegistry.PASSWORD)
          .run()
          .expect(0);
      assertThat(place.root().resolve("docker/config.json")).doesNotExist();
      Image plain = Samples.image(bench.shelf(RegistryKind.DOCKER_REGISTRY, "credentials"), "v1");
      String image = registry.host() + "/team/app:v1";
      call(place, registry, Program.CRANE, "copy", plain.byTag(), image)
          .env("REGISTRY_AUTH_FILE", podmans.toString())
          .run()
          .expect(0);
      sign(place, registry, Program.BULLA, image)
          .env("REGISTRY_AUTH_FILE", podmans.toString())
          .run()
          .expect(0);
      // the others read the variable only beside a file, be it empty
      Files.writeString(place.root().resolve("docker/config.json"), "{}");
      for (Program verifier : SIGNERS) {
        verify(place, registry, verifier, Program.BULLA, image)
            .env("DOCKER_AUTH_CONFIG", Files.readString(podmans))
            .run()
            .expect(0);
      }
      verify(place, registry, Program.BULLA, Program.BULLA, image).run().expect(20);
    }
  }

  @Test
  @DisplayName("a credential helper program")
  void aHelperServesAll(Workplace place) throws IOException {
    Path kept = place.root().resolve("kept");
    Path helper = place.root().resolve("bin/docker-credential-interop");
    Files.writeString(
        helper,
        """
        #!/bin/sh
        case $1 in
          store) cat >'%1$s' ;;
          get)
            read -r server || true
            if grep -qs "\\"ServerURL\\":\\"$server\\"" '%1$s'; then cat '%1$s'
            else echo 'credentials not found in native keychain'; exit 1; fi ;;
          erase) cat >/dev/null; rm -f '%1$s' ;;
          *) exit 2 ;;
        esac
        """
            .formatted(kept));
    assertThat(helper.toFile().setExecutable(true)).isTrue();
    Path config = place.root().resolve("docker/config.json");
    Files.writeString(config, "{\"credsStore\":\"interop\"}");
    try (SecuredRegistry registry = withPasswords(place)) {
      login(place, registry, Program.BULLA).run().expect(0);
      assertThat(Files.readString(config)).doesNotContain("\"auth\"");
      assertThat(Files.readString(kept)).contains(SecuredRegistry.PASSWORD);
      String image = image(place, registry);
      eachVerifiesEach(place, registry, image);
      call(place, registry, Program.BULLA, "doctor", "auth", registry.host()).run().expect(0);
      call(place, registry, Program.BULLA, "logout", registry.host()).run().expect(0);
      assertThat(kept).doesNotExist();
    }
  }

  /** Makes the authority and the certificates of registry and token service in the place. */
  private static TokenService tokenService(Workplace place, boolean tls) {
    SecuredRegistry.authority(place);
    place
        .shell(
            "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tokens"
                + " -keyout token.key -out token.crt")
        .run()
        .expect(0);
    return TokenService.start(place, tls);
  }

  private SecuredRegistry withTokens(Workplace place, TokenService service) {
    return SecuredRegistry.start(
        bench.peers(),
        place.folder().resolve("ca.crt"),
        SecuredRegistry.tokens(service, place.folder().resolve("token.crt")),
        false);
  }

  private static void config(Workplace place, SecuredRegistry registry, String entry)
      throws IOException {
    Files.writeString(
        place.root().resolve("docker/config.json"),
        "{\"auths\":{\"" + registry.host() + "\":" + entry + "}}");
  }

  @Test
  @DisplayName("bearer tokens for a password")
  void tokensForAPassword(Workplace place) {
    try (TokenService service = tokenService(place, true);
        SecuredRegistry registry = withTokens(place, service)) {
      login(place, registry, Program.BULLA).run().expect(0);
      assertThat(service.takeRequests()).containsExactly("GET basic");
      String image = image(place, registry);
      eachVerifiesEach(place, registry, image);

      service.takeRequests();
      sign(place, registry, Program.BULLA, image).run().expect(0);
      assertThat(service.takeRequests()).containsExactly("GET basic");
      call(place, registry, Program.BULLA, "logout", registry.host()).run().expect(0);
      // whoever comes may pull
      verify(place, registry, Program.BULLA, Program.BULLA, image).run().expect(0);
      assertThat(service.takeRequests()).containsExactly("GET anonymous");
      sign(place, registry, Program.BULLA, image).run().expect(20);
    }
  }

  @Test
  @DisplayName("bearer tokens for an identity token")
  void tokensForAnIdentityToken(Workplace place) throws IOException {
    try (TokenService service = tokenService(place, true);
        SecuredRegistry registry = withTokens(place, service)) {
      config(place, registry, "{\"identitytoken\":\"" + TokenService.REFRESH_TOKEN + "\"}");
      String image = image(place, registry);
      service.takeRequests();
      sign(place, registry, Program.BULLA, image).run().expect(0);
      assertThat(service.takeRequests()).containsExactly("POST refresh");
      verify(place, registry, Program.COSIGN3, Program.BULLA, image).run().expect(0);
    }
  }

  @Test
  @DisplayName("a token service without TLS sees nothing of a registry with TLS")
  void aTokenServiceWithoutTlsSeesNothing(Workplace place) throws IOException {
    try (TokenService service = tokenService(place, false);
        SecuredRegistry registry = withTokens(place, service)) {
      config(place, registry, "{\"identitytoken\":\"" + TokenService.REFRESH_TOKEN + "\"}");
      call(place, registry, Program.BULLA, "doctor", "auth", registry.host() + "/team/app")
          .run()
          .expect(20)
          .expectError("would leave TLS");
      assertThat(service.takeRequests()).isEmpty();
    }
  }

  @Test
  @DisplayName("client certificates")
  void clientCertificates(Workplace place) {
    Path authority = SecuredRegistry.authority(place);
    try (SecuredRegistry registry =
        SecuredRegistry.start(bench.peers(), authority, SecuredRegistry.passwords(), true)) {
      String folder = place.folder().toString();
      String[] flags = {
        "--registry-cacert=" + authority,
        "--registry-client-cert=" + folder + "/client.crt",
        "--registry-client-key=" + folder + "/client.key"
      };
      List<String> line =
          new ArrayList<>(List.of("login", registry.host(), "-u", "alice", "--password-stdin"));
      line.addAll(Arrays.asList(flags));
      place.call(Program.BULLA, line).input(SecuredRegistry.PASSWORD).run().expect(0);
      Verifying.BULLA
          .call(
              place,
              bench.keys().generatedBy(Program.BULLA),
              registry.host() + "/team/absent:v1",
              flags)
          .run()
          .expect(11);
      Verifying.BULLA
          .call(
              place,
              bench.keys().generatedBy(Program.BULLA),
              registry.host() + "/team/absent:v1",
              flags[0])
          .run()
          .expect(20);
    }
  }
}
