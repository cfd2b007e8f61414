package dev.bulla;

import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Reference;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that an index lists, and what those indexes list; each manifest once, an index before
 * its entries.
 */
final class IndexWalk {

  private final RegistryClient client;
  private final Map<Digest, SigningTarget> entries = new LinkedHashMap<>();

  IndexWalk(RegistryClient client) {
    this.client = client;
  }

  List<SigningTarget> from(Reference reference) throws BullaException {
    visit(reference, reference.tagOrDigest(), 0);
    return List.copyOf(entries.values());
  }

  private void visit(Reference root, String tagOrDigest, int depth) throws BullaException {
    if (depth > Limits.MAX_INDEX_DEPTH) {
      throw new MalformedInputException(
          "image index", "nested deeper than " + Limits.MAX_INDEX_DEPTH + " levels");
    }
    FetchedManifest fetched = client.requireManifest(root.repository(), tagOrDigest);
    Descriptor descriptor = fetched.descriptor();
    if (!add(root, descriptor) || !descriptor.mediaType().isIndex()) {
      return;
    }
    for (Descriptor child : ImageIndex.parse(fetched.body()).manifests()) {
      if (child.mediaType().isIndex()) {
        visit(root, child.digest().toString(), depth + 1);
      } else {
        add(root, child);
      }
    }
  }

  private boolean add(Reference root, Descriptor descriptor) throws MalformedInputException {
    if (entries.size() >= Limits.MAX_INDEX_ENTRIES) {
      throw new MalformedInputException(
          "image index", "more than " + Limits.MAX_INDEX_ENTRIES + " entries");
    }
    Descriptor bare =
        new Descriptor(descriptor.mediaType(), descriptor.size(), descriptor.digest());
    DigestReference image =
        new DigestReference(root.repository(), descriptor.digest(), root.typed());
    return entries.putIfAbsent(descriptor.digest(), new SigningTarget(image, Optional.of(bare)))
        == null;
  }
}
