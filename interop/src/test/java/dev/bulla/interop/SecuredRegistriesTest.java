package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Registries over TLS by an own authority, with every way to ask and every place to keep the
 * password that all programs know: whatever one signs there the others read and verify. {@link
 * CredentialsTest} has what is of one registry only.
 */
@Interop
@DisplayName("secured registries")
final class SecuredRegistriesTest {

  enum Guarded {
    DOCKER_REGISTRY("docker-registry"),
    OLAREG("olareg"),
    EMBEDDED("embedded");

    private final String label;

    Guarded(String label) {
      this.label = label;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  enum Asking {
    PASSWORD("password with each request"),
    TOKEN("bearer token");

    private final String label;

    Asking(String label) {
      this.label = label;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  enum Kept {
    FILE("file"),
    HELPER("helper program");

    private final String label;

    Kept(String label) {
      this.label = label;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  private final Bench bench;

  SecuredRegistriesTest(Bench bench) {
    this.bench = bench;
  }

  static List<Arguments> cells() {
    List<Arguments> cells = new ArrayList<>();
    for (Guarded registry : Guarded.values()) {
      for (Asking asking : Asking.values()) {
        for (Kept kept : Kept.values()) {
          cells.add(Arguments.of(registry, asking, kept));
        }
      }
    }
    return cells;
  }

  private interface Work {
    void in(SecuredRegistry registry) throws IOException;
  }

  private void with(Guarded kind, Asking asking, Workplace place, Work work) throws IOException {
    boolean tokens = asking == Asking.TOKEN;
    if (kind == Guarded.EMBEDDED) {
      try (SecuredRegistry registry = SecuredRegistry.startEmbedded(place, tokens)) {
        work.in(registry);
      }
      return;
    }
    Path authority = SecuredRegistry.authority(place);
    if (kind == Guarded.OLAREG) {
      try (SecuredRegistry registry =
          SecuredRegistry.startOlareg(bench.peers(), authority, tokens)) {
        work.in(registry);
      }
    } else if (tokens) {
      try (TokenService service = TokenService.startWithOwnKey(place);
          SecuredRegistry registry =
              SecuredRegistry.start(
                  bench.peers(),
                  authority,
                  SecuredRegistry.tokens(service, place.folder().resolve("token.crt")),
                  false)) {
        work.in(registry);
      }
    } else {
      try (SecuredRegistry registry =
          SecuredRegistry.start(bench.peers(), authority, SecuredRegistry.passwords(), false)) {
        work.in(registry);
      }
    }
  }

  private static Path config(Workplace place) {
    return place.root().resolve("docker/config.json");
  }

  private static void keep(Kept kept, Workplace place, String host) throws IOException {
    if (kept == Kept.FILE) {
      String pair = "alice:" + SecuredRegistry.PASSWORD;
      String auth = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
      Files.writeString(
          config(place), "{\"auths\":{\"" + host + "\":{\"auth\":\"" + auth + "\"}}}");
      return;
    }
    Path helper = place.root().resolve("bin/docker-credential-interop");
    Files.writeString(
        helper,
        """
        #!/bin/sh
        read -r server || true
        [ "$1 $server" = 'get %1$s' ] || { echo 'credentials not found in native keychain'; exit 1; }
        printf '{"ServerURL":"%1$s","Username":"alice","Secret":"%2$s"}\\n'
        """
            .formatted(host, SecuredRegistry.PASSWORD));
    assertThat(helper.toFile().setExecutable(true)).isTrue();
    Files.writeString(config(place), "{\"credHelpers\":{\"" + host + "\":\"interop\"}}");
  }

  @ParameterizedTest(name = "{0}: {1}, kept in a {2}")
  @MethodSource("cells")
  @DisplayName("signed by bulla and cosign, verified by each, read by crane, oras and skopeo")
  void everyProgramComesIn(Guarded kind, Asking asking, Kept kept, Workplace place)
      throws IOException {
    Image plain = Samples.image(bench.shelf(RegistryKind.DOCKER_REGISTRY, "secured"), "v1");
    with(
        kind,
        asking,
        place,
        registry -> {
          String image = registry.host() + "/team/app:v1";
          call(place, registry, Program.CRANE, "digest", image).run().expectFailure();
          keep(kept, place, registry.host());

          call(place, registry, Program.CRANE, "copy", plain.byTag(), image).run().expect(0);
          KeyPair ours = bench.keys().generatedBy(Program.BULLA);
          KeyPair theirs = bench.keys().generatedBy(Program.COSIGN3);
          call(
                  place,
                  registry,
                  Program.BULLA,
                  "sign",
                  "--key=" + ours.key(),
                  "--tlog-upload=false",
                  "--format=both",
                  image)
              .run()
              .expect(0);
          call(
                  place,
                  registry,
                  Program.COSIGN3,
                  "sign",
                  "--yes",
                  "--key=" + theirs.key(),
                  "--signing-config=" + bench.keys().emptySigningConfig(),
                  image)
              .run()
              .expect(0);
          for (Program verifier : List.of(Program.BULLA, Program.COSIGN2, Program.COSIGN3)) {
            verify(place, registry, verifier, ours, image);
          }
          for (Program verifier : List.of(Program.BULLA, Program.COSIGN3)) {
            verify(place, registry, verifier, theirs, image);
          }
          for (Call reader :
              List.of(
                  call(place, registry, Program.CRANE, "digest", image),
                  call(place, registry, Program.ORAS, "manifest", "fetch", "--descriptor", image),
                  call(
                      place,
                      registry,
                      Program.SKOPEO,
                      "inspect",
                      "--authfile",
                      config(place).toString(),
                      "--format={{.Digest}}",
                      "docker://" + image))) {
            assertThat(reader.run().expect(0).text()).contains(plain.digest());
          }
        });
  }

  private static void verify(
      Workplace place, SecuredRegistry registry, Program verifier, KeyPair pair, String image) {
    call(
            place,
            registry,
            verifier,
            "verify",
            "--key=" + pair.pub(),
            "--insecure-ignore-tlog",
            image)
        .run()
        .expect(0);
  }

  /** All find the authority where Go programs look for it. */
  private static Call call(
      Workplace place, SecuredRegistry registry, Program program, String... line) {
    return place.call(program, line).env("SSL_CERT_FILE", registry.authority().toString());
  }
}
