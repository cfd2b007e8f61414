package dev.bulla;

import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.PutResult;
import dev.bulla.registry.RegistryClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Brings manifests from one repository to another, with everything that they need first, and looks
 * whether they arrived.
 */
final class ManifestTransfer {

  private static final int PARALLEL = 4;

  private final RegistryClient client;
  private final Repository from;
  private final Repository to;
  private final BlobTransfer blobs;
  private final Progress progress;
  private final Map<Digest, Boolean> done = new ConcurrentHashMap<>();
  private final AtomicInteger entries = new AtomicInteger();

  ManifestTransfer(RegistryClient client, Repository from, Repository to, Progress progress) {
    this.client = client;
    this.from = from;
    this.to = to;
    this.blobs = new BlobTransfer(client, from, to, progress);
    this.progress = progress;
  }

  /** A manifest of the source. */
  FetchedManifest fetch(Digest digest) throws RegistryException {
    return client.requireManifest(from, digest.toString());
  }

  /** Brings a manifest unless it is there. */
  void move(Digest digest) throws BullaException {
    move(digest, 0);
  }

  private void move(Digest digest, int depth) throws BullaException {
    if (from.equals(to) || done.containsKey(digest)) {
      return;
    }
    if (depth > Limits.MAX_INDEX_DEPTH) {
      throw new MalformedInputException(
          "image index", "nested deeper than " + Limits.MAX_INDEX_DEPTH + " levels");
    }
    if (entries.incrementAndGet() > Limits.MAX_INDEX_ENTRIES) {
      throw new MalformedInputException(
          "image index", "more than " + Limits.MAX_INDEX_ENTRIES + " entries");
    }
    if (client.headManifest(to.at(digest)).isEmpty()) {
      if (depth == 0) {
        progress.copying(from.at(digest), to.at(digest));
      }
      FetchedManifest manifest = fetch(digest);
      needs(manifest, depth);
      put(manifest);
    }
    done.put(digest, true);
  }

  /** Brings what a manifest needs, but not the manifest itself. */
  void needs(FetchedManifest manifest) throws BullaException {
    needs(manifest, 0);
  }

  private void needs(FetchedManifest manifest, int depth) throws BullaException {
    if (from.equals(to)) {
      return;
    }
    if (manifest.descriptor().mediaType().isIndex()) {
      client
          .atOnce(PARALLEL)
          .map(
              ImageIndex.parse(manifest.body()).manifests(),
              child -> {
                move(child.digest(), depth + 1);
                return child;
              });
      return;
    }
    Manifest parsed = Manifest.parse(manifest.body());
    List<Descriptor> content = new ArrayList<>();
    content.add(parsed.config());
    for (Descriptor layer : parsed.layers()) {
      // what may only be had elsewhere stays there
      if (layer.urls().isEmpty() && !content.contains(layer)) {
        content.add(layer);
      }
    }
    client
        .atOnce(PARALLEL)
        .map(
            content,
            blob -> {
              blobs.move(blob);
              return blob;
            });
  }

  /** Writes a manifest under its digest and reads it back. */
  PutResult put(FetchedManifest manifest) throws RegistryException {
    Digest digest = manifest.descriptor().digest();
    PutResult put = client.putManifest(to, digest.toString(), type(manifest), manifest.body());
    Optional<FetchedManifest> arrived = client.getManifest(to, digest.toString());
    if (arrived.isEmpty()) {
      throw new RegistryException(
          RegistryException.Kind.BAD_RESPONSE, to.at(digest) + " was written and is not there");
    }
    return put;
  }

  static MediaType type(FetchedManifest manifest) {
    return manifest.descriptor().mediaType().value().isEmpty()
        ? MediaType.OCI_MANIFEST
        : manifest.descriptor().mediaType();
  }
}
