package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An image that stays, and one that goes; both with evidence of every kind. */
class OrphanedEvidenceTest {

  private static final SampleImage GONE = SampleImage.image("gone");

  private Bench bench;
  private DigestReference gone;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private void evidence() throws Exception {
    GONE.pushTo(bench.app, "gone");
    gone = bench.repository("app").at(GONE.digest());
    for (DigestReference image : List.of(bench.image, gone)) {
      Bench.sign(bench.bulla, image, SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH), false);
      bench.bulla.attach().attestation(image, Bytes.utf8("{\"payload\":\"e30=\"}"));
      bench.bulla.sboms().attach(image, Bytes.utf8("{}"), new MediaType("text/spdx+json"));
      bench
          .bulla
          .sboms()
          .attachAsReferrer(image, Bytes.utf8("{}"), new MediaType("text/spdx+json"));
    }
  }

  private OrphanPlan plan() throws BullaException {
    return bench.bulla.orphans().plan(bench.image.repository(), List.of(), Optional.empty());
  }

  private void carryOut(OrphanPlan plan) throws BullaException {
    OrphanRemoval removal = bench.bulla.orphans().removal(List.of());
    for (OrphanPlan.Removal one : plan.removals()) {
      assertThat(removal.remove(plan.repository(), one)).isTrue();
    }
    for (OrphanPlan.Rewrite one : plan.rewrites()) {
      assertThat(removal.rewrite(plan.repository(), one)).isTrue();
    }
  }

  private List<String> everything() {
    TreeSet<String> all = new TreeSet<>(bench.app.tags());
    bench.app.manifests().forEach(digest -> all.add(digest.toString()));
    return new ArrayList<>(all);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void allEvidenceOfAnImageThatIsGoneGoesAndNothingElse(boolean withApi) throws Exception {
    if (!withApi) {
      bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    }
    // what is there without the second image is what has to be left in the end
    SampleImage keep = SampleImage.image("keep");
    keep.pushTo(bench.app, "keep");
    evidence();
    bench.app.deleteManifest(GONE.digest());
    List<String> ofGone =
        everything().stream().filter(name -> name.contains(GONE.digest().hex())).toList();
    assertThat(ofGone).isNotEmpty();
    int before = bench.app.manifests().size();

    OrphanPlan plan = plan();
    assertThat(everything()).containsAll(ofGone); // looking changes nothing
    carryOut(plan);

    assertThat(everything()).noneMatch(name -> name.contains(GONE.digest().hex()));
    assertThat(plan().isEmpty()).isTrue();
    bench.verify(Bench.ALICE);
    assertThat(bench.app.tags()).contains("v1", "keep");
    // signature object and its journal, two referrers, and where there is no API their list and the
    // journal of the one that is none itself; the objects with attestations and SBOM are the same
    // for both images, and so only lose a tag
    assertThat(before - bench.app.manifests().size()).isEqualTo(withApi ? 4 : 6);
  }

  @Test
  void nothingGoesWhileEveryImageIsThere() throws Exception {
    evidence();
    assertThat(plan().isEmpty()).isTrue();

    bench.app.untag("gone"); // pushed by digest, deployed by digest: it is there
    assertThat(plan().isEmpty()).isTrue();
  }

  @Test
  void whatATagReachesInAnotherWayIsOnlyUntagged() throws Exception {
    evidence();
    String object = Bench.tagName(GONE.digest(), ".sig");
    Digest digest = bench.app.manifest(object).orElseThrow().digest();
    bench.app.tag("mine", digest);
    bench.app.deleteManifest(GONE.digest());

    carryOut(plan());

    assertThat(bench.app.tags()).contains("mine").doesNotContain(object);
    assertThat(bench.app.manifest(digest)).isPresent();
  }

  @Test
  void whatAnIndexReachesStays() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    evidence();
    String list = Bench.tagName(GONE.digest(), "");
    ImageIndex referrers = ImageIndex.parse(bench.app.manifest(list).orElseThrow().content());
    Descriptor kept = referrers.manifests().get(0);
    bench.app.putManifest(
        MediaType.OCI_INDEX.value(), new ImageIndex(List.of(kept)).toJson(), "collection");
    bench.app.deleteManifest(GONE.digest());

    carryOut(plan());

    assertThat(bench.app.manifest(kept.digest())).isPresent();
    assertThat(bench.app.manifest(referrers.manifests().get(1).digest())).isEmpty();
  }

  @Test
  void signaturesOfSignaturesGoWithThem() throws Exception {
    evidence();
    Digest object = bench.app.manifest(Bench.tagName(GONE.digest(), ".sig")).orElseThrow().digest();
    Bench.sign(bench.bulla, bench.repository("app").at(object), Bench.legacy(Bench.BOB), false);
    bench.app.deleteManifest(GONE.digest());

    OrphanPlan plan = plan();
    assertThat(
            plan.removals().stream().flatMap(one -> one.tag().stream()).findFirst().orElseThrow())
        .startsWith(Bench.tagName(object, ".sig"));
    carryOut(plan);

    assertThat(bench.app.tags()).doesNotContain(Bench.tagName(object, ".sig"));
  }

  @Test
  void entriesThatLeadNowhereAreTakenOutOfAList() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    evidence();
    String list = Bench.tagName("");
    ImageIndex before = ImageIndex.parse(bench.app.manifest(list).orElseThrow().content());
    bench.app.deleteManifest(before.manifests().get(0).digest());

    OrphanPlan plan = plan();
    assertThat(plan.removals()).isEmpty();
    carryOut(plan);

    assertThat(ImageIndex.parse(bench.app.manifest(list).orElseThrow().content()).manifests())
        .containsExactlyElementsOf(before.manifests().subList(1, before.manifests().size()));
  }

  /** {@code copy} keeps an index under its own digest; it is no list of referrers. */
  @Test
  void anIndexUnderItsOwnDigestIsLeftAlone() throws Exception {
    SampleImage index = SampleImage.twoPlatforms("sparse");
    index.pushTo(bench.app, Bench.tagName(index.digest(), ""));
    bench.app.deleteManifest(index.children().get(0).digest());

    assertThat(plan().isEmpty()).isTrue();
  }

  @Test
  void tagsThatOnlyLookLikeEvidenceAreLeftAlone() throws Exception {
    String hex = GONE.digest().hex();
    SampleImage.image("mine").pushTo(bench.app, "sha256-" + hex, "sha256-" + hex + ".txt");
    SampleImage.twoPlatforms("mine").pushTo(bench.app, "sha256-" + hex + "-2");
    SampleImage.twoPlatforms("mine").pushTo(bench.app, "sha256-" + hex + ".sig");
    bench.app.tag("sha256-" + hex.substring(1) + ".sig", Bench.IMAGE.digest());

    assertThat(plan().isEmpty()).isTrue();
  }

  @Test
  void shardsAndJournalsAreEvidence() throws Exception {
    evidence();
    Digest object = bench.app.manifest(Bench.tagName(GONE.digest(), ".sig")).orElseThrow().digest();
    bench.app.tag(Bench.tagName(GONE.digest(), ".sig-2"), object);
    bench.app.tag(Bench.tagName(GONE.digest(), ".sig-0123456789abcdef"), object);
    bench.app.deleteManifest(GONE.digest());

    carryOut(plan());

    assertThat(bench.app.tags()).noneMatch(tag -> tag.contains(GONE.digest().hex()));
  }

  // ---- when it cannot tell

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 500, 429})
  void oneAnswerThatIsMissingLeavesNoPlan(int status) throws Exception {
    evidence();
    bench.app.deleteManifest(GONE.digest());
    List<String> before = everything();
    // 400 from the list of referrers says that there is no such API, which is an answer
    String telling = status == 400 ? "(?!.*/referrers/).*" : ".*";
    RequestMatch match = RequestMatch.any().path(telling);
    int requests = countRequests(telling);
    assertThat(requests).isGreaterThan(5);
    for (int n = 1; n <= requests; n += 3) {
      bench.registry.faults().clear();
      bench.registry.faults().on(match).nth(n).does(Effects.status(status));
      bench.registry.faults().on(match).after(n).does(Effects.status(status));
      assertThatThrownBy(this::plan).isInstanceOf(RegistryException.class);
    }
    assertThat(everything()).isEqualTo(before);
  }

  private int countRequests(String path) throws BullaException {
    bench.registry.log().clear();
    plan();
    return (int)
        bench.registry.log().requests().stream()
            .filter(request -> request.path().matches(path))
            .count();
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 405})
  void aRegistryWithoutHeadIsAskedWithGet(int status) throws Exception {
    evidence();
    bench.registry.faults().noHead(status);

    assertThat(plan().isEmpty()).isTrue();
  }

  /** Everything would seem to be gone. */
  @Test
  void aRegistryThatKnowsNoDigestsIsNotBelieved() throws Exception {
    evidence();
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().path(".*/manifests/sha256:.*"))
        .does(Effects.status(404, "MANIFEST_UNKNOWN", "manifest unknown"));

    assertThatThrownBy(this::plan).isInstanceOf(RegistryException.class);
  }

  @ParameterizedTest
  @EnumSource(value = Faults.NoReferrers.class, mode = EnumSource.Mode.EXCLUDE, names = "WEB_PAGE")
  void listsAreReadWhereverTheyAreKept(Faults.NoReferrers how) throws Exception {
    bench.registry.faults().noReferrersApi(how);
    evidence();
    bench.app.deleteManifest(GONE.digest());

    assertThat(plan().removals())
        .filteredOn(removal -> removal.kind() == OrphanPlan.Kind.REFERRER)
        .hasSize(2);
  }

  /** Evidence that is kept apart from its images must not look orphaned. */
  @Test
  void aRepositoryOfEvidenceAloneCannotTell() throws Exception {
    Repository store = bench.repository("evidence");
    Bulla apart =
        bench.bulla(Optional.of(store), "", dev.bulla.evidence.SignatureObject.Flavour.OCI);
    Bench.sign(apart, bench.image, Bench.legacy(Bench.ALICE), false);

    assertThatThrownBy(() -> bench.bulla.orphans().plan(store, List.of(), Optional.empty()))
        .isInstanceOf(ConfigurationException.class);
    assertThat(
            bench
                .bulla
                .orphans()
                .plan(store, List.of(bench.image.repository()), Optional.empty())
                .isEmpty())
        .isTrue();
  }

  /** A list that names what is none of its business. */
  @Test
  void aHostileListDeletesNothingOfOthers() throws Exception {
    evidence();
    bench.app.deleteManifest(GONE.digest());
    SampleImage untagged = SampleImage.image("untagged");
    untagged.pushTo(bench.app);
    Descriptor entry =
        new Descriptor(MediaType.OCI_MANIFEST, untagged.manifest().size(), untagged.digest());
    Bytes list = new ImageIndex(List.of(entry)).toJson();
    bench.registry.faults().on(RequestMatch.referrers()).does(Effects.body(list));

    assertThat(plan().removals()).noneMatch(removal -> removal.digest().equals(untagged.digest()));
  }

  @Test
  void anImageThatComesBackKeepsItsEvidence() throws Exception {
    evidence();
    bench.app.deleteManifest(GONE.digest());
    OrphanPlan plan = plan();
    GONE.pushTo(bench.app, "gone");
    List<String> before = everything();

    for (OrphanPlan.Removal removal : plan.removals()) {
      assertThat(bench.bulla.orphans().removal(List.of()).remove(plan.repository(), removal))
          .isFalse();
    }
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aTagThatWasMovedIsLeftAlone() throws Exception {
    evidence();
    bench.app.deleteManifest(GONE.digest());
    OrphanPlan plan = plan();
    String tag = Bench.tagName(GONE.digest(), ".sbom");
    bench.app.tag(tag, Bench.IMAGE.digest());

    for (OrphanPlan.Removal removal : plan.removals()) {
      if (removal.tag().equals(Optional.of(tag))) {
        assertThat(bench.bulla.orphans().removal(List.of()).remove(plan.repository(), removal))
            .isFalse();
      }
    }
    assertThat(bench.app.manifest(Bench.IMAGE.digest())).isPresent();
  }
}
