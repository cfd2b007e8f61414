package dev.bulla;

import dev.bulla.OrphanPlan.Kind;
import dev.bulla.OrphanPlan.Removal;
import dev.bulla.OrphanPlan.Rewrite;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.ReferrersAnswer;
import dev.bulla.registry.RegistryClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds evidence whose image is gone: objects under tags of the tag scheme, lists of referrers and
 * what they list, and entries of lists that lead nowhere. Whatever a kept tag or an index reaches
 * stays. Looking never changes anything; when a single answer is missing there is no plan at all.
 */
public final class OrphanedEvidence {

  private static final int PARALLEL = 8;

  private final RegistryClient client;
  private final String tagPrefix;

  OrphanedEvidence(RegistryClient client, String tagPrefix) {
    this.client = client;
    this.tagPrefix = tagPrefix;
  }

  /**
   * What could go.
   *
   * @param repository holds the evidence
   * @param imagesIn further repositories whose images have evidence here
   * @param only evidence of this image alone, when present
   * @throws RegistryException when anything could not be looked at: then nothing may be deleted
   * @throws ConfigurationException when the repository holds no image, and so cannot tell
   */
  public OrphanPlan plan(Repository repository, List<Repository> imagesIn, Optional<Digest> only)
      throws BullaException {
    Search search = new Search(repository, imagesIn);
    search.resolveTags();
    search.requireImages();
    return search.plan(only);
  }

  /** Deletes what a plan names, after asking again whether it still may. */
  public OrphanRemoval removal(List<Repository> imagesIn) {
    return new OrphanRemoval(client, this, imagesIn);
  }

  /** Whether the registry says, to HEAD and to GET, that there is no such manifest anywhere. */
  boolean isGone(Repository repository, List<Repository> imagesIn, Digest digest)
      throws RegistryException {
    List<Repository> places = new ArrayList<>(List.of(repository));
    places.addAll(imagesIn);
    for (Repository place : places) {
      if (client.headManifest(place.at(digest)).isPresent()
          || client.getManifest(place, digest.toString()).isPresent()) {
        return false;
      }
    }
    return true;
  }

  /** One look at one repository. */
  private final class Search {

    private final Repository repository;
    private final List<Repository> imagesIn;
    private final Map<String, Descriptor> tags = new TreeMap<>();
    private final Map<String, EvidenceTagName> evidence = new LinkedHashMap<>();
    private final Map<Digest, Boolean> gone = new HashMap<>();
    private final Map<String, Boolean> looksRight = new HashMap<>();

    Search(Repository repository, List<Repository> imagesIn) {
      this.repository = repository;
      this.imagesIn = imagesIn;
    }

    void resolveTags() throws BullaException {
      List<String> names = client.tags(repository);
      List<Optional<Descriptor>> found = client.atOnce(PARALLEL).map(names, this::describe);
      for (int i = 0; i < names.size(); i++) {
        String name = names.get(i);
        if (found.get(i).isPresent()) {
          tags.put(name, found.get(i).get());
          EvidenceTagName.parse(name, tagPrefix).ifPresent(e -> evidence.put(name, e));
        }
      }
    }

    /** A tag that went away since it was listed is no tag. */
    private Optional<Descriptor> describe(String tag) throws RegistryException {
      Optional<Descriptor> head = client.headManifest(repository.tag(tag));
      return head.isPresent()
          ? head
          : client.getManifest(repository, tag).map(FetchedManifest::descriptor);
    }

    /**
     * A repository of evidence alone is kept for images elsewhere (COSIGN_REPOSITORY): there every
     * image seems gone. And a registry that does not answer by digest makes everything seem gone.
     */
    void requireImages() throws BullaException {
      if (!evidence.isEmpty() && evidence.size() == tags.size() && imagesIn.isEmpty()) {
        throw new ConfigurationException(
            repository + " holds evidence and no image: whose it is cannot be told from here",
            "name the repositories of the images with --images-in");
      }
      for (Map.Entry<String, Descriptor> tag : tags.entrySet()) {
        Digest digest = tag.getValue().digest();
        if (!evidence.containsKey(tag.getKey())
            && client.getManifest(repository, digest.toString()).isEmpty()) {
          throw new RegistryException(
              RegistryException.Kind.BAD_RESPONSE,
              repository.tag(tag.getKey())
                  + " is "
                  + digest
                  + ", which is not there by that name: nothing can be said of other digests");
        }
      }
    }

