package dev.bulla;

import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FanOut;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.ReferrersAnswer;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceStore;
import dev.bulla.store.EvidenceTags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Brings along what is kept beside a manifest, and beside that in turn. What the target has stays:
 * objects under tags are united, referrers are added to its list, whichever kind of list that is. A
 * place that cannot be read ends the work, since what lies there would be missing at the target.
 */
final class EvidenceTransfer {

  /** Signatures of signature objects of an image, and no further. */
  private static final int MAX_DEPTH = 4;

  private static final int PARALLEL = 6;
  private static final int MAX_OBJECTS = 10 * Limits.MAX_REFERRERS;

  private final RegistryClient client;
  private final EvidenceStore store;
  private final Place from;
  private final Place to;
  private final CopyRequest request;
  private final boolean replacesSboms;
  private final Progress progress;
  private final ManifestTransfer manifests;
  private final AtomicInteger objects = new AtomicInteger();

  /**
   * @param replacesSboms whether another bill of materials under the target's tag gives way: that
   *     object holds one, so two cannot be united
   */
  EvidenceTransfer(
      RegistryClient client,
      EvidenceStore store,
      Place from,
      Place to,
      CopyRequest request,
      boolean replacesSboms,
      Progress progress) {
    this.client = client;
    this.store = store;
    this.from = from;
    this.to = to;
    this.request = request;
    this.replacesSboms = replacesSboms;
    this.progress = progress;
    this.manifests = new ManifestTransfer(client, from.evidence(), to.evidence(), progress);
  }

  void moveOf(Digest subject) throws BullaException {
    if (!from.evidence().equals(to.evidence())) {
      moveOf(subject, 0);
    }
  }

  private void moveOf(Digest subject, int depth) throws BullaException {
    if (depth == MAX_DEPTH) {
      return;
    }
    if (objects.incrementAndGet() > MAX_OBJECTS) {
      throw new MalformedInputException("evidence", "more than " + MAX_OBJECTS + " objects");
    }
    Found found = look(subject);
    List<Digest> moved = new ArrayList<>();
    for (Tagged tagged : found.tagged()) {
      moveTagged(tagged);
      moved.add(tagged.object().descriptor().digest());
    }
    moved.addAll(moveReferrers(subject, found.referrers()));
    client
        .atOnce(PARALLEL)
        .map(
            moved,
            digest -> {
              moveOf(digest, depth + 1);
              return digest;
            });
  }

  /** An object of the tag scheme, and the tag that it gets at the target. */
  private record Tagged(String source, String target, FetchedManifest object, boolean united) {}

  private record Found(List<Tagged> tagged, List<Descriptor> referrers) {}

  /** What one place of the tag scheme is called, and what it may hold. */
  private record Tag(String source, String target, EvidenceKind kind, boolean united) {}

  private Found look(Digest subject) throws BullaException {
    List<Tag> tags = new ArrayList<>();
    tags.add(
        new Tag(
            EvidenceTags.attestations(from.prefix(), subject),
            EvidenceTags.attestations(to.prefix(), subject),
            EvidenceKind.ATTESTATIONS,
            true));
    tags.add(
        new Tag(
            EvidenceTags.signatures(from.prefix(), subject),
            EvidenceTags.signatures(to.prefix(), subject),
            EvidenceKind.SIGNATURES,
            true));
    tags.add(
        new Tag(
            EvidenceTags.sbom(from.prefix(), subject),
            EvidenceTags.sbom(to.prefix(), subject),
            EvidenceKind.SBOMS,
            false));
    String oldTag = EvidenceTags.v01Signatures(subject);
    tags.add(new Tag(oldTag, oldTag, EvidenceKind.SIGNATURES, true));
    tags.removeIf(tag -> !request.wants(tag.kind()));
    List<FanOut.Task<Repository, Object>> questions = new ArrayList<>();
    questions.add(repository -> client.referrers(repository, subject));
    questions.add(repository -> client.getManifest(repository, EvidenceTags.referrers(subject)));
    for (Tag tag : tags) {
      questions.add(repository -> client.getManifest(repository, tag.source()));
    }
    List<Object> answers =
        client.atOnce(PARALLEL).map(questions, question -> question.apply(from.evidence()));
    Map<Digest, Descriptor> referrers = new LinkedHashMap<>();
    if (answers.get(0) instanceof ReferrersAnswer.Listed listed) {
      listed.descriptors().forEach(d -> referrers.putIfAbsent(d.digest(), d));
    }
    List<Tagged> tagged = new ArrayList<>();
    for (int i = 0; i < tags.size(); i++) {
      Optional<FetchedManifest> answer = manifest(answers.get(2 + i));
      if (answer.isPresent()) {
        Tag tag = tags.get(i);
        tagged.add(new Tagged(tag.source(), tag.target(), answer.get(), tag.united()));
        addShards(tagged, tag);
      }
    }
    Optional<FetchedManifest> bare = manifest(answers.get(1));
    if (bare.isPresent() && bare.get().descriptor().mediaType().isIndex()) {
      List<FetchedManifest> indexes = new ArrayList<>(List.of(bare.get()));
      indexes.addAll(shards(EvidenceTags.referrers(subject)));
      for (FetchedManifest index : indexes) {
        ImageIndex.parse(index.body())
            .manifests()
            .forEach(d -> referrers.putIfAbsent(d.digest(), d));
      }
    } else if (bare.isPresent()
        && request.wants(EvidenceKind.SIGNATURES)
        && holdsSignatures(bare.get())) {
      // before v0.1: this tag is where today's registries want the list of referrers
      tagged.add(new Tagged(EvidenceTags.referrers(subject), oldTag, bare.get(), true));
    }
    return new Found(tagged, List.copyOf(referrers.values()));
  }

