package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The image that {@code deploy/image/build} makes, of the bulla of this checkout. */
@Interop
@DisplayName("image of the webhook")
final class WebhookImageTest {

  /** What {@code ./bulla} was built into. */
  private static final Path BUILT = Peers.root().resolve("target/run");

  private static final Path BUILD = Peers.root().resolve("deploy/image/build");

  /** More than the archive's runtime has, and found without asking jdeps. */
  private static final String MODULES =
      "java.base,java.desktop,java.logging,java.management,java.naming,java.net.http,"
          + "java.security.jgss,java.sql,java.xml,jdk.httpserver,jdk.unsupported";

  private final Bench bench;

  WebhookImageTest(Bench bench) {
    this.bench = bench;
  }

  /** A folder as the archive for Linux unpacks to. */
  private static void unpack(Workplace place) {
    Assumptions.assumeTrue(
        Files.isDirectory(BUILT.resolve("commands")), "./bulla was not built in this checkout");
    place
        .shell(
            "mkdir -p bulla/lib && cp -R '%1$s/bulla.jar' '%1$s/kms' '%1$s/commands' bulla/lib/ &&"
                    .formatted(BUILT)
                + " '%s/bin/jlink' --add-modules %s --output bulla/runtime --strip-debug"
                    .formatted(System.getProperty("java.home"), MODULES)
                + " --no-header-files --no-man-pages")
        .run()
        .expect(0);
  }

  private static void build(Workplace place, String layout) {
    place.shell("'" + BUILD + "' bulla " + layout + " v1").run().expect(0);
  }

  private static String shell(Workplace place, String line) {
    return place.shell(line).run().expect(0).text().strip();
  }

  @Test
  @DisplayName("it comes out the same twice, is pushed and signed, and answers reviews by itself")
  void isPushedSignedAndServes(Workplace place) throws Exception {
    unpack(place);
    build(place, "one");
    // another day, another user's habits
    place
        .shell(
            "find bulla -exec touch -d 2001-02-03 {} + && umask 077 && TZ=Asia/Tokyo '"
                + BUILD
                + "' bulla two v1")
        .run()
        .expect(0);
    place.shell("diff -r one two").run().expect(0);

    Shelf shelf = bench.shelf(RegistryKind.OLAREG, "webhook-image");
    String pushed = shelf.repository() + ":v1";
    place.run(Program.BULLA, "copy", "oci:one:v1", pushed);
    KeyPair key = bench.keys().generatedBy(Program.BULLA);
    SigningWay.BULLA_BOTH.sign(place, bench.keys(), key, shelf.tagged("v1").byDigest());
    place.write("cosign.pub", key.publicPem());
    place.run(
        Program.BULLA, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog=true", pushed);
    place.run(
        Program.COSIGN3, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog=true", pushed);
    assertThat(
            place.run(Program.ORAS, "discover", "--plain-http", "--format", "json", pushed).text())
        .contains("application/vnd.cyclonedx+json");

    shell(
        place,
        "mkdir root && for layer in one/blobs/sha256/*; do"
            + " tar -xzpf $layer -C root 2>/dev/null || :; done");
    holdsNothingBesides(place);
    isListed(place, shelf.tagged("v1").digest());
    servesFromItsRoot(place);
  }

  /** No shell, no tool, nothing that gives rights, nothing that its user may write to but /tmp. */
  private static void holdsNothingBesides(Workplace place) {
    assertThat(shell(place, "cd root && find . -path '*/bin/*' -type f"))
        .isEqualTo("./opt/bulla/runtime/bin/java");
    assertThat(shell(place, "cd root && find . -perm /6000")).isEmpty();
    assertThat(shell(place, "cd root && find . -perm /022 ! -type l")).isEqualTo("./tmp");
    assertThat(shell(place, "cd root && find etc -type f | sort"))
        .isEqualTo("etc/group\netc/nsswitch.conf\netc/passwd");
  }

  /** The list says of which image it is, and each of its files is there as it says. */
  private static void isListed(Workplace place, String digest) {
    String list = shell(place, "grep -l '^{\"bomFormat\"' one/blobs/sha256/*");
    byte[] sbom = place.read(list);
    assertThat("sha256:" + place.jq(".metadata.component.hashes[0].content", sbom))
        .isEqualTo(digest);
    place.write(
        "files", place.jq(".components[] | .hashes[0].content + \"  root\" + .name", sbom) + "\n");
    place.shell("sha256sum --check --strict --quiet files").run().expect(0);
    assertThat(shell(place, "cd root && find . -name '*.jar' -type f | wc -l"))
        .isEqualTo(place.jq("[.components[] | select(.name | endswith(\".jar\"))] | length", sbom));
  }

  /** In a root of its own that cannot be written to, as the user of the image. */
  private void servesFromItsRoot(Workplace place) throws Exception {
    Assumptions.assumeTrue(
        shell(place, "id -u").equals("0"), "only root can start it from its unpacked root");
    String root = place.folder() + "/root";
    String config = shell(place, "grep -l Entrypoint '" + place.folder() + "'/one/blobs/sha256/*");
    byte[] document = Files.readAllBytes(Path.of(config));
    assertThat(place.jq(".config.User", document)).isEqualTo("10001:20001");
    Path program =
        place.write(
            "bulla-in-its-image",
            """
            #!/bin/sh
            # what a container runtime mounts, and the folder with the configuration
            exec unshare -m sh -c '
              mount --bind %1$s %1$s && mount -t proc proc %1$s/proc &&
              mount --rbind /dev %1$s/dev && mount -t tmpfs tmpfs %1$s/tmp &&
              mount --bind "$0" %1$s/app/config && mount -o remount,ro,bind %1$s &&
              exec env JAVA_TOOL_OPTIONS=-Duser.dir=/app/config \\
                chroot --userspec=10001:20001 %1$s %2$s "$@"' "$PWD" "$@"
            """
                .formatted(root, place.jq(".config.Entrypoint | join(\" \")", document))
                .getBytes(StandardCharsets.UTF_8));
    assertThat(program.toFile().setExecutable(true)).isTrue();

    Image signed = bench.signed(RegistryKind.OLAREG, SigningWay.BULLA_BOTH);
    Image unsigned = Samples.image(bench.shelf(RegistryKind.OLAREG, "not-signed"), "v1");
    try (Webhook webhook =
        Webhook.start(
            place.peers().with(Program.BULLA, program),
            AdmissionTest.config(bench),
            bench.registry(RegistryKind.OLAREG).host(),
            Map.of(),
            "")) {
      Review admitted = Review.of(webhook, "/mutate", signed.byTag());
      assertThat(admitted.allowed()).as(admitted.message()).isTrue();
      assertThat(admitted.patch()).contains(signed.digest());
      Review denied = Review.of(webhook, "/mutate", unsigned.byTag());
      assertThat(denied.allowed()).isFalse();
      assertThat(denied.message()).contains(unsigned.byTag());
    }
  }
}
