package dev.bulla;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Unreadable;
import dev.bulla.limits.Limits;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceStore;
import java.util.ArrayList;
import java.util.List;

/** Fetches everything that may be a signature, without judging it. */
public final class SignatureDownload {

  private final RegistryClient client;
  private final EvidenceStore store;

  SignatureDownload(RegistryClient client, EvidenceStore store) {
    this.client = client;
    this.store = store;
  }

  /**
   * What was found.
   *
   * @param bundles Sigstore bundles, attestations among them
   * @param legacy legacy signatures
   * @param unreadable what could not be read; the rest is still there
   */
  public record Found(
      DigestReference image,
      List<BundleSignature> bundles,
      List<LegacySignature> legacy,
      List<Unreadable> unreadable) {

    public Found {
      bundles = List.copyOf(bundles);
      legacy = List.copyOf(legacy);
      unreadable = List.copyOf(unreadable);
    }

    public boolean isEmpty() {
      return bundles.isEmpty() && legacy.isEmpty() && unreadable.isEmpty();
    }
  }

  /**
   * All signatures of an image.
   *
   * @throws ConfigurationException when there are more than {@link
   *     Limits#MAX_DOWNLOADED_SIGNATURES}
   */
  public Found signatures(Reference reference) throws BullaException {
    DigestReference image = new ImageResolver(client).resolve(reference);
    List<BundleSignature> bundles = new ArrayList<>();
    List<LegacySignature> legacy = new ArrayList<>();
    List<Unreadable> unreadable = new ArrayList<>();
    List<Candidate> candidates = new ArrayList<>(store.lookAlsoBeside(image));
    if (candidates.isEmpty()) {
      candidates.addAll(store.lookInOldPlaces(image, List.of()));
    }
    for (Candidate candidate : candidates) {
      if (candidate instanceof BundleSignature bundle) {
        bundles.add(bundle);
      } else if (candidate instanceof LegacySignature signature) {
        legacy.add(signature);
      } else {
        unreadable.add((Unreadable) candidate);
      }
    }
    int found = Math.max(bundles.size(), legacy.size());
    if (found > Limits.MAX_DOWNLOADED_SIGNATURES) {
      throw new ConfigurationException(
          reference.typed()
              + ": maximum number of signatures on an image is "
              + Limits.MAX_DOWNLOADED_SIGNATURES
              + ", found "
              + found);
    }
    return new Found(image, bundles, legacy, unreadable);
  }
}
