package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.oci.Repository;
import dev.bulla.registry.transport.TransportKind;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.RequestMatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Content that is too large to be sent again for every hiccup. */
class TransferTest {

  private static final int CHUNK = 1 << 20;
  private static final Bytes LARGE = random(3 * CHUNK + 17);
  private static final Digest DIGEST = Digest.sha256(LARGE);

  private final TestPace pace = new TestPace();

  @TempDir Path folder;

  private static Bytes random(int size) {
    byte[] bytes = new byte[size];
    new Random(20261121).nextBytes(bytes);
    return Bytes.of(bytes);
  }

  private RegistryClient client(TransportKind kind) {
    return RegistryClient.builder(kind.create()).pace(pace).chunk(CHUNK).build();
  }

  private static Repository app(EmbeddedRegistry registry) throws Exception {
    return Repository.parse(registry.host() + "/app");
  }

  private BlobContent file() throws IOException {
    Path file = folder.resolve("blob");
    Files.write(file, LARGE.toByteArray());
    return BlobContent.of(DIGEST, LARGE.size(), file);
  }

  /** Methods and answers, without the names of sessions. */
  private static List<String> lines(EmbeddedRegistry registry) {
    return registry.log().requests().stream()
        .map(r ->
            r.method()
                + " "
                + r.path()
                    .replaceFirst("uploads/.+", "uploads/ID")
                    .replaceFirst("sha256:.*", "DIGEST")
                    .replaceFirst("/v2/app/", "")
                + " "
                + r.status().orElse(0))
        .toList();
  }