  /** What was added where the tag cannot be moved is united with the rest at the target. */
  private void addShards(List<Tagged> tagged, Tag tag) throws BullaException {
    if (!tag.united() || tag.source().endsWith(".cosign")) {
      return;
    }
    int number = 2;
    for (FetchedManifest shard : shards(tag.source())) {
      tagged.add(new Tagged(EvidenceTags.shard(tag.source(), number++), tag.target(), shard, true));
    }
  }

  /** What lies beside a tag that cannot be moved, in the order of its numbers. */
  private List<FetchedManifest> shards(String tag) throws BullaException {
    List<FetchedManifest> shards = new ArrayList<>();
    for (int number = 2; number <= Limits.MAX_REFERRERS; number++) {
      Optional<FetchedManifest> found =
          client.getManifest(from.evidence(), EvidenceTags.shard(tag, number));
      if (found.isEmpty()) {
        break;
      }
      shards.add(found.get());
    }
    return shards;
  }

  @SuppressWarnings("unchecked") // what was asked decides what was answered
  private static Optional<FetchedManifest> manifest(Object answer) {
    return (Optional<FetchedManifest>) answer;
  }

  private static boolean holdsSignatures(FetchedManifest fetched) throws MalformedInputException {
    if (!fetched.descriptor().mediaType().isImageManifest()) {
      return false;
    }
    for (Descriptor layer : Manifest.parse(fetched.body()).layers()) {
      if (layer.annotations().containsKey(LegacySignature.SIGNATURE_ANNOTATION)
          || layer.annotations().containsKey(LegacySignature.V01_SIGNATURE_ANNOTATION)) {
        return true;
      }
    }
    return false;
  }

  private void moveTagged(Tagged tagged) throws BullaException {
    Repository target = to.evidence();
    Optional<FetchedManifest> there = client.getManifest(target, tagged.target());
    Digest digest = tagged.object().descriptor().digest();
    if (there.isPresent() && there.get().descriptor().digest().equals(digest)) {
      return;
    }
    progress.copying(from.evidence().tag(tagged.source()), target.tag(tagged.target()));
    if (!tagged.united() && there.isPresent() && !replacesSboms) {
      throw alreadyExists(target.tag(tagged.target()));
    }
    manifests.needs(tagged.object());
    if (tagged.united()) {
      store.merge(target, tagged.target(), tagged.object());
    } else {
      client.putManifest(
          target, tagged.target(), ManifestTransfer.type(tagged.object()), tagged.object().body());
    }
  }

  static ConfigurationException alreadyExists(Reference target) {
    return new ConfigurationException(
        "image \"" + target + "\" already exists. Use `-f` to overwrite");
  }