    OrphanPlan plan(Optional<Digest> only) throws BullaException {
      Map<String, Digest> orphans = orphanTags(only);
      Set<Digest> reached = reached(orphans.keySet());
      List<Removal> removals = new ArrayList<>();
      Map<Digest, Digest> roots = new LinkedHashMap<>();
      orphans.forEach((tag, root) -> roots.put(in(evidence, tag).subject(), root));
      for (Map.Entry<Digest, Digest> subject : roots.entrySet()) {
        for (Digest digest : listed(subject.getKey(), orphans.keySet())) {
          if (!reached.contains(digest) && names(digest, subject.getKey())) {
            removals.add(
                new Removal(
                    Kind.REFERRER,
                    Optional.empty(),
                    digest,
                    subject.getKey(),
                    subject.getValue(),
                    false));
          }
        }
      }
      for (Map.Entry<String, Digest> orphan : orphans.entrySet()) {
        Digest digest = in(tags, orphan.getKey()).digest();
        removals.add(
            new Removal(
                in(evidence, orphan.getKey()).kind(),
                Optional.of(orphan.getKey()),
                digest,
                in(evidence, orphan.getKey()).subject(),
                orphan.getValue(),
                reached.contains(digest)));
      }
      return new OrphanPlan(repository, removals, rewrites(orphans.keySet(), only));
    }

    /**
     * Tags to delete, with the image whose absence is the reason. What is kept about an object that
     * goes away goes with it, so the last of a chain comes first.
     */
    private Map<String, Digest> orphanTags(Optional<Digest> only) throws BullaException {
      Map<String, Digest> orphans = new LinkedHashMap<>();
      List<Digest> subjects = new ArrayList<>(new LinkedHashSet<>(subjects()));
      List<Boolean> answers = client.atOnce(PARALLEL).map(subjects, this::isGoneForGood);
      for (int i = 0; i < subjects.size(); i++) {
        gone.put(subjects.get(i), answers.get(i));
      }
      Map<Digest, Digest> going = new HashMap<>();
      for (Digest subject : subjects) {
        if (gone.getOrDefault(subject, false) && only.map(subject::equals).orElse(true)) {
          going.put(subject, subject);
        }
      }
      boolean more = true;
      while (more) {
        more = false;
        for (Map.Entry<String, EvidenceTagName> tag : evidence.entrySet()) {
          Digest root = going.get(tag.getValue().subject());
          if (root != null
              && !orphans.containsKey(tag.getKey())
              && isEvidence(tag.getKey(), tag.getValue())) {
            orphans.put(tag.getKey(), root);
            Digest object = in(tags, tag.getKey()).digest();
            if (isTaggedOnlyBy(object, orphans.keySet())) {
              going.putIfAbsent(object, root);
            }
            more = true;
          }
        }
      }
      List<String> order = new ArrayList<>(orphans.keySet());
      java.util.Collections.reverse(order);
      Map<String, Digest> reversed = new LinkedHashMap<>();
      order.forEach(tag -> reversed.put(tag, orphans.get(tag)));
      return reversed;
    }

    /** A name is not enough: what is deleted has to be what the name says. */
    private boolean isEvidence(String tag, EvidenceTagName name) throws BullaException {
      Boolean known = looksRight.get(tag);
      if (known == null) {
        known = looksRight(tag, name);
        looksRight.put(tag, known);
      }
      return known;
    }

    private boolean looksRight(String tag, EvidenceTagName name) throws BullaException {
      Descriptor object = in(tags, tag);
      if (name.kind() != Kind.REFERRERS) {
        return object.mediaType().isImageManifest();
      }
      FetchedManifest fetched = client.requireManifest(repository, object.digest().toString());
      if (!object.mediaType().isIndex()) {
        if (!object.mediaType().isImageManifest()) {
          return false;
        }
        Manifest manifest = Manifest.parse(fetched.body());
        // a journal of the list names the referrer itself; before v0.1 signatures were kept under
        // the bare name, where copies of images are, too
        return manifest.subject().filter(s -> s.digest().equals(name.subject())).isPresent()
            || manifest.layers().stream()
                .anyMatch(l ->
                    l.annotations().containsKey(LegacySignature.SIGNATURE_ANNOTATION)
                        || l.annotations().containsKey(LegacySignature.V01_SIGNATURE_ANNOTATION));
      }
      for (Descriptor entry : ImageIndex.parse(fetched.body()).manifests()) {
        if (client.getManifest(repository, entry.digest().toString()).isPresent()
            && !names(entry.digest(), name.subject())) {
          return false; // an index of something else
        }
      }
      return true;
    }

    private List<Digest> subjects() {
      return evidence.values().stream().map(EvidenceTagName::subject).toList();
    }

