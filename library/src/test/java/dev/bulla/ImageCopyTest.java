package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Reference;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RecordedRequest;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.registry.StoredRepository;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An image arrives with all of its evidence, whatever the two registries can do. */
class ImageCopyTest {

  private static final SampleImage INDEX = SampleImage.twoPlatforms("many");

  /** Signs in every way, attaches what else there may be. */
  private static void dress(Bench bench) throws Exception {
    bench.sign(Bench.request(Bench.ALICE, SignRequest.Format.LEGACY, SignRequest.Format.BUNDLE));
    bench.putSignatureObject(
        Bench.tagName(".cosign"),
        MediaType.DOCKER_MANIFEST.value(),
        Bytes.utf8("old"),
        Map.of(LegacySignature.V01_SIGNATURE_ANNOTATION, "AA=="));
    SampleImage.artifact("application/vnd.dev.cosign.sbom", "text/spdx", Bytes.utf8("sbom"))
        .pushTo(bench.app, Bench.tagName(".sbom"));
    SampleImage.artifact(
            "application/vnd.x", "application/vnd.dsse.envelope.v1+json", Bytes.utf8("{}"))
        .pushTo(bench.app, Bench.tagName(".att"));
  }

  private static Digest anyReferrer(StoredRepository repository) {
    return SampleImage.referrer(
            Bench.IMAGE, "application/vnd.example.note", Bytes.utf8("note"), Map.of("a", "b"))
        .pushTo(repository);
  }

  private static Reference at(EmbeddedRegistry registry, String rest) throws Exception {
    return Reference.parse(registry.host() + "/" + rest);
  }

  private static EmbeddedRegistry target(boolean referrers) throws Exception {
    EmbeddedRegistry target = EmbeddedRegistry.start();
    if (!referrers) {
      target.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    }
    return target;
  }

  private static void copy(Bench bench, Reference target) throws BullaException {
    bench.bulla.copy().copy(bench.tag, target, CopyRequest.everything(), Progress.SILENT);
  }

