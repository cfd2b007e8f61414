package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Repository;
import dev.bulla.registry.RegistryClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fetches payloads and bundles: each once, small ones side by side, all within the allowance. */
final class EvidenceBlobs {

  /** At most this many requests at once for one image. */
  static final int PARALLEL = 10;

  /**
   * Content up to this size is fetched side by side; larger content one after the other, to bound
   * memory.
   */
  static final long SMALL = 128 << 10;

  /** What became of one of them. */
  sealed interface Fetched {
    record Content(Bytes bytes) implements Fetched {}

    record Failed(BullaException why) implements Fetched {}
  }

  private final RegistryClient client;
  private final Repository repository;
  private final EvidenceAllowance allowance;

  EvidenceBlobs(RegistryClient client, Repository repository, EvidenceAllowance allowance) {
    this.client = client;
    this.repository = repository;
    this.allowance = allowance;
  }

  /**
   * What became of each of them.
   *
   * @param what what they are called in messages
   * @throws BullaException only when interrupted
   */
  Map<Digest, Fetched> fetch(List<Descriptor> blobs, String what, long maxSize)
      throws BullaException {
    Map<Digest, Fetched> result = new LinkedHashMap<>();
    List<Descriptor> small = new ArrayList<>();
    List<Descriptor> large = new ArrayList<>();
    for (Descriptor blob : blobs) {
      if (result.containsKey(blob.digest())) {
        continue;
      }
      if (blob.size() > maxSize) {
        result.put(
            blob.digest(),
            new Fetched.Failed(
                new MalformedInputException(
                    what,
                    "size of layer (" + blob.size() + ") exceeded the limit (" + maxSize + ")")));
      } else if (!allowance.take(blob.size())) {
        result.put(blob.digest(), new Fetched.Failed(EvidenceAllowance.exceeded(what)));
      } else {
        result.put(blob.digest(), new Fetched.Content(Bytes.EMPTY));
        (blob.size() <= SMALL ? small : large).add(blob);
      }
    }
    fetchInto(result, small, PARALLEL);
    fetchInto(result, large, 1);
    return result;
  }

  private void fetchInto(Map<Digest, Fetched> result, List<Descriptor> blobs, int parallel)
      throws BullaException {
    List<Fetched> contents = client.atOnce(parallel).map(blobs, this::blob);
    for (int i = 0; i < contents.size(); i++) {
      result.put(blobs.get(i).digest(), contents.get(i));
    }
  }

  private Fetched blob(Descriptor blob) {
    try {
      return new Fetched.Content(client.blobContent(repository, blob.digest(), blob.size()));
    } catch (RegistryException e) {
      return new Fetched.Failed(e);
    }
  }
}