    private boolean isGoneForGood(Digest subject) throws RegistryException {
      for (Descriptor tagged : tags.values()) {
        if (tagged.digest().equals(subject)) {
          return false;
        }
      }
      return isGone(repository, imagesIn, subject);
    }

    private boolean isTaggedOnlyBy(Digest object, Set<String> names) {
      for (Map.Entry<String, Descriptor> tag : tags.entrySet()) {
        if (tag.getValue().digest().equals(object) && !names.contains(tag.getKey())) {
          return false;
        }
      }
      return true;
    }

    /** Everything that the kept tags lead to, through indexes, lists of referrers among them. */
    private Set<Digest> reached(Set<String> orphans) throws BullaException {
      Set<Digest> reached = new LinkedHashSet<>();
      for (Map.Entry<String, Descriptor> tag : tags.entrySet()) {
        if (!orphans.contains(tag.getKey())) {
          reach(tag.getValue(), reached, 0);
        }
      }
      return reached;
    }

    private void reach(Descriptor descriptor, Set<Digest> reached, int depth)
        throws BullaException {
      if (!reached.add(descriptor.digest()) || !descriptor.mediaType().isIndex()) {
        return;
      }
      if (depth > Limits.MAX_INDEX_DEPTH) {
        throw new MalformedInputException(
            "image index", "nested deeper than " + Limits.MAX_INDEX_DEPTH + " levels");
      }
      Optional<FetchedManifest> index =
          client.getManifest(repository, descriptor.digest().toString());
      if (index.isPresent()) {
        for (Descriptor child : ImageIndex.parse(index.get().body()).manifests()) {
          reach(child, reached, depth + 1);
        }
      }
    }

    /** The value of a key that came from the map itself, or from one made of it. */
    private static <V> V in(Map<String, V> map, String key) {
      return Objects.requireNonNull(map.get(key), key);
    }

    /** What is listed as a referrer, by the registry or under a tag; not necessarily true. */
    private Set<Digest> listed(Digest subject, Set<String> orphans) throws BullaException {
      Set<Digest> entries = new LinkedHashSet<>();
      for (String tag : orphans) {
        EvidenceTagName name = in(evidence, tag);
        if (name.kind() == Kind.REFERRERS
            && name.subject().equals(subject)
            && in(tags, tag).mediaType().isIndex()) {
          FetchedManifest list =
              client.requireManifest(repository, in(tags, tag).digest().toString());
          ImageIndex.parse(list.body()).manifests().forEach(e -> entries.add(e.digest()));
        }
      }
      if (client.referrers(repository, subject) instanceof ReferrersAnswer.Listed answer) {
        answer.descriptors().forEach(e -> entries.add(e.digest()));
      }
      return entries;
    }

    /** Whether a manifest is there and names that subject. */
    private boolean names(Digest digest, Digest subject) throws BullaException {
      Optional<FetchedManifest> fetched = client.getManifest(repository, digest.toString());
      if (fetched.isEmpty()) {
        return false;
      }
      Optional<Descriptor> named =
          fetched.get().descriptor().mediaType().isIndex()
              ? ImageIndex.parse(fetched.get().body()).subject()
              : Manifest.parse(fetched.get().body()).subject();
      return named.filter(s -> s.digest().equals(subject)).isPresent();
    }

    private List<Rewrite> rewrites(Set<String> orphans, Optional<Digest> only)
        throws BullaException {
      List<Rewrite> rewrites = new ArrayList<>();
      for (Map.Entry<String, EvidenceTagName> tag : evidence.entrySet()) {
        if (tag.getValue().kind() == Kind.REFERRERS
            && !orphans.contains(tag.getKey())
            && in(tags, tag.getKey()).mediaType().equals(MediaType.OCI_INDEX)
            // an index that is kept under its own digest is no list of its referrers
            && !in(tags, tag.getKey()).digest().equals(tag.getValue().subject())
            && isEvidence(tag.getKey(), tag.getValue())
            && only.map(tag.getValue().subject()::equals).orElse(true)) {
          List<Digest> dead = dead(tag.getKey());
          if (!dead.isEmpty()) {
            rewrites.add(new Rewrite(tag.getKey(), tag.getValue().subject(), dead));
          }
        }
      }
      return rewrites;
    }

    private List<Digest> dead(String tag) throws BullaException {
      List<Digest> dead = new ArrayList<>();
      Optional<FetchedManifest> list = client.getManifest(repository, tag);
      if (list.isPresent()) {
        for (Descriptor entry : ImageIndex.parse(list.get().body()).manifests()) {
          if (isGone(repository, List.of(), entry.digest())) {
            dead.add(entry.digest());
          }
        }
      }
      return dead;
    }
  }
}
