package dev.bulla.layout;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonParser;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What is in a layout folder, seen as a repository: blobs, manifests, tags, referrers. */
final class LayoutContent {

  private static final byte[] SUBJECT = Bytes.utf8("\"subject\"").toByteArray();

  private final BlobFolder blobs;
  private final List<Descriptor> listed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Descriptor> tags = new TreeMap<>();
  private final Map<Digest, MediaType> types = new LinkedHashMap<>();
  private @Nullable Map<Digest, Map<Digest, Descriptor>> referrers;

  LayoutContent(BlobFolder blobs, List<Descriptor> listed) {
    this.blobs = blobs;
    this.listed = List.copyOf(listed);
    Optional<Descriptor> image = Optional.empty();
    for (Descriptor entry : listed) {
      types.putIfAbsent(entry.digest(), entry.mediaType());
      String kind = entry.annotations().getOrDefault(OciLayout.KIND, "");
      if (kind.equals(OciLayout.IMAGE) || kind.equals(OciLayout.IMAGE_INDEX)) {
        image = Optional.of(entry);
      }
    }
    for (Descriptor entry : listed) {
      String name = entry.annotations().get(OciLayout.REF_NAME);
      if (name != null) {
        tags.putIfAbsent(name, entry);
      }
      String suffix =
          switch (entry.annotations().getOrDefault(OciLayout.KIND, "")) {
            case OciLayout.SIGNATURES -> ".sig";
            case OciLayout.ATTESTATIONS -> ".att";
            default -> "";
          };
      if (image.isPresent() && !suffix.isEmpty()) {
        tags.putIfAbsent(tagBase(image.get().digest()) + suffix, entry);
      }
    }
  }

  BlobFolder blobs() {
    return blobs;
  }

  List<Descriptor> entries() {
    return listed;
  }

  private static String tagBase(Digest digest) {
    return digest.algorithm().ociName() + "-" + digest.hex();
  }

  /** Whether an entry stands beside an image: it has a tag as evidence has, or a subject. */
  boolean isEvidence(Descriptor entry) throws MalformedInputException {
    String name = entry.annotations().getOrDefault(OciLayout.REF_NAME, "");
    if (name.matches(".*sha(256|384|512)-[0-9a-f]{64,}(\\.[a-z]+)?")) {
      return true;
    }
    try {
      return subject(entry.digest()).isPresent();
    } catch (IOException e) {
      return false; // then reading it will say so
    }
  }

  private Optional<Digest> subject(Digest digest) throws IOException, MalformedInputException {
    if (blobs.size(digest).orElse(Long.MAX_VALUE) > Limits.MAX_MANIFEST) {
      return Optional.empty();
    }
    return subject(blobs.read(digest, Limits.MAX_MANIFEST));
  }

  /** The subject that a manifest names; empty for whatever is none. */
  private static Optional<Digest> subject(Bytes content) {
    if (content.isEmpty() || content.at(0) != '{' || !mentionsSubject(content)) {
      return Optional.empty();
    }
    try {
      return Manifest.parse(content).subject().map(Descriptor::digest);
    } catch (MalformedInputException e) {
      try {
        return ImageIndex.parse(content).subject().map(Descriptor::digest);
      } catch (MalformedInputException neither) {
        return Optional.empty();
      }
    }
  }

  private static boolean mentionsSubject(Bytes content) {
    byte[] bytes = content.toByteArray();
    for (int i = 0; i + SUBJECT.length <= bytes.length; i++) {
      int at = 0;
      while (at < SUBJECT.length && bytes[i + at] == SUBJECT[at]) {
        at++;
      }
      if (at == SUBJECT.length) {
        return true;
      }
    }
    return false;
  }

  Optional<Descriptor> tagged(String tag) {
    lock.lock();
    try {
      return Optional.ofNullable(tags.get(tag));
    } finally {
      lock.unlock();
    }
  }

  List<String> tags() {
    lock.lock();
    try {
      return List.copyOf(tags.keySet());
    } finally {
      lock.unlock();
    }
  }

  /** A manifest by its digest, with the type that the index or the content names. */
  Optional<Descriptor> manifest(Digest digest) throws IOException, MalformedInputException {
    Optional<Long> size = blobs.size(digest);
    if (size.isEmpty() || size.get() > Limits.MAX_MANIFEST) {
      return Optional.empty();
    }
    MediaType known;
    lock.lock();
    try {
      known = types.get(digest);
    } finally {
      lock.unlock();
    }
    if (known != null && !known.value().isEmpty()) {
      return Optional.of(new Descriptor(known, size.get(), digest));
    }
    return type(blobs.read(digest, Limits.MAX_MANIFEST))
        .map(type -> new Descriptor(type, size.get(), digest));
  }