  private List<Digest> moveReferrers(Digest subject, List<Descriptor> referrers)
      throws BullaException {
    if (referrers.isEmpty()) {
      return List.of();
    }
    if (referrers.size() > Limits.MAX_REFERRERS) {
      throw new MalformedInputException(
          "referrers", "more than " + Limits.MAX_REFERRERS + " of them");
    }
    Map<Digest, Descriptor> listed = new LinkedHashMap<>();
    for (Descriptor there : store.referrers(to.evidence().at(subject))) {
      listed.put(there.digest(), there);
    }
    List<Moved> moved =
        client
            .atOnce(PARALLEL)
            .map(
                referrers,
                referrer -> moveReferrer(referrer, listed.containsKey(referrer.digest())));
    List<Digest> all = new ArrayList<>();
    List<Descriptor> unlisted = new ArrayList<>();
    List<Descriptor> acknowledged = new ArrayList<>();
    for (Moved one : moved) {
      if (one.wanted()) {
        all.add(one.digest());
      }
      one.pushed().ifPresent((one.acknowledged() ? acknowledged : unlisted)::add);
    }
    if (!unlisted.isEmpty()) {
      store.addToReferrersTag(to.evidence(), subject, unlisted);
    }
    confirm(subject, acknowledged);
    return all;
  }

  private void confirm(Digest subject, List<Descriptor> acknowledged) throws BullaException {
    if (acknowledged.isEmpty()) {
      return;
    }
    Set<Digest> forgotten =
        store.confirmReferrers(
            to.evidence(), subject, acknowledged, digest -> manifests.fetch(digest).body());
    List<Descriptor> unlisted =
        acknowledged.stream().filter(one -> forgotten.contains(one.digest())).toList();
    if (!unlisted.isEmpty()) {
      store.addToReferrersTag(to.evidence(), subject, unlisted);
    }
  }

  /**
   * What became of a referrer.
   *
   * @param pushed as a list describes it; empty when the target had it, or it is not wanted
   * @param acknowledged whether the target said that it lists it
   */
  private record Moved(
      Digest digest, boolean wanted, Optional<Descriptor> pushed, boolean acknowledged) {}

  private Moved moveReferrer(Descriptor referrer, boolean listed) throws BullaException {
    Digest digest = referrer.digest();
    if (listed && request.wantsAll()) {
      return new Moved(digest, true, Optional.empty(), false);
    }
    FetchedManifest manifest = manifests.fetch(digest);
    boolean wanted = isWanted(manifest);
    if (!wanted || listed) {
      return new Moved(digest, wanted, Optional.empty(), false);
    }
    progress.copying(from.evidence().at(digest), to.evidence().at(digest));
    manifests.needs(manifest);
    boolean acknowledged = manifests.put(manifest).subjectAcknowledged();
    return new Moved(digest, true, Optional.of(entry(manifest)), acknowledged);
  }

  private boolean isWanted(FetchedManifest fetched) throws BullaException {
    if (request.wantsAll()) {
      return true;
    }
    if (!fetched.descriptor().mediaType().isImageManifest()) {
      return request.wants(EvidenceKind.OTHER_REFERRERS);
    }
    Manifest manifest = Manifest.parse(fetched.body());
    Optional<Descriptor> bundle = ReferrerKind.bundle(manifest);
    if (bundle.isEmpty()) {
      return request.wants(ReferrerKind.of(manifest));
    }
    for (EvidenceKind kind :
        ReferrerKind.ofBundle(
            client.getBlob(from.evidence(), bundle.get().digest(), Limits.MAX_BUNDLE))) {
      if (request.wants(kind)) {
        return true;
      }
    }
    return false;
  }

  /** As the list of referrers under a tag describes it (distribution-spec 1.1). */
  private static Descriptor entry(FetchedManifest fetched) throws MalformedInputException {
    Descriptor plain =
        new Descriptor(
            ManifestTransfer.type(fetched),
            fetched.descriptor().size(),
            fetched.descriptor().digest());
    if (plain.mediaType().isIndex()) {
      ImageIndex index = ImageIndex.parse(fetched.body());
      Descriptor annotated = plain.withAnnotations(index.annotations());
      return index.artifactType().isEmpty()
          ? annotated
          : annotated.withArtifactType(index.artifactType().get());
    }
    Manifest manifest = Manifest.parse(fetched.body());
    return plain
        .withAnnotations(manifest.annotations())
        .withArtifactType(manifest.artifactType().orElse(manifest.config().mediaType().value()));
  }
}
