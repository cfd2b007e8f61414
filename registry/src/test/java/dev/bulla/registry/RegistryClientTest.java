package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.transport.TransportKind;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults.NoReferrers;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What works, on a registry that works. */
class RegistryClientTest {

  private static final SampleImage IMAGE = SampleImage.image("hello");

  private static RegistryClient client(TransportKind kind) {
    return RegistryClient.builder(kind.create()).build();
  }

  private static Repository repository(EmbeddedRegistry registry, String name) throws Exception {
    return Repository.parse(registry.host() + "/" + name);
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void whatIsPutCanBeGot(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      Repository app = repository(registry, "acme/app");
      for (Bytes blob : IMAGE.blobs().values()) {
        assertThat(client.hasBlob(app, Digest.sha256(blob))).isFalse();
        client.putBlob(app, blob);
        assertThat(client.hasBlob(app, Digest.sha256(blob))).isTrue();
        assertThat(client.getBlob(app, Digest.sha256(blob), 1 << 20)).isEqualTo(blob);
      }
      PutResult put = client.putManifest(app, "v1", IMAGE.mediaType(), IMAGE.manifest());
      assertThat(put.digest()).isEqualTo(IMAGE.digest());
      assertThat(put.subjectAcknowledged()).isFalse();

      FetchedManifest byTag = client.getManifest(app, "v1").orElseThrow();
      assertThat(byTag.body()).isEqualTo(IMAGE.manifest());
      assertThat(byTag.descriptor())
          .isEqualTo(new Descriptor(IMAGE.mediaType(), IMAGE.manifest().size(), IMAGE.digest()));
      assertThat(client.getManifest(app, IMAGE.digest().toString())).contains(byTag);
      assertThat(client.headManifest(Reference.parse(app + ":v1"))).contains(byTag.descriptor());
      assertThat(client.headManifest(app.at(IMAGE.digest()))).contains(byTag.descriptor());
      assertThat(client.tags(app)).containsExactly("v1");

      client.deleteManifest(app, "v1");
      assertThat(client.getManifest(app, "v1")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void asksNoMoreThanItNeeds(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      IMAGE.pushTo(registry.repository("app"), "v1");
      Repository app = repository(registry, "app");
      client.getManifest(app, "v1");
      client.headManifest(Reference.parse(app + ":v1"));
      client.putBlob(app, Bytes.utf8("x"));
      client.referrers(app, IMAGE.digest());
      assertThat(registry.log().lines())
          .containsExactly(
              "GET /v2/app/manifests/v1 → 200",
              "HEAD /v2/app/manifests/v1 → 200",
              "POST /v2/app/blobs/uploads/?digest=" + Digest.sha256(Bytes.utf8("x")) + " → 201",
              "GET /v2/app/referrers/" + IMAGE.digest() + " → 200");
      // the JDK's client gives a connection back a moment after the answer, on a thread of its own:
      // the next request may come sooner and open another
      assertThat(registry.connections()).isLessThanOrEqualTo(kind == TransportKind.SOCKET ? 1 : 4);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void absenceIsEmptyOrSaidInTheRegistrysWords(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      IMAGE.pushTo(registry.repository("app"), "v1");
      Repository app = repository(registry, "app");
      Digest unknown = Digest.sha256(Bytes.utf8("unknown"));
      assertThat(client.getManifest(app, "nope")).isEmpty();
      assertThat(client.getManifest(app, unknown.toString())).isEmpty();
      assertThat(client.getManifest(repository(registry, "none"), "v1")).isEmpty();
      assertThat(client.headManifest(app.at(unknown))).isEmpty();
      assertThat(client.hasBlob(app, unknown)).isFalse();

      String base = "http://" + registry.host() + "/v2/app/";
      assertThatThrownBy(() -> client.requireManifest(app, "nope"))
          .hasMessage(
              "GET " + base + "manifests/nope: MANIFEST_UNKNOWN: manifest unknown; map[Tag:nope]")
          .extracting(e -> ((RegistryException) e).kind())
          .isEqualTo(Kind.NOT_FOUND);
      assertThatThrownBy(() -> client.requireHead(app.at(unknown)))
          .hasMessage(
              "HEAD "
                  + base
                  + "manifests/"
                  + unknown
                  + ": unexpected status code 404 Not Found (HEAD responses have no body, use GET"
                  + " for details)");
      assertThat(
              catchThrowableOfType(RegistryException.class, () -> client.getBlob(app, unknown, 100))
                  .kind())
          .isEqualTo(Kind.NOT_FOUND);
      assertThat(
              catchThrowableOfType(
                      RegistryException.class, () -> client.deleteManifest(app, "nope"))
                  .kind())
          .isEqualTo(Kind.NOT_FOUND);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOCKET,1000,false", "SOCKET,1048577,false", "SOCKET,5000000,true",
    "JDK,1000,false", "JDK,1048577,false", "JDK,5000000,true"
  })
  void uploadsOfEverySizeArrive(TransportKind kind, int size, boolean dockerLocations)
      throws Exception {
    EmbeddedRegistry.Options options = EmbeddedRegistry.options();
    if (dockerLocations) {
      options.dockerLocations();
    }
    byte[] content = new byte[size];
    new java.util.Random(size).nextBytes(content);
    Bytes blob = Bytes.of(content);
    try (EmbeddedRegistry registry = EmbeddedRegistry.start(options);
        RegistryClient client = client(kind)) {
      client.putBlob(repository(registry, "app"), blob);
      assertThat(registry.repository("app").blob(Digest.sha256(blob))).contains(blob);
      // large content is asked for before it is sent
      assertThat(registry.log().count()).isEqualTo(size > 1 << 20 ? 3 : 1);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aRegistryThatIgnoresSinglePostsIsOfferedOne(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      registry.faults().noSinglePost();
      Repository app = repository(registry, "app");
      client.putBlob(app, Bytes.utf8("one"));
      client.putBlob(app, Bytes.utf8("two"));
      assertThat(registry.repository("app").blobs()).hasSize(2);
      assertThat(registry.log().requests("POST", ".*"))
          .extracting(r -> !r.rawQuery().isEmpty())
          .containsExactly(true, false);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void referrersAreListedOverAllPages(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry =
            EmbeddedRegistry.start(EmbeddedRegistry.options().referrersPageSize(2));
        RegistryClient client = client(kind)) {
      IMAGE.pushTo(registry.repository("app"), "v1");
      Repository app = repository(registry, "app");
      assertThat(client.referrers(app, IMAGE.digest()))
          .isEqualTo(new ReferrersAnswer.Listed(List.of()));
      for (int i = 0; i < 5; i++) {
        SampleImage.referrer(IMAGE, "application/vnd.test", Bytes.utf8("referrer " + i), Map.of())
            .pushTo(registry.repository("app"));
      }
      ReferrersAnswer answer = client.referrers(app, IMAGE.digest());
      assertThat(((ReferrersAnswer.Listed) answer).descriptors())
          .extracting(Descriptor::digest)
          .containsExactlyInAnyOrderElementsOf(
              registry.repository("app").referrers(IMAGE.digest()));
      assertThat(registry.log().requests("GET", ".*/referrers/.*")).hasSize(4);
    }
  }

  private static final String SBOM = "application/spdx+json";

  /** An image with an SBOM and two other referrers. */
  private static void pushReferrers(EmbeddedRegistry registry) {
    IMAGE.pushTo(registry.repository("app"), "v1");
    for (String type : List.of(SBOM, "application/vnd.test", "application/vnd.test+1")) {
      SampleImage.referrer(IMAGE, type, Bytes.utf8(type), Map.of())
          .pushTo(registry.repository("app"));
    }
  }

  private static List<String> types(RegistryClient client, Repository app, String type)
      throws Exception {
    return ((ReferrersAnswer.Listed) client.referrers(app, IMAGE.digest(), type))
        .descriptors().stream().map(d -> d.artifactType().orElse("")).toList();
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void referrersOfOneTypeAreOneRequestWhetherTheRegistryFiltersOrNot(TransportKind kind)
      throws Exception {
    for (boolean filters : List.of(true, false)) {
      try (EmbeddedRegistry registry = EmbeddedRegistry.start();
          RegistryClient client = client(kind)) {
        pushReferrers(registry);
        if (!filters) {
          registry.faults().noReferrersFilter();
        }
        registry.log().clear();

        assertThat(types(client, repository(registry, "app"), SBOM)).containsExactly(SBOM);

        assertThat(registry.log().lines())
            .containsExactly(
                "GET /v2/app/referrers/"
                    + IMAGE.digest()
                    + "?artifactType=application%2Fspdx%2Bjson → 200");
      }
    }
  }

  /** Filters are known to compare other things than the artifact type. */
  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aFilterThatLeavesNothingIsNotBelieved(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      pushReferrers(registry);
      registry
          .faults()
          .on(RequestMatch.referrers().where(r -> r.query("artifactType").isPresent()))
          .does(
              Effects.body(
                  Bytes.utf8(
                      "{\"schemaVersion\":2,\"mediaType\":"
                          + "\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}")));
      registry.log().clear();

      assertThat(types(client, repository(registry, "app"), SBOM)).containsExactly(SBOM);
      assertThat(registry.log().count()).isEqualTo(2);
      assertThat(types(client, repository(registry, "app"), "application/none")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void pagesOfAFilteredListAreFollowed(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry =
            EmbeddedRegistry.start(EmbeddedRegistry.options().referrersPageSize(1));
        RegistryClient client = client(kind)) {
      pushReferrers(registry);
      SampleImage.referrer(IMAGE, SBOM, Bytes.utf8("another"), Map.of())
          .pushTo(registry.repository("app"));

      assertThat(types(client, repository(registry, "app"), SBOM)).containsExactly(SBOM, SBOM);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aRegistryWithoutReferrersIsToldFromAnEmptyList(TransportKind kind) throws Exception {
    for (NoReferrers how : NoReferrers.values()) {
      if (how == NoReferrers.WEB_PAGE) {
        continue; // says nothing
      }
      try (EmbeddedRegistry registry = EmbeddedRegistry.start();
          RegistryClient client = client(kind)) {
        registry.faults().noReferrersApi(how);
        assertThat(client.referrers(repository(registry, "app"), IMAGE.digest()))
            .as(how.toString())
            .isEqualTo(new ReferrersAnswer.NotSupported());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void anAcknowledgedSubjectIsReported(TransportKind kind) throws Exception {
    SampleImage referrer =
        SampleImage.referrer(IMAGE, "application/vnd.test", Bytes.utf8("referrer"), Map.of());
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      IMAGE.pushTo(registry.repository("app"), "v1");
      Repository app = repository(registry, "app");
      for (Bytes blob : referrer.blobs().values()) {
        client.putBlob(app, blob);
      }
      PutResult listed =
          client.putManifest(
              app, referrer.digest().toString(), referrer.mediaType(), referrer.manifest());
      assertThat(listed.subjectAcknowledged()).isTrue();
      registry.faults().noSubjectHeader();
      PutResult silent =
          client.putManifest(
              app, referrer.digest().toString(), referrer.mediaType(), referrer.manifest());
      assertThat(silent.subjectAcknowledged()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void tagsAreListedOverAllPages(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry =
            EmbeddedRegistry.start(EmbeddedRegistry.options().tagsPageSize(3));
        RegistryClient client = client(kind)) {
      IMAGE.pushTo(registry.repository("app"), "a", "b", "c", "d", "e", "f", "g");
      assertThat(client.tags(repository(registry, "app")))
          .containsExactly("a", "b", "c", "d", "e", "f", "g");
    }
  }

  @ParameterizedTest
  @CsvSource({"SOCKET,405", "SOCKET,501", "JDK,405", "JDK,501"})
  void withoutHeadTheManifestItselfIsFetched(TransportKind kind, int status) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      IMAGE.pushTo(registry.repository("app"), "v1");
      registry.faults().noHead(status);
      Repository app = repository(registry, "app");
      assertThat(client.requireHead(app.tag("v1")).digest()).isEqualTo(IMAGE.digest());
      assertThat(client.headManifest(app.tag("nope"))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOCKET,Docker-Content-Digest", "SOCKET,Content-Type",
    "JDK,Docker-Content-Digest", "JDK,Content-Type"
  })
  void whatAHeadLeavesOutIsFetched(TransportKind kind, String header) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      IMAGE.pushTo(registry.repository("app"), "v1");
      registry
          .faults()
          .on(RequestMatch.manifests().method("HEAD"))
          .does(Effects.withoutHeader(header));
      registry
          .faults()
          .on(RequestMatch.manifests().method("GET"))
          .does(Effects.withoutHeader("Docker-Content-Digest"));
      Repository app = repository(registry, "app");
      assertThat(client.requireHead(app.tag("v1")))
          .isEqualTo(new Descriptor(IMAGE.mediaType(), IMAGE.manifest().size(), IMAGE.digest()));
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void headerNamesOfAnyCaseAreRead(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      IMAGE.pushTo(registry.repository("app"), "v1");
      registry.faults().on(RequestMatch.any()).does(Effects.lowerCaseHeaderNames());
      Repository app = repository(registry, "app");
      assertThat(client.requireHead(app.tag("v1")).digest()).isEqualTo(IMAGE.digest());
      client.putBlob(app, Bytes.utf8("x"));
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void loopbackOverTlsIsFoundOut(TransportKind kind) throws Exception {
    TestAuthority authority = TestAuthority.create("root");
    try (EmbeddedRegistry registry =
            EmbeddedRegistry.start(
                EmbeddedRegistry.options().tls(authority.serverContext("127.0.0.1")));
        RegistryClient client =
            RegistryClient.builder(
                    kind.create(
                        dev.bulla.registry.transport.TlsOptions.builder()
                            .trustOnly(Bytes.utf8(authority.certificatePem()), "ca.pem")
                            .build()))
                .build();
        RegistryClient stranger = client(kind)) {
      IMAGE.pushTo(registry.repository("app"), "v1");
      Repository app = repository(registry, "app");
      assertThat(client.requireManifest(app, "v1").descriptor().digest()).isEqualTo(IMAGE.digest());
      assertThatThrownBy(() -> stranger.requireManifest(app, "v1"))
          .extracting(e -> ((RegistryException) e).kind())
          .isEqualTo(Kind.TLS);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aConnectionCanBePreparedAhead(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      Repository app = repository(registry, "app");
      client.prepare(app);
      assertThat(client.getManifest(app, "v1")).isEmpty();
      assertThat(registry.connections()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void namesAreCheckedBeforeTheyBecomePaths(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      Repository app = repository(registry, "app");
      for (String bad : List.of("", "a/b", "../x", "a?b", "a b", "sha256:xyz", "-a", ".a")) {
        assertThatThrownBy(() -> client.getManifest(app, bad))
            .as(bad)
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThatThrownBy(() ->
              client.putManifest(
                  app,
                  Digest.sha256(Bytes.utf8("other")).toString(),
                  MediaType.OCI_MANIFEST,
                  Bytes.utf8("{}")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(registry.log().count()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"SOCKET,405", "SOCKET,501", "JDK,405", "JDK,501"})
  void whereThereIsNoHeadABlobIsAskedForByItsFirstByte(TransportKind kind, int status)
      throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(kind)) {
      Repository app = Repository.parse(registry.host() + "/app");
      Bytes blob = Bytes.utf8("a blob");
      registry.repository("app").putBlob(blob);
      registry.repository("app").putBlob(Bytes.EMPTY);
      registry.faults().noHead(status);

      assertThat(client.hasBlob(app, Digest.sha256(blob))).isTrue();
      assertThat(client.hasBlob(app, Digest.sha256(Bytes.EMPTY))).isTrue();
      assertThat(client.hasBlob(app, Digest.sha256(Bytes.utf8("another")))).isFalse();
    }
  }
}
