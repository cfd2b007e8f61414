package dev.bulla.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.evidence.Unreadable;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.testkit.registry.Effect;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestLog;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvidenceReaderTest {

  private static final String OCI = "application/vnd.oci.image.manifest.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String SIGN = "https://sigstore.dev/cosign/sign/v1";
  private static final String LEGACY_ARTIFACT = "application/vnd.dev.cosign.artifact.sig.v1+json";
  private static final Bytes PAYLOAD = Bytes.utf8("{}");

  private Bench bench;
  private Bytes bundle;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
    bundle = Vectors.bytes("cosign-3.1.1/bundle/bundle.json");
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private List<Candidate> look() throws BullaException {
    return bench.store.look(bench.image, List.of());
  }

  private List<Candidate> lookInOldPlaces() throws BullaException {
    return bench.store.lookInOldPlaces(bench.image, List.of());
  }

  private Digest attach(Bytes content) throws BullaException {
    return bench.store.addBundle(
        bench.image,
        new Descriptor(
            Bench.IMAGE.mediaType(), Bench.IMAGE.manifest().size(), Bench.IMAGE.digest()),
        content,
        SIGN,
        "2026-11-21T07:22:54Z");
  }

  private void sign(Bytes payload, String signature) throws BullaException {
    bench.store.addLegacySignature(
        bench.image,
        payload,
        Map.of(LegacySignature.SIGNATURE_ANNOTATION, signature),
        stored -> false);
  }

  private static Descriptor layer(Bytes payload, Map<String, String> annotations) {
    return SignatureObject.layer(payload, annotations);
  }

  private Digest signatureObject(String tag, Descriptor... layers) {
    SignatureObject empty = SignatureObject.empty(SignatureObject.Flavour.OCI);
    Manifest manifest =
        new Manifest(
            empty.manifest().mediaType().orElseThrow(), empty.manifest().config(), List.of(layers));
    return bench.app.putManifest(OCI, manifest.toJson(), tag);
  }

  private void fallbackIndex(Descriptor... entries) {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    bench.app.putManifest(INDEX, new ImageIndex(List.of(entries)).toJson(), Bench.tag(""));
  }

  private static BullaException only(List<Candidate> found) {
    assertThat(found).singleElement().isInstanceOf(Unreadable.class);
    return ((Unreadable) found.get(0)).why();
  }

  @Test
  void findsNothingWhereThereIsNothing() throws Exception {
    assertThat(look()).isEmpty();
    assertThat(lookInOldPlaces()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = Faults.NoReferrers.class, mode = EnumSource.Mode.EXCLUDE, names = "WEB_PAGE")
  void findsNothingWhereThereIsNothingAndNoListIsKept(Faults.NoReferrers how) throws Exception {
    bench.registry.faults().noReferrersApi(how);

    assertThat(look()).isEmpty();
  }

  @Test
  void looksEverywhereAtOnce() throws Exception {
    bench
        .registry
        .faults()
        .on(RequestMatch.any())
        .does(Effects.together(3, java.time.Duration.ofSeconds(30)));

    look();

    assertThat(bench.registry.log().requests()).hasSize(3);
    assertThat(RequestLog.allConcurrent(bench.registry.log().requests())).isTrue();
  }

  @Test
  void findsLegacySignaturesInTheOrderOfTheirLayers() throws Exception {
    sign(PAYLOAD, "one");
    sign(Bytes.utf8("{ }"), "two");

    List<Candidate> found = look();

    assertThat(found)
        .map(candidate -> ((LegacySignature) candidate).signatureText())
        .containsExactly("one", "two");
    assertThat(found.get(1).origin().toString())
        .isEqualTo("signature 2 of " + bench.image.repository() + ":" + Bench.tag(".sig"));
    assertThat(((LegacySignature) found.get(1)).payload()).isEqualTo(Bytes.utf8("{ }"));
  }

  @ParameterizedTest
  @EnumSource(value = Faults.NoReferrers.class, mode = EnumSource.Mode.EXCLUDE, names = "WEB_PAGE")
  void findsBundlesUnderTheTag(Faults.NoReferrers how) throws Exception {
    bench.registry.faults().noReferrersApi(how);
    attach(bundle);

    assertThat(look()).singleElement().isInstanceOf(BundleSignature.class);
  }

  /** Answers to a request for a list that are no list, and do not say that there is none. */
  enum NoList {
    PAGE("text/html; charset=utf-8", "<!DOCTYPE html><title>Sign in</title>"),
    TEXT("text/plain", "ok"),
    JSON("application/json", "{\"status\":\"ok\"}"),
    MANIFEST(OCI, "{\"schemaVersion\":2,\"manifests\":[]}"),
    UNNAMED("", "{\"schemaVersion\":2,\"manifests\":[]}"),
    EMPTY(INDEX, ""),
    NO_INDEX(INDEX, "{\"schemaVersion\":2}"),
    ANOTHER_KIND(INDEX, "{\"schemaVersion\":2,\"mediaType\":\"" + OCI + "\",\"manifests\":[]}");

    final Effect effect;

    NoList(String contentType, String body) {
      dev.bulla.testkit.http.WireResponse response =
          dev.bulla.testkit.http.WireResponse.of(200).withText("text/plain", body);
      effect =
          contentType.isEmpty()
              ? Effects.withoutHeader("Content-Type").around(Effects.answer(response))
              : Effects.contentType(contentType).around(Effects.answer(response));
    }
  }

  @ParameterizedTest
  @EnumSource(NoList.class)
  void doesNotTakeAnAnswerThatIsNoListForNothing(NoList answer) throws Exception {
    bench.registry.faults().on(RequestMatch.referrers()).does(answer.effect);

    List<Candidate> found = look();

    assertThat(only(found)).isInstanceOf(RegistryException.class);
    assertThat(((Unreadable) found.get(0)).isMalformed()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(NoList.class)
  void findsBundlesUnderTheTagBesideAnAnswerThatIsNoList(NoList answer) throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    attach(bundle);
    bench.registry.faults().clear();
    bench.registry.faults().on(RequestMatch.referrers()).does(answer.effect);

    assertThat(look()).hasSize(2).hasAtLeastOneElementOfType(BundleSignature.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", ""})
  void takesAListForOneThatSaysSoItself(String contentType) throws Exception {
    Bytes list =
        Bytes.utf8("{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[]}");
    bench
        .registry
        .faults()
        .on(RequestMatch.referrers())
        .does(
            contentType.isEmpty()
                ? Effects.withoutHeader("Content-Type")
                : Effects.contentType(contentType),
            Effects.body(list));

    assertThat(look()).isEmpty();
  }

  @Test
  void oneEntryThatCannotBeReadTakesNothingFromTheOthers() throws Exception {
    attach(bundle);
    bench
        .registry
        .faults()
        .on(RequestMatch.referrers())
        .does(Effects.changedBody(EvidenceReaderTest::withABrokenEntry));

    List<Candidate> found = look();

    assertThat(found).hasSize(2).hasAtLeastOneElementOfType(BundleSignature.class);
    assertThat(found.get(0))
        .isInstanceOfSatisfying(
            Unreadable.class,
            lost -> {
              assertThat(lost.isMalformed()).isTrue();
              assertThat(lost.why().message())
                  .isEqualTo(
                      "referrers list: manifests[0]: digest: unsupported algorithm in"
                          + " \"blake3:00\"");
            });
    assertThat(found.get(0).origin().place()).contains("referrers of");
  }

  @Test
  void oneEntryUnderTheTagThatCannotBeReadTakesNothingFromTheOthers() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    attach(bundle);
    Bytes index = bench.stored(Bench.tag("")).content();
    bench.app.putManifest(INDEX, Bytes.of(withABrokenEntry(index.toByteArray())), Bench.tag(""));

    List<Candidate> found = look();

    assertThat(found).hasSize(2).hasAtLeastOneElementOfType(BundleSignature.class);
    assertThat(found.get(0).origin().place()).endsWith(":" + Bench.tag(""));
  }

  private static byte[] withABrokenEntry(byte[] index) {
    return new String(index, java.nio.charset.StandardCharsets.UTF_8)
        .replace(
            "\"manifests\":[",
            "\"manifests\":[{\"mediaType\":\"" + OCI + "\",\"size\":7,\"digest\":\"blake3:00\"},")
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void findsBundlesInTheRegistrysList() throws Exception {
    Digest manifest = attach(bundle);

    List<Candidate> found = look();

    assertThat(found).singleElement().isInstanceOf(BundleSignature.class);
    assertThat(((BundleSignature) found.get(0)).raw()).isEqualTo(bundle);
    assertThat(found.get(0).origin().place()).isEqualTo(bench.image.repository() + "@" + manifest);
  }

  @Test
  void takesABundleOnceThatIsListedTwice() throws Exception {
    bench.registry.faults().noSubjectHeader();
    attach(bundle);

    assertThat(look()).hasSize(1);
  }

  @Test
  void mergesTheListAndTheTag() throws Exception {
    attach(bundle);
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    attach(Bytes.utf8(bundle.toUtf8String("bundle") + "\n"));
    bench.registry.faults().clear();

    assertThat(look()).hasSize(2).allMatch(BundleSignature.class::isInstance);
  }

  @Test
  void findsBundlesWhateverTheListCallsThem() throws Exception {
    attach(bundle);
    bench
        .registry
        .faults()
        .on(RequestMatch.referrers())
        .does(Effects.wrongArtifactType("application/vnd.oci.empty.v1+json"));

    assertThat(look()).singleElement().isInstanceOf(BundleSignature.class);
  }

  @Test
  void leavesAloneWhatHoldsNoSignatures() throws Exception {
    SampleImage.referrer(Bench.IMAGE, "application/spdx+json", Bytes.utf8("{}"), Map.of())
        .pushTo(bench.app);
    JsonObject index =
        JsonObject.builder()
            .put("schemaVersion", 2)
            .put("mediaType", INDEX)
            .put("manifests", JsonArray.of(List.<JsonValue>of()))
            .put("subject", Bench.IMAGE.descriptor())
            .build();
    bench.app.putManifest(INDEX, GoJson.write(index));
    assertThat(bench.app.referrers(Bench.IMAGE.digest())).hasSize(2);

    assertThat(look()).isEmpty();
  }

  @Test
  void findsSignatureObjectsThatAreReferrers() throws Exception {
    bench.app.putBlob(PAYLOAD);
    SignatureObject empty = SignatureObject.empty(SignatureObject.Flavour.OCI);
    Manifest object =
        new Manifest(
            Optional.of(MediaType.OCI_MANIFEST),
            empty.manifest().config(),
            List.of(layer(PAYLOAD, Map.of(LegacySignature.SIGNATURE_ANNOTATION, "one"))),
            Map.of(),
            Optional.of(
                new Descriptor(
                    Bench.IMAGE.mediaType(), Bench.IMAGE.manifest().size(), Bench.IMAGE.digest())),
            Optional.of(LEGACY_ARTIFACT));
    bench.app.putManifest(OCI, object.toJson());

    assertThat(look()).singleElement().isInstanceOf(LegacySignature.class);
  }

  @Test
  void takesACopyOfTheImageUnderTheTagForNoSignature() throws Exception {
    bench.app.tag(Bench.tag(""), Bench.IMAGE.digest());

    assertThat(look()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev.cosignproject.cosign/signature", "dev.sigstore.cosign/signature"})
  void findsSignaturesOfBeforeV01UnderTheBareTag(String annotation) throws Exception {
    bench.app.putBlob(PAYLOAD);
    signatureObject(Bench.tag(""), layer(PAYLOAD, Map.of(annotation, "one")));

    assertThat(look())
        .singleElement()
        .isInstanceOfSatisfying(
            LegacySignature.class, found -> assertThat(found.signatureText()).isEqualTo("one"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "application/json", ""})
  void doesNotTakeAnswersOfAnotherTypeUnderTheTagForNothing(String contentType) throws Exception {
    fallbackIndex();
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().path(".*/sha256-[0-9a-f]+"))
        .does(
            contentType.isEmpty()
                ? Effects.withoutHeader("Content-Type")
                : Effects.contentType(contentType));

    assertThat(only(look()).message())
        .isEqualTo("referrers tag: neither an index nor a manifest, but \"" + contentType + "\"");
  }

  @Test
  void looksUnderV01sTagOnlyWhenAskedAgain() throws Exception {
    bench.app.putBlob(PAYLOAD);
    signatureObject(
        Bench.tag(".cosign"), layer(PAYLOAD, Map.of(LegacySignature.SIGNATURE_ANNOTATION, "one")));

    assertThat(look()).isEmpty();
    assertThat(lookInOldPlaces()).singleElement().isInstanceOf(LegacySignature.class);
    assertThat(bench.registry.log().lines()).filteredOn(l -> l.contains(".cosign")).hasSize(1);
  }

  @Test
  void doesNotFetchAPayloadThatItKnows() throws Exception {
    sign(PAYLOAD, "one");
    bench.registry.log().clear();

    List<Candidate> found = bench.store.look(bench.image, List.of(PAYLOAD));

    assertThat(((LegacySignature) found.get(0)).payload()).isEqualTo(PAYLOAD);
    assertThat(bench.registry.log().requests()).hasSize(3);
  }

  @Test
  void fetchesAPayloadOnceThatSeveralSigned() throws Exception {
    sign(PAYLOAD, "one");
    sign(PAYLOAD, "two");
    bench.registry.log().clear();

    assertThat(look()).hasSize(2);
    assertThat(bench.registry.log().requests("GET", ".*/blobs/.*")).hasSize(1);
  }

  /** Places, and what is asked there. */
  enum Place {
    LIST("referrers of", RequestMatch.referrers()),
    TAG(":" + Bench.tag(""), RequestMatch.manifests().path(".*/sha256-[0-9a-f]+")),
    SIGNATURES(":" + Bench.tag(".sig"), RequestMatch.manifests().path(".*[.]sig"));

    final String name;
    final RequestMatch request;

    Place(String name, RequestMatch request) {
      this.name = name;
      this.request = request;
    }
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void namesAPlaceThatItCouldNotLookAt(Place place) throws Exception {
    for (Effect way :
        List.of(
            Effects.status(401),
            Effects.status(403),
            Effects.status(404, "DENIED", "not for you"),
            Effects.throttled(java.time.Duration.ofHours(1)),
            Effects.unavailable(java.time.Duration.ofHours(1)),
            Effects.redirect(307, "http://169.254.169.254/"))) {
      bench.registry.faults().clear();
      bench.registry.faults().on(place.request).does(way);

      List<Candidate> found = look();

      assertThat(only(found)).isInstanceOf(RegistryException.class);
      assertThat(found.get(0).origin().place()).contains(place.name);
      if (place != Place.LIST) {
        assertThat(found.get(0).origin().place()).endsWith(place.name);
      }
    }
  }

  @Test
  void keepsWhatItFoundBesideAPlaceThatItCouldNotLookAt() throws Exception {
    sign(PAYLOAD, "one");
    attach(bundle);
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().path(".*/sha256-[0-9a-f]+"))
        .does(Effects.status(403));

    assertThat(look())
        .hasSize(3)
        .hasAtLeastOneElementOfType(Unreadable.class)
        .hasAtLeastOneElementOfType(BundleSignature.class)
        .hasAtLeastOneElementOfType(LegacySignature.class);
  }

  @Test
  void saysThatAListedReferrerIsNotThere() throws Exception {
    Digest missing = Digest.sha256(Bytes.utf8("missing"));
    fallbackIndex(new Descriptor(MediaType.OCI_MANIFEST, 900, missing));

    List<Candidate> found = look();

    assertThat(only(found).message()).contains("is listed as a referrer and is not there");
    assertThat(((Unreadable) found.get(0)).isMalformed()).isFalse();
    assertThat(found.get(0).origin().place()).endsWith("@" + missing);
  }

  @Test
  void saysThatABundlesBytesAreNotThere() throws Exception {
    bench.attachAsCosign(bundle, SIGN);
    bench.app.deleteBlob(Digest.sha256(bundle));

    List<Candidate> found = look();

    assertThat(only(found).message()).contains("BLOB_UNKNOWN");
    assertThat(((Unreadable) found.get(0)).isMalformed()).isFalse();
  }

  @Test
  void saysThatAPayloadIsNotTheOneThatTheLayerNames() throws Exception {
    sign(PAYLOAD, "one");
    bench.app.corrupt(Digest.sha256(PAYLOAD), Bytes.utf8("[]"));

    assertThat(only(look()).message()).contains("digest");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "not JSON", "{\"mediaType\":\"application/json\"}"})
  void saysThatABundleIsNone(String content) throws Exception {
    attach(Bytes.utf8(content));

    List<Candidate> found = look();

    assertThat(only(found)).isInstanceOf(MalformedInputException.class);
  }

  @Test
  void oneBundleThatIsNoneTakesNothingFromTheOther() throws Exception {
    attach(Bytes.utf8("{}"));
    attach(bundle);

    assertThat(look())
        .hasSize(2)
        .hasAtLeastOneElementOfType(Unreadable.class)
        .hasAtLeastOneElementOfType(BundleSignature.class);
  }

  @Test
  void saysThatALayerHasNoSignature() throws Exception {
    bench.app.putBlob(PAYLOAD);
    signatureObject(Bench.tag(".sig"), layer(PAYLOAD, Map.of()));

    assertThat(only(look()).message()).isEqualTo("signature layer: no signature annotation");
  }

  @Test
  void saysThatTheObjectIsNone() throws Exception {
    bench.app.putManifest(INDEX, new ImageIndex(List.of()).toJson(), Bench.tag(".sig"));

    assertThat(only(look())).isInstanceOf(MalformedInputException.class);
  }

  @Test
  void takesAsManyLayersAsAnObjectMayHaveAndNoMore() throws Exception {
    bench.app.putBlob(PAYLOAD);
    Descriptor layer = layer(PAYLOAD, Map.of(LegacySignature.SIGNATURE_ANNOTATION, "one"));
    signatureObject(
        Bench.tag(".sig"), java.util.Collections.nCopies(1000, layer).toArray(Descriptor[]::new));
    assertThat(look()).hasSize(1000).allMatch(LegacySignature.class::isInstance);

    signatureObject(
        Bench.tag(".sig"), java.util.Collections.nCopies(1001, layer).toArray(Descriptor[]::new));
    assertThat(only(look()).message())
        .isEqualTo("signature object: number of layers (1001) exceeded the limit (1000)");
  }

  @Test
  void takesAsManyReferrersAsAnImageMayHaveAndNoMore() throws Exception {
    List<Descriptor> entries = new ArrayList<>();
    for (int i = 0; i < 1001; i++) {
      entries.add(
          new Descriptor(MediaType.OCI_MANIFEST, 1, Digest.sha256(Bytes.utf8("none " + i))));
    }
    fallbackIndex(entries.subList(0, 1000).toArray(Descriptor[]::new));
    assertThat(look()).hasSize(1000);

    fallbackIndex(entries.toArray(Descriptor[]::new));
    bench.registry.log().clear();
    assertThat(only(look()).message()).isEqualTo("referrers: more than 1000 of them");
    assertThat(bench.registry.log().requests()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({"100, true", "99, false"})
  void takesPayloadsUpToTheGivenSize(long limit, boolean taken) throws Exception {
    Bytes payload = Bytes.utf8("x".repeat(100));
    sign(payload, "one");

    List<Candidate> found = bench.storeWithPayloadsUpTo(limit).look(bench.image, List.of());

    if (taken) {
      assertThat(found).singleElement().isInstanceOf(LegacySignature.class);
    } else {
      assertThat(only(found).message())
          .isEqualTo("payload: size of layer (100) exceeded the limit (99)");
    }
  }

  @Test
  void takesNoMoreOfABlobThanItsDescriptorSays() throws Exception {
    sign(PAYLOAD, "one");
    bench.registry.faults().on(RequestMatch.blobs()).does(Effects.endlessBody(false));

    assertThat(only(look()).message()).contains("larger than the limit of 2 bytes");
  }

  @Test
  void takesNoMoreOfAReferrerThanItsDescriptorSays() throws Exception {
    fallbackIndex(
        new Descriptor(
            MediaType.OCI_MANIFEST, 200_000, Digest.sha256(Bytes.utf8("something else"))));
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().path(".*/sha256:.*"))
        .does(Effects.changed(r -> r.withStatus(200)), Effects.endlessBody(false));

    assertThat(only(look()).message()).contains("larger than the limit of 200000 bytes");
  }

  @Test
  void looksInTheOtherRepositoryOnly() throws Exception {
    EvidenceStore other =
        bench.store(Optional.of(bench.repository("sigs")), "", SignatureObject.Flavour.OCI);
    other.addLegacySignature(
        bench.image, PAYLOAD, Map.of(LegacySignature.SIGNATURE_ANNOTATION, "one"), stored -> false);
    bench.registry.log().clear();

    assertThat(other.look(bench.image, List.of())).hasSize(1);
    assertThat(bench.registry.log().lines()).allMatch(line -> line.contains("/v2/sigs/"));
    assertThat(look()).isEmpty();
  }

  @Test
  void readsAPrefixOnSignatureTagsOnly() throws Exception {
    EvidenceStore prefixed = bench.store(Optional.empty(), "stable-", SignatureObject.Flavour.OCI);
    prefixed.look(bench.image, List.of());

    assertThat(bench.registry.log().lines())
        .anyMatch(line -> line.contains("/manifests/stable-" + Bench.tag(".sig")))
        .anyMatch(line -> line.contains("/manifests/" + Bench.tag("") + " "));
  }
}