  private static Optional<MediaType> type(Bytes content) {
    if (content.isEmpty() || content.at(0) != '{') {
      return Optional.empty();
    }
    try {
      GoFields fields = GoFields.of(JsonParser.parseObject(content, "manifest"), "manifest");
      boolean index = fields.value("manifests").orElse(null) instanceof JsonArray;
      if (!index && fields.object("config").isEmpty()) {
        return Optional.empty();
      }
      Optional<MediaType> named =
          index ? ImageIndex.parse(content).mediaType() : Manifest.parse(content).mediaType();
      return Optional.of(named.orElse(index ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  /** Every manifest in the folder whose subject this is, by digest. */
  List<Descriptor> referrers(Digest subject) throws IOException, MalformedInputException {
    lock.lock();
    try {
      return List.copyOf(scanned().getOrDefault(subject, Map.of()).values());
    } finally {
      lock.unlock();
    }
  }

  /** One look through everything that may be a manifest; cosign names no referrer anywhere. */
  private Map<Digest, Map<Digest, Descriptor>> scanned()
      throws IOException, MalformedInputException {
    Map<Digest, Map<Digest, Descriptor>> known = referrers;
    if (known == null) {
      known = new LinkedHashMap<>();
      for (Digest digest : blobs.upTo(Limits.MAX_MANIFEST)) {
        addReferrer(known, digest, blobs.read(digest, Limits.MAX_MANIFEST));
      }
      referrers = known;
    }
    return known;
  }

  private static void addReferrer(
      Map<Digest, Map<Digest, Descriptor>> known, Digest digest, Bytes content) {
    Optional<Digest> subject = subject(content);
    if (subject.isPresent()) {
      known
          .computeIfAbsent(subject.get(), unused -> new TreeMap<>())
          .put(digest, describe(digest, content));
    }
  }

  /** As a registry's list of referrers describes it. */
  private static Descriptor describe(Digest digest, Bytes content) {
    try {
      Manifest manifest = Manifest.parse(content);
      return new Descriptor(
              manifest.mediaType().orElse(MediaType.OCI_MANIFEST), content.size(), digest)
          .withAnnotations(manifest.annotations())
          .withArtifactType(manifest.artifactType().orElse(manifest.config().mediaType().value()));
    } catch (MalformedInputException e) {
      return new Descriptor(MediaType.OCI_INDEX, content.size(), digest);
    }
  }

  /** Records a manifest that is in the folder now; returns whether it has a subject. */
  boolean put(Optional<String> tag, MediaType type, Digest digest, Bytes content)
      throws IOException, MalformedInputException {
    lock.lock();
    try {
      Map<Digest, Map<Digest, Descriptor>> known = scanned();
      addReferrer(known, digest, content);
      types.put(digest, type);
      tag.ifPresent(name -> tags.put(name, new Descriptor(type, content.size(), digest)));
      return subject(content).isPresent();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The entries of a complete folder: the image, its signatures and attestations as cosign orders
   * them, then what else has a tag, then every referrer.
   *
   * @throws MalformedInputException when something that one of them needs is not there
   */
  List<Descriptor> index(Descriptor image) throws IOException, MalformedInputException {
    lock.lock();
    try {
      List<Descriptor> entries = new ArrayList<>();
      entries.add(bare(image).withAnnotations(OciLayout.kindOf(image)));
      Map<String, Descriptor> others = new TreeMap<>(tags);
      String base = tagBase(image.digest());
      addKind(entries, others.remove(base + ".sig"), OciLayout.SIGNATURES);
      addKind(entries, others.remove(base + ".att"), OciLayout.ATTESTATIONS);
      for (Map.Entry<String, Descriptor> other : others.entrySet()) {
        entries.add(
            bare(other.getValue()).withAnnotations(Map.of(OciLayout.REF_NAME, other.getKey())));
      }
      Set<Digest> reached = reached(entries);
      Map<Digest, Descriptor> attached = new TreeMap<>();
      for (Digest subject : reached) {
        attached.putAll(scanned().getOrDefault(subject, Map.of()));
      }
      for (Descriptor referrer : attached.values()) {
        entries.add(bare(referrer).withArtifactType(referrer.artifactType().orElse("")));
      }
      return entries;
    } finally {
      lock.unlock();
    }
  }

  private static void addKind(
      List<Descriptor> entries, @Nullable Descriptor descriptor, String kind) {
    if (descriptor != null) {
      entries.add(bare(descriptor).withAnnotations(Map.of(OciLayout.KIND, kind)));
    }
  }

  private static Descriptor bare(Descriptor descriptor) {
    return new Descriptor(descriptor.mediaType(), descriptor.size(), descriptor.digest());
  }

  /** All manifests that the entries lead to, referrers included; everything they need is there. */
  private Set<Digest> reached(List<Descriptor> entries)
      throws IOException, MalformedInputException {
    Set<Digest> seen = new LinkedHashSet<>();
    Deque<Descriptor> open = new ArrayDeque<>(entries);
    while (!open.isEmpty()) {
      Descriptor next = open.remove();
      if (!seen.add(next.digest())) {
        continue;
      }
      requireBlob(next);
      Bytes content = blobs.read(next.digest(), Limits.MAX_MANIFEST);
      open.addAll(scanned().getOrDefault(next.digest(), Map.of()).values());
      if (next.mediaType().isIndex()) {
        open.addAll(ImageIndex.parse(content).manifests());
      } else {
        Manifest manifest = Manifest.parse(content);
        requireBlob(manifest.config());
        for (Descriptor layer : manifest.layers()) {
          if (layer.urls().isEmpty()) {
            requireBlob(layer);
          }
        }
      }
    }
    return seen;
  }

  private void requireBlob(Descriptor descriptor) throws IOException, MalformedInputException {
    if (blobs.size(descriptor.digest()).orElse(-1L) != descriptor.size()) {
      throw new MalformedInputException(
          "OCI layout", descriptor.digest() + " is not there, or of another size");
    }
  }
}