  private static Bytes download(RegistryClient client, Repository from, long size)
      throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    client.getBlob(from, DIGEST, size, out);
    return Bytes.of(out.toByteArray());
  }

  // ---- downloads

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aCutDownloadGoesOnWhereItBrokeOff(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      registry.repository("app").putBlob(LARGE);
      registry.faults().on(RequestMatch.blobs()).first(3).does(Effects.cutAfter(500_000));
      assertThat(download(client, app(registry), LARGE.size())).isEqualTo(LARGE);
      assertThat(lines(registry))
          .containsExactly(
              "GET blobs/DIGEST 200",
              "GET blobs/DIGEST 206",
              "GET blobs/DIGEST 206",
              "GET blobs/DIGEST 206");
    }
  }

  /** Four attempts are for those that bring nothing. */
  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aDownloadThatGetsOnIsNotGivenUp(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      registry.repository("app").putBlob(LARGE);
      registry.faults().on(RequestMatch.blobs()).first(7).does(Effects.cutAfter(400_000));
      assertThat(download(client, app(registry), LARGE.size())).isEqualTo(LARGE);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aRegistryWithoutRangesSendsTheWholeAgain(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      registry.repository("app").putBlob(LARGE);
      registry.faults().on(RequestMatch.blobs()).nth(1).does(Effects.cutAfter(500_000));
      registry
          .faults()
          .on(RequestMatch.blobs().header("Range"))
          .does(
              Effects.answer(
                  dev.bulla.testkit.http.WireResponse.of(200)
                      .withBody(dev.bulla.testkit.http.WireBody.of(LARGE))));
      assertThat(download(client, app(registry), LARGE.size())).isEqualTo(LARGE);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void whatWasPutTogetherWronglyIsNoSuccess(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      registry.repository("app").putBlob(LARGE);
      registry.faults().on(RequestMatch.blobs()).nth(1).does(Effects.cutAfter(500_000));
      registry.faults().on(RequestMatch.blobs()).nth(2).does(Effects.flippedBit());
      Repository app = app(registry);
      assertThatThrownBy(() -> download(client, app, LARGE.size()))
          .hasMessageContaining("content has digest sha256:")
          .extracting(e -> ((RegistryException) e).kind())
          .isEqualTo(Kind.BAD_RESPONSE);
      assertThatThrownBy(() -> download(client, app, LARGE.size() - 1))
          .extracting(e -> ((RegistryException) e).kind())
          .isEqualTo(Kind.TOO_LARGE);
      assertThatThrownBy(() -> download(client, app, LARGE.size() + 1))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("ended after " + LARGE.size() + " of " + (LARGE.size() + 1));
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void anotherPartThanAskedForIsRefused(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      registry.repository("app").putBlob(LARGE);
      registry.faults().on(RequestMatch.blobs()).nth(1).does(Effects.cutAfter(500_000));
      registry
          .faults()
          .on(RequestMatch.blobs())
          .nth(2)
          .does(Effects.header("Content-Range", "bytes 0-9/10"));
      Repository app = app(registry);
      assertThat(
              catchThrowableOfType(
                      RegistryException.class, () -> download(client, app, LARGE.size()))
                  .kind())
          .isEqualTo(Kind.BAD_RESPONSE);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aFullDiskIsNotTheRegistrysFault(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      registry.repository("app").putBlob(LARGE);
      Repository app = app(registry);
      OutputStream full =
          new OutputStream() {
            @Override
            public void write(int b) throws IOException {
              throw new IOException("no space left on device");
            }
          };
      assertThatThrownBy(() -> client.getBlob(app, DIGEST, LARGE.size(), full))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("no space left on device");
      assertThat(registry.log().count()).isEqualTo(1);
    }
  }

  // ---- uploads

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void largeContentGoesInChunks(TransportKind kind) throws Exception {
    for (boolean docker : List.of(false, true)) {
      EmbeddedRegistry.Options options = EmbeddedRegistry.options();
      try (EmbeddedRegistry registry =
              EmbeddedRegistry.start(docker ? options.dockerLocations() : options);
          RegistryClient client = client(kind)) {
        client.putBlob(app(registry), file(), Optional.empty());
        assertThat(registry.repository("app").blob(DIGEST)).contains(LARGE);
        assertThat(lines(registry))
            .containsExactly(
                "HEAD blobs/DIGEST 404",
                "POST blobs/uploads/ 202",
                "PATCH blobs/uploads/ID 202",
                "PATCH blobs/uploads/ID 202",
                "PATCH blobs/uploads/ID 202",
                "PATCH blobs/uploads/ID 202",
                "PUT blobs/uploads/ID 201");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void contentThatIsThereIsNotSent(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      registry.repository("app").putBlob(LARGE);
      client.putBlob(app(registry), file(), Optional.empty());
      assertThat(lines(registry)).containsExactly("HEAD blobs/DIGEST 200");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void anUploadGoesOnFromWhatTheRegistryHas(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      // the second chunk arrived, and nobody heard of it; the third was never seen
      registry
          .faults()
          .on(RequestMatch.any().method("PATCH"))
          .nth(2)
          .does(Effects.dropAfterwards());
      registry.faults().on(RequestMatch.any().method("PATCH")).nth(3).does(Effects.reset());
      client.putBlob(app(registry), file(), Optional.empty());
      assertThat(registry.repository("app").blob(DIGEST)).contains(LARGE);
      assertThat(lines(registry).stream().filter(l -> l.startsWith("GET"))).hasSize(2);
      assertThat(lines(registry).stream().filter(l -> l.startsWith("POST"))).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aLostLastAnswerIsLookedUp(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      registry.faults().on(RequestMatch.any().method("PUT")).nth(1).does(Effects.dropAfterwards());
      client.putBlob(app(registry), file(), Optional.empty());
      assertThat(lines(registry).get(lines(registry).size() - 1))
          .isEqualTo("HEAD blobs/DIGEST 200");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aSessionThatIsGoneStartsOver(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      registry.faults().on(RequestMatch.any().method("PATCH")).nth(2).does(Effects.status(503));
      registry
          .faults()
          .on(RequestMatch.uploads().method("GET"))
          .does(Effects.status(404, "BLOB_UPLOAD_UNKNOWN", "gone"));
      client.putBlob(app(registry), file(), Optional.empty());
      assertThat(registry.repository("app").blob(DIGEST)).contains(LARGE);
    }
  }

  /** Whoever lies about what it has gets it again, in one piece. */
  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void whatTheRegistryClaimsToHaveIsNotBelieved(TransportKind kind) throws Exception {
    for (String range : List.of("0-0", "0-99999999", "0-1048570")) {
      try (EmbeddedRegistry registry = EmbeddedRegistry.start();
          RegistryClient client = client(kind)) {
        registry
            .faults()
            .on(RequestMatch.any().method("PATCH"))
            .nth(1)
            .does(Effects.header("Range", range));
        client.putBlob(app(registry), file(), Optional.empty());
        assertThat(registry.repository("app").blob(DIGEST)).as(range).contains(LARGE);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aRegistryWithoutChunksGetsOnePieceFromThenOn(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      registry
          .faults()
          .on(RequestMatch.any().method("PATCH"))
          .does(Effects.status(405, "UNSUPPORTED", "no chunks"));
      client.putBlob(app(registry), file(), Optional.empty());
      registry.repository("app").deleteBlob(DIGEST);
      client.putBlob(app(registry), file(), Optional.empty());
      assertThat(registry.repository("app").blob(DIGEST)).contains(LARGE);
      assertThat(lines(registry).stream().filter(l -> l.startsWith("PATCH"))).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aFaultThatDoesNotPassIsAnError(TransportKind kind) throws Exception {
    for (int status : List.of(401, 403, 413, 429, 500)) {
      try (EmbeddedRegistry registry = EmbeddedRegistry.start();
          RegistryClient client = client(kind)) {
        registry.faults().on(RequestMatch.any().method("PATCH")).does(Effects.status(status));
        Repository app = app(registry);
        BlobContent file = file();
        assertThatThrownBy(() -> client.putBlob(app, file, Optional.empty()))
            .isInstanceOf(RegistryException.class);
        assertThat(registry.repository("app").blob(DIGEST)).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void anUploadIsNotLedToTheNetworksOwnAddresses(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      registry
          .faults()
          .on(RequestMatch.any().method("PATCH"))
          .nth(1)
          .does(Effects.header("Location", "http://169.254.169.254/upload"));
      Repository app = app(registry);
      BlobContent file = file();
      assertThat(
              catchThrowableOfType(
                      RegistryException.class, () -> client.putBlob(app, file, Optional.empty()))
                  .kind())
          .isEqualTo(Kind.UNSAFE);
    }
  }

  // ---- mounting

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void whatAnotherRepositoryHasIsNotSent(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      registry.repository("acme/other").putBlob(LARGE);
      client.putBlob(
          app(registry), file(), Optional.of(Repository.parse(registry.host() + "/acme/other")));
      assertThat(registry.repository("app").blob(DIGEST)).contains(LARGE);
      assertThat(registry.log().lines())
          .containsExactly(
              "POST /v2/app/blobs/uploads/?mount=" + DIGEST + "&from=acme%2Fother → 201");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void whereMountingDoesNotWorkContentIsSent(TransportKind kind) throws Exception {
    for (String how : List.of("202", "403", "404", "absent")) {
      for (Bytes content : List.of(Bytes.utf8("small"), LARGE)) {
        try (EmbeddedRegistry registry = EmbeddedRegistry.start();
            RegistryClient client = client(kind)) {
          if (how.equals("202")) {
            registry.faults().noMount();
          }
          if (!how.equals("absent")) {
            registry.repository("other").putBlob(content);
          }
          if (how.startsWith("4")) {
            registry
                .faults()
                .on(RequestMatch.uploads().where(r -> r.query("mount").isPresent()))
                .does(Effects.status(Integer.parseInt(how)));
          }
          client.putBlob(
              app(registry),
              BlobContent.of(content),
              Optional.of(Repository.parse(registry.host() + "/other")));
          assertThat(registry.repository("app").blob(Digest.sha256(content)))
              .as(how)
              .contains(content);
        }
      }
    }
  }
}
