package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.Bulla;
import dev.bulla.Progress;
import dev.bulla.SignRequest;
import dev.bulla.SigningTarget;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Reference;
import dev.bulla.registry.BlobContent;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.JdkHttpTransport;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.verify.Policy;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The library speaks HTTP/2 where a server offers it over TLS, as every server of Go does. Which
 * version a request came in stands in docker-registry's log.
 */
@Interop
@DisplayName("HTTP/2")
final class Http2Test {

  private static final Pattern REQUEST = Pattern.compile("\"([A-Z]+) (/v2/\\S*) (HTTP/[0-9.]+)\"");

  /** The last request of each run, so that the log is known to be complete when it is there. */
  private static final String LAST = "/v2/team/app/manifests/last";

  private final Bench bench;

  Http2Test(Bench bench) {
    this.bench = bench;
  }

  /** The command's transport is the control: it speaks HTTP/1.1, and the log has to say so. */
  enum Transport {
    LIBRARY("HTTP/2.0") {
      @Override
      HttpTransport create(TlsOptions tls) {
        return JdkHttpTransport.create(tls);
      }
    },
    COMMAND("HTTP/1.1") {
      @Override
      HttpTransport create(TlsOptions tls) {
        return SocketTransport.create(tls);
      }
    };

    final String version;

    Transport(String version) {
      this.version = version;
    }

    abstract HttpTransport create(TlsOptions tls);

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT) + ": " + version;
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Transport.class)
  @DisplayName("signs, verifies, uploads and downloads over TLS on docker-registry")
  void everythingInThatVersion(Transport transport, Workplace place) throws Exception {
    Path authority = SecuredRegistry.authority(place);
    try (SecuredRegistry registry =
        SecuredRegistry.start(bench.peers(), authority, SecuredRegistry.passwords(), false)) {
      TlsOptions tls =
          TlsOptions.builder()
              .trustOnly(Bytes.of(Files.readAllBytes(authority)), "the test's authority")
              .build();
      try (RegistryClient client =
          RegistryClient.builder(transport.create(tls))
              .credentials(
                  CredentialSource.always(
                      new Credentials.Basic("alice", SecuredRegistry.PASSWORD), "the test"))
              .expectWrites(true)
              .build()) {
        use(client, registry);
      }

      List<String[]> requests = requests(registry);
      Set<String> methods = new TreeSet<>();
      for (String[] request : requests) {
        methods.add(request[0]);
        assertThat(request[2]).as(request[0] + " " + request[1]).isEqualTo(transport.version);
      }
      assertThat(methods).contains("GET", "HEAD", "POST", "PUT", "PATCH");
    }
  }

  /** A large blob there and back, an image, two signatures, and their verification. */
  private static void use(RegistryClient client, SecuredRegistry registry) throws Exception {
    Reference image = Reference.parse(registry.host() + "/team/app:v1");
    byte[] random = new byte[40 << 20]; // more than the windows of both sides, and several chunks
    new Random(20261121).nextBytes(random);
    Bytes content = Bytes.owning(random);
    Digest digest = Digest.sha256(content);
    client.putBlob(image.repository(), BlobContent.of(content), Optional.empty());
    ByteArrayOutputStream back = new ByteArrayOutputStream();
    client.getBlob(image.repository(), digest, content.size(), back);
    assertThat(Digest.sha256(Bytes.owning(back.toByteArray()))).isEqualTo(digest);

    Bytes config = Bytes.utf8("{\"architecture\":\"amd64\",\"os\":\"linux\"}");
    client.putBlob(image.repository(), config);
    String manifest =
        """
        {"schemaVersion":2,"mediaType":"%1$s","config":{"mediaType":"%2$s","digest":"%3$s","size":%4$d},
        "layers":[{"mediaType":"application/octet-stream","digest":"%5$s","size":%6$d}]}\
        """
            .formatted(
                Shelf.OCI_MANIFEST,
                Shelf.OCI_CONFIG,
                Digest.sha256(config),
                config.size(),
                digest,
                content.size());
    client.putManifest(image.repository(), "v1", MediaType.OCI_MANIFEST, Bytes.utf8(manifest));

    Bulla bulla = new Bulla(client);
    Signer signer = PrivateKey.generate(KeyType.EC_P256, new SecureRandom()).toSigner();
    for (SignRequest.Format format : SignRequest.Format.values()) {
      SignRequest request = SignRequest.of(signer).withFormats(EnumSet.of(format));
      for (SigningTarget target : bulla.targets(image, false)) {
        bulla.store(bulla.sign(target, request, Progress.SILENT), request, Progress.SILENT);
      }
    }
    Policy policy = Policy.requiringKey(signer.publicKey()).insecurelyIgnoringLog();
    assertThat(bulla.verify(image, policy).value().signatures()).hasSize(2);
    assertThat(client.getManifest(image.repository(), "last")).isEmpty();
  }

  /** Method, path and version of each request, when the last one is in the log. */
  private static List<String[]> requests(SecuredRegistry registry) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (System.nanoTime() < end) {
      List<String[]> found = new ArrayList<>();
      Matcher line = REQUEST.matcher(registry.log());
      while (line.find()) {
        if (!line.group(2).equals("/v2/")) { // how the bench asks whether it is up
          found.add(new String[] {line.group(1), line.group(2), line.group(3)});
        }
      }
      if (!found.isEmpty() && found.get(found.size() - 1)[1].equals(LAST)) {
        return found;
      }
      // Allowed: another process writes the log and tells nobody
      Thread.sleep(25);
    }
    throw new AssertionError("no " + LAST + " in the log");
  }
}
