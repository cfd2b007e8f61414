import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * For dist/check: a registry over TLS with one image, whose authority nobody knows. Writes the
 * authority's certificate and the image's name into the folder given, and serves until stdin ends.
 */
final class TlsRegistry {

  private TlsRegistry() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    TestAuthority authority = TestAuthority.create("dist check");
    try (EmbeddedRegistry registry =
        EmbeddedRegistry.start(
            EmbeddedRegistry.options().tls(authority.serverContext("127.0.0.1")))) {
      var digest = SampleImage.image("over TLS").pushTo(registry.repository("app"), "v1");
      Files.writeString(
          Files.createDirectories(folder.resolve("roots")).resolve("ca.pem"),
          authority.certificatePem());
      Files.writeString(folder.resolve("image.new"), registry.host() + "/app@" + digest + "\n");
      Files.move(folder.resolve("image.new"), folder.resolve("image"));
      while (System.in.read() >= 0) {}
    }
  }
}
