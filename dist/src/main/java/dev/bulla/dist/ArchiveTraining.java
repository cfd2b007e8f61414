package dev.bulla.dist;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.Main;
import dev.bulla.cli.terminal.Io;
import dev.bulla.cli.terminal.Terminal;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.SampleImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The run that the class archive is made from: the command lines that people wait for, on the kinds
 * of registry that they use, through the command's own entry point. A class that no line here
 * brings up is read from the jar later, at some ten times the cost.
 *
 * <p>The one argument is a folder to work in.
 */
public final class ArchiveTraining {

  private final Path work;

  private ArchiveTraining(Path work) {
    this.work = work;
  }

  public static void main(String[] args) throws IOException {
    new ArchiveTraining(Path.of(args[0])).run();
    Main.main(new String[] {"version"});
  }

  private void run() throws IOException {
    Files.createDirectories(work.resolve("docker"));
    line(0, "demo");
    line(0, "help");
    line(0, "sign", "--help");
    line(1, "sgn");
    line(0, "generate-key-pair");
    line(0, "public-key", "--key", "cosign.key");
    // no list of referrers, as most registries are
    try (EmbeddedRegistry registry =
        EmbeddedRegistry.start(EmbeddedRegistry.options().dockerLocations())) {
      registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
      registry.faults().noSinglePost();
      images(registry, "plain");
    }
    // TLS by an authority of its own, tokens, a list of referrers
    TestAuthority authority = TestAuthority.create("archive training");
    Files.writeString(work.resolve("ca.pem"), authority.certificatePem());
    try (EmbeddedRegistry registry =
        EmbeddedRegistry.start(
            EmbeddedRegistry.options()
                .tls(authority.serverContext("127.0.0.1"))
                .auth(Auth.bearer().user("user", "password").anonymousPull()))) {
      Files.writeString(
          work.resolve("docker/config.json"),
          "{\"auths\":{\""
              + registry.host()
              + "\":{\"auth\":\""
              + Base64Text.encode(Bytes.utf8("user:password"))
              + "\"}}}");
      images(registry, "tls", "--registry-cacert", "ca.pem");
      // who trusts the usual authorities refuses this one
      line(
          20,
          "verify",
          "--key",
          "cosign.pub",
          "--insecure-ignore-tlog",
          image(registry, "untrusted"));
    }
  }

  private void images(EmbeddedRegistry registry, String name, String... access) {
    String image = image(registry, name);
    verify(10, image, access);
    for (String format : List.of("legacy", "bundle")) {
      line(
          0,
          with(
              access,
              "sign",
              "--key",
              "cosign.key",
              "--tlog-upload=false",
              "--format",
              format,
              "-a",
              "for=training",
              image));
      verify(0, image, access);
    }
    verify(0, registry.host() + "/training/" + name + ":v1", access);
    line(0, with(access, "tree", image));
    line(0, with(access, "download", "signature", image));
  }

  private void verify(int expected, String image, String... access) {
    line(expected, with(access, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", image));
  }

  private static String image(EmbeddedRegistry registry, String name) {
    String repository = "training/" + name;
    return registry.host()
        + "/"
        + repository
        + "@"
        + SampleImage.image(name).pushTo(registry.repository(repository), "v1");
  }

  private static String[] with(String[] access, String... words) {
    String[] line = Arrays.copyOf(words, words.length + access.length);
    System.arraycopy(access, 0, line, words.length, access.length);
    return line;
  }

  private void line(int expected, String... words) {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    Io io =
        new Io(
            InputStream.nullInputStream(),
            shown,
            shown,
            Map.of(
                "COSIGN_PASSWORD", "training",
                "HOME", work.toString(),
                "DOCKER_CONFIG", work.resolve("docker").toString()),
            work,
            Terminal.ABSENT);
    int code = Main.run(List.of(words), io);
    if (code != expected) {
      throw new IllegalStateException(
          String.join(" ", words)
              + " ended with "
              + code
              + " instead of "
              + expected
              + "\n"
              + shown.toString(StandardCharsets.UTF_8));
    }
  }
}
