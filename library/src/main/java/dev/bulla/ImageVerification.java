package dev.bulla;

import dev.bulla.bundle.Bundle;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceSearch;
import dev.bulla.store.EvidenceStore;
import dev.bulla.verify.Policy;
import dev.bulla.verify.SignedImage;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import dev.bulla.verify.Verifier;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Resolve once, look in the likely places, then in all others, and let the one verifier decide. */
final class ImageVerification {

  private final RegistryClient client;
  private final EvidenceStore store;

  ImageVerification(RegistryClient client, EvidenceStore store) {
    this.client = client;
    this.store = store;
  }

  Verified<VerifiedImage> verify(Reference reference, Policy policy) throws BullaException {
    DigestReference image = new ImageResolver(client).resolve(reference);
    List<Bytes> payloads = expectedPayloads(image, policy);
    EvidenceSearch search = store.search(image, payloads);
    List<Candidate> candidates = new ArrayList<>(search.first());
    try {
      return Verifier.verify(signed(image, candidates), policy);
    } catch (VerificationException first) {
      // nothing negative is said before every place was asked
      List<Candidate> more = search.rest();
      if (more.isEmpty()) {
        if (first.outcome() == Outcome.NO_SIGNATURE) {
          requirePresent(reference, image);
        }
        throw first;
      }
      candidates.addAll(more);
      return Verifier.verify(signed(image, candidates), policy);
    }
  }

  /** "Unsigned" is said of images that exist. */
  void requirePresent(Reference reference, DigestReference image) throws RegistryException {
    if (reference instanceof DigestReference) {
      new ImageResolver(client).describe(image);
    } else if (client.headManifest(image).isEmpty()) {
      throw new RegistryException(
          RegistryException.Kind.BAD_RESPONSE,
          "the registry says that " + reference + " is " + image.digest() + ", which is not there");
    }
  }

  /**
   * Payloads that cosign and bulla would have signed; a stored one that equals them need not be
   * fetched.
   */
  static List<Bytes> expectedPayloads(DigestReference image, Policy policy) {
    Set<Bytes> payloads = new LinkedHashSet<>();
    payloads.add(ImageSigning.payload(image, java.util.Map.of()));
    payloads.add(ImageSigning.payload(image, policy.annotations()));
    return List.copyOf(payloads);
  }

  private static boolean anyOverManifest(List<Candidate> candidates) {
    for (Candidate candidate : candidates) {
      if (candidate instanceof BundleSignature bundle
          && bundle.bundle().content() instanceof Bundle.MessageSignature) {
        return true;
      }
    }
    return false;
  }

  SignedImage signed(DigestReference image, List<Candidate> candidates) throws RegistryException {
    if (!anyOverManifest(candidates)) {
      return new SignedImage(image, candidates);
    }
    Optional<FetchedManifest> manifest =
        client.getManifest(image.repository(), image.digest().toString());
    return new SignedImage(image, manifest.map(FetchedManifest::body), candidates);
  }
}