  private static List<String> verified(Bench bench, Reference copy) throws BullaException {
    return Bench.formats(bench.bulla.verify(copy, Bench.policy(Bench.ALICE)));
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void evidenceOfEveryKindArrives(boolean sourceLists, boolean targetLists) throws Exception {
    try (Bench bench = sourceLists ? new Bench() : Bench.withoutReferrers();
        EmbeddedRegistry target = target(targetLists)) {
      dress(bench);
      if (sourceLists) {
        anyReferrer(bench.app);
      }
      copy(bench, at(target, "copy:v1"));
      assertThat(verified(bench, at(target, "copy:v1"))).contains("legacy", "bundle");
      StoredRepository copied = target.repository("copy");
      assertThat(copied.manifest("v1").orElseThrow().digest()).isEqualTo(Bench.IMAGE.digest());
      for (String suffix : List.of(".sig", ".att", ".sbom", ".cosign")) {
        assertThat(copied.manifest(Bench.tagName(suffix)).orElseThrow().content())
            .as(suffix)
            .isEqualTo(bench.app.manifest(Bench.tagName(suffix)).orElseThrow().content());
      }
      int referrers = sourceLists ? 2 : 1;
      if (targetLists) {
        assertThat(copied.referrers(Bench.IMAGE.digest())).hasSize(referrers);
        assertThat(copied.manifest(Bench.tagName(""))).isEmpty();
      } else {
        assertThat(
                ImageIndex.parse(copied.manifest(Bench.tagName("")).orElseThrow().content())
                    .manifests())
            .hasSize(referrers)
            .allSatisfy(entry -> assertThat(entry.artifactType()).isPresent());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRepeatedCopyWritesNothing(boolean lists) throws Exception {
    try (Bench bench = new Bench();
        EmbeddedRegistry target = target(lists)) {
      dress(bench);
      anyReferrer(bench.app);
      copy(bench, at(target, "copy:v1"));
      target.log().clear();
      copy(bench, at(target, "copy:v1"));
      assertThat(target.log().requests())
          .extracting(RecordedRequest::method)
          .containsOnly("GET", "HEAD");
    }
  }

  @Test
  void referrersThatTheTargetForgetsAreToldAgain() throws Exception {
    try (Bench bench = new Bench();
        EmbeddedRegistry target = target(true)) {
      dress(bench);
      anyReferrer(bench.app);
      target.faults().forgetsReferrers(2);
      copy(bench, at(target, "copy:v1"));
      assertThat(target.repository("copy").referrers(Bench.IMAGE.digest())).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void evidenceAtTheTargetStays(boolean lists) throws Exception {
    try (Bench bench = new Bench();
        EmbeddedRegistry target = target(lists)) {
      Bench.IMAGE.pushTo(target.repository("copy"), "v1");
      Bench.sign(
          bench.bulla,
          at(target, "copy:v1"),
          Bench.request(Bench.BOB, SignRequest.Format.LEGACY, SignRequest.Format.BUNDLE),
          false);
      bench.sign(Bench.request(Bench.ALICE, SignRequest.Format.LEGACY, SignRequest.Format.BUNDLE));
      copy(bench, at(target, "copy:v1"));
      Reference copied = at(target, "copy:v1");
      assertThat(verified(bench, copied)).contains("legacy", "bundle");
      assertThat(Bench.formats(bench.bulla.verify(copied, Bench.policy(Bench.BOB))))
          .contains("legacy", "bundle");
      assertThat(
              Manifest.parse(
                      target
                          .repository("copy")
                          .manifest(Bench.tagName(".sig"))
                          .orElseThrow()
                          .content())
                  .layers())
          .hasSize(2);
    }
  }

  @Test
  void anIndexArrivesWithEveryImageAndItsSignatures() throws Exception {
    try (Bench bench = new Bench();
        EmbeddedRegistry target = target(false)) {
      INDEX.pushTo(bench.app, "many");
      Bench.sign(
          bench.bulla,
          bench.reference("app:many"),
          Bench.request(Bench.ALICE, SignRequest.Format.LEGACY, SignRequest.Format.BUNDLE),
          true);
      bench
          .bulla
          .copy()
          .copy(
              bench.reference("app:many"),
              at(target, "copy:many"),
              CopyRequest.everything(),
              Progress.SILENT);
      assertThat(verified(bench, at(target, "copy:many"))).contains("legacy", "bundle");
      for (SampleImage child : INDEX.children()) {
        assertThat(verified(bench, at(target, "copy@" + child.digest())))
            .contains("legacy", "bundle");
        for (Digest blob : child.blobs().keySet()) {
          assertThat(target.repository("copy").blob(blob)).isPresent();
        }
      }
    }
  }

  @Test
  void onlyTheImageOfOnePlatform() throws Exception {
    try (Bench bench = new Bench();
        EmbeddedRegistry target = target(true)) {
      INDEX.pushTo(bench.app, "many");
      Bench.sign(bench.bulla, bench.reference("app:many"), Bench.bundle(Bench.ALICE), true);
      SampleImage arm = INDEX.children().get(1);
      CopyRequest request =
          new CopyRequest(
              EnumSet.allOf(EvidenceKind.class), true, Optional.of("linux/arm64"), false);
      Reference copied = at(target, "copy:arm");
      assertThat(
              bench
                  .bulla
                  .copy()
                  .copy(bench.reference("app:many"), copied, request, Progress.SILENT)
                  .digest())
          .isEqualTo(arm.digest());
      assertThat(verified(bench, copied)).containsExactly("bundle");
      assertThat(target.repository("copy").manifest(INDEX.digest())).isEmpty();

      for (String platform : List.of("plan9/mips", "linux")) {
        CopyRequest none =
            new CopyRequest(EnumSet.allOf(EvidenceKind.class), true, Optional.of(platform), false);
        assertThatThrownBy(() ->
                bench.bulla.copy().copy(bench.reference("app:many"), copied, none, Progress.SILENT))
            .isInstanceOf(ConfigurationException.class);
      }
    }
  }

  @Test
  void signaturesOfSignaturesGoAlong() throws Exception {
    try (Bench bench = new Bench();
        EmbeddedRegistry target = target(true)) {
      bench.sign(Bench.legacy(Bench.BOB));
      Digest object = bench.app.manifest(Bench.tagName(".sig")).orElseThrow().digest();
      Bench.sign(bench.bulla, bench.reference("app@" + object), Bench.legacy(Bench.ALICE), false);
      copy(bench, at(target, "copy:v1"));
      assertThat(verified(bench, at(target, "copy@" + object))).containsExactly("legacy");
    }
  }

  /** What writers that share a tag leave beside it is no evidence of its own. */
  private static List<String> withoutJournals(StoredRepository repository) {
    return repository.tags().stream().filter(tag -> !tag.matches(".*-[0-9a-f]{16}")).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "SIGNATURES, .sig .cosign, 1",
    "ATTESTATIONS, .att, 0",
    "SBOMS, .sbom, 0",
    "OTHER_REFERRERS, '', 1"
  })
  void onlyWhatIsWanted(EvidenceKind kind, String tags, int referrers) throws Exception {
    try (Bench bench = new Bench();
        EmbeddedRegistry target = target(true)) {
      dress(bench);
      anyReferrer(bench.app);
      bench
          .bulla
          .copy()
          .copy(
              bench.tag,
              at(target, "copy:v1"),
              new CopyRequest(Set.of(kind), false, Optional.empty(), false),
              Progress.SILENT);
      StoredRepository copied = target.repository("copy");
      assertThat(String.join(" ", withoutJournals(copied)).replace(Bench.tagName(""), ""))
          .isEqualTo(
              java.util.Arrays.stream(tags.split(" "))
                  .sorted()
                  .collect(java.util.stream.Collectors.joining(" ")));
      assertThat(copied.referrers(Bench.IMAGE.digest())).hasSize(referrers);
      assertThat(copied.manifest(Bench.IMAGE.digest())).isPresent();
    }
  }

  @Test
  void anotherImageAtTheTargetStaysUnlessForced() throws Exception {
    try (Bench bench = new Bench();
        EmbeddedRegistry target = target(true)) {
      Digest other = SampleImage.image("other").pushTo(target.repository("copy"), "v1");
      bench.sign(Bench.bundle(Bench.ALICE));
      Reference copied = at(target, "copy:v1");
      assertThatThrownBy(() -> copy(bench, copied))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("image \"" + copied + "\" already exists. Use `-f` to overwrite");
      assertThat(target.repository("copy").manifest("v1").orElseThrow().digest()).isEqualTo(other);
      bench
          .bulla
          .copy()
          .copy(
              bench.tag,
              copied,
              new CopyRequest(EnumSet.allOf(EvidenceKind.class), true, Optional.empty(), true),
              Progress.SILENT);
      assertThat(verified(bench, copied)).containsExactly("bundle");
      assertThat(target.repository("copy").manifest(other)).isPresent();
    }
  }

  @Test
  void withinARegistryNoBlobIsSent() throws Exception {
    try (Bench bench = new Bench()) {
      dress(bench);
      bench.registry.log().clear();
      copy(bench, bench.reference("copy:v1"));
      assertThat(verified(bench, bench.reference("copy:v1"))).contains("legacy", "bundle");
      assertThat(
              bench.registry.log().requests("GET", ".*/blobs/.*").stream()
                  .filter(r -> !r.path().contains("/copy/")))
          .isEmpty();
      assertThat(bench.registry.log().requests("POST", ".*/blobs/uploads/"))
          .isNotEmpty()
          .allMatch(r -> r.rawQuery().contains("mount="));
    }
  }

  @Test
  void largeLayersGoThroughAFile() throws Exception {
    byte[] large = new byte[3 << 20];
    new Random(7).nextBytes(large);
    SampleImage big =
        SampleImage.artifact("application/vnd.x", "application/vnd.big", Bytes.of(large));
    try (Bench bench = new Bench();
        EmbeddedRegistry target = target(true)) {
      big.pushTo(bench.app, "big");
      bench
          .bulla
          .copy()
          .copy(
              bench.reference("app:big"),
              at(target, "copy:big"),
              CopyRequest.everything(),
              Progress.SILENT);
      assertThat(target.repository("copy").blob(Digest.sha256(Bytes.of(large)))).isPresent();
    }
  }

  /** cosign copies the image to that tag, where registries without a list want the referrers. */
  @Test
  void theTagOfTheReferrersIsLeftToThem() throws Exception {
    try (Bench bench = new Bench();
        EmbeddedRegistry target = target(false)) {
      bench.sign(Bench.legacy(Bench.ALICE));
      copy(bench, at(target, "copy:v1"));
      Bench.sign(bench.bulla, at(target, "copy:v1"), Bench.bundle(Bench.ALICE), false);
      assertThat(verified(bench, at(target, "copy:v1"))).contains("legacy", "bundle");
    }
  }

  @Test
  void signaturesFromBeforeV01GetTheTagOfV01() throws Exception {
    try (Bench bench = new Bench();
        EmbeddedRegistry target = target(true)) {
      bench.putSignatureObject(
          Bench.tagName(""),
          MediaType.DOCKER_MANIFEST.value(),
          Bytes.utf8("old"),
          Map.of(LegacySignature.SIGNATURE_ANNOTATION, "AA=="));
      copy(bench, at(target, "copy:v1"));
      assertThat(withoutJournals(target.repository("copy")))
          .containsExactlyInAnyOrder("v1", Bench.tagName(".cosign"));
    }
  }

  @Test
  void shardsOfImmutableTagsAreUnited() throws Exception {
    try (Bench bench = new Bench();
        EmbeddedRegistry target = target(true)) {
      bench.registry.faults().immutableTags(".*");
      bench.sign(Bench.legacy(Bench.BOB));
      bench.sign(Bench.legacy(Bench.ALICE));
      assertThat(bench.app.tags()).contains(Bench.tagName(".sig-2"));
      copy(bench, at(target, "copy:v1"));
      assertThat(verified(bench, at(target, "copy:v1"))).containsExactly("legacy");
      assertThat(
              Manifest.parse(
                      target
                          .repository("copy")
                          .manifest(Bench.tagName(".sig"))
                          .orElseThrow()
                          .content())
                  .layers())
          .hasSize(2);
    }
  }

  /** Where no list is kept and the referrers tag cannot be moved either. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void referrersInNumberedIndexesComeAlong(boolean targetLists) throws Exception {
    try (Bench bench = Bench.withoutReferrers();
        EmbeddedRegistry target = target(targetLists)) {
      bench.registry.faults().immutableTags(".*");
      bench.sign(Bench.bundle(Bench.BOB));
      bench.sign(Bench.bundle(Bench.ALICE));
      assertThat(bench.app.tags()).contains(Bench.tagName("-2"));

      copy(bench, at(target, "copy:v1"));

      Reference copied = at(target, "copy:v1");
      assertThat(verified(bench, copied)).containsExactly("bundle");
      assertThat(Bench.formats(bench.bulla.verify(copied, Bench.policy(Bench.BOB))))
          .containsExactly("bundle");
      assertThat(bench.bulla.tree().of(copied, true)).hasSize(2);
    }
  }

  /** Journals serve writers that are at work: the copy has its own, and of no other's. */
  @Test
  void journalsStayWhereTheyAre() throws Exception {
    try (Bench bench = Bench.withoutReferrers();
        EmbeddedRegistry target = target(false)) {
      bench.sign(Bench.request(Bench.ALICE, SignRequest.Format.LEGACY, SignRequest.Format.BUNDLE));
      String left = Bench.tagName(".sig-0123456789abcdef");
      bench.app.tag(left, bench.app.manifest(Bench.tagName(".sig")).orElseThrow().digest());

      copy(bench, at(target, "copy:v1"));

      assertThat(target.repository("copy").tags())
          .contains("v1", Bench.tagName(""), Bench.tagName(".sig"))
          .doesNotContain(left);
    }
  }
}
