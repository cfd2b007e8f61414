package dev.bulla;

import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Platform;
import dev.bulla.oci.Reference;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that an index lists, and what those indexes list; each manifest once, an index before
 * its entries.
 */
final class IndexWalk {

  private final RegistryClient client;
  private final Map<Digest, Node> entries = new LinkedHashMap<>();

  IndexWalk(RegistryClient client) {
    this.client = client;
  }

  /**
   * One manifest.
   *
   * @param platform what the first index that lists it says
   * @param parents the indexes that list it
   */
  record Node(SigningTarget target, Optional<Platform> platform, Set<Digest> parents) {

    DigestReference image() {
      return target.image();
    }

    boolean isIndex() {
      return target.descriptor().map(d -> d.mediaType().isIndex()).orElse(false);
    }
  }

  List<SigningTarget> from(Reference reference) throws BullaException {
    return nodes(reference).stream().map(Node::target).toList();
  }

  /** The manifest itself comes first. */
  List<Node> nodes(Reference reference) throws BullaException {
    visit(reference, reference.tagOrDigest(), Optional.empty(), Optional.empty(), 0);
    return List.copyOf(entries.values());
  }

  private void visit(
      Reference root,
      String tagOrDigest,
      Optional<Platform> platform,
      Optional<Digest> parent,
      int depth)
      throws BullaException {
    if (depth > Limits.MAX_INDEX_DEPTH) {
      throw new MalformedInputException(
          "image index", "nested deeper than " + Limits.MAX_INDEX_DEPTH + " levels");
    }
    FetchedManifest fetched = client.requireManifest(root.repository(), tagOrDigest);
    Descriptor descriptor = fetched.descriptor();
    if (!add(root, descriptor, platform, parent) || !descriptor.mediaType().isIndex()) {
      return;
    }
    Optional<Digest> here = Optional.of(descriptor.digest());
    for (Descriptor child : ImageIndex.parse(fetched.body()).manifests()) {
      Optional<Platform> of = Platform.of(child);
      if (child.mediaType().isIndex() && !entries.containsKey(child.digest())) {
        visit(root, child.digest().toString(), of, here, depth + 1);
      } else {
        add(root, child, of, here);
      }
    }
  }

  /** Whether it is new. */
  private boolean add(
      Reference root, Descriptor descriptor, Optional<Platform> platform, Optional<Digest> parent)
      throws MalformedInputException {
    Node known = entries.get(descriptor.digest());
    if (known == null) {
      if (entries.size() >= Limits.MAX_INDEX_ENTRIES) {
        throw new MalformedInputException(
            "image index", "more than " + Limits.MAX_INDEX_ENTRIES + " entries");
      }
      Descriptor bare =
          new Descriptor(descriptor.mediaType(), descriptor.size(), descriptor.digest());
      DigestReference image =
          new DigestReference(root.repository(), descriptor.digest(), root.typed());
      known = new Node(new SigningTarget(image, Optional.of(bare)), platform, new HashSet<>());
      entries.put(descriptor.digest(), known);
      parent.ifPresent(known.parents()::add);
      return true;
    }
    parent.ifPresent(known.parents()::add);
    return false;
  }
}
