package dev.bulla;

import dev.bulla.PolicyVerdict.Satisfied;
import dev.bulla.PolicyVerdict.Unsatisfied;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.Candidate;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceSearch;
import dev.bulla.store.EvidenceStore;
import dev.bulla.verify.Policy;
import dev.bulla.verify.SignedImage;
import dev.bulla.verify.Verifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Resolve once, search once, and let the one verifier decide for each of several policies. */
final class EachVerification {

  private final ImageVerification images;
  private final RegistryClient client;
  private final EvidenceStore store;

  EachVerification(RegistryClient client, EvidenceStore store) {
    this.client = client;
    this.store = store;
    this.images = new ImageVerification(client, store);
  }

  <K> ImageVerdicts<K> verify(
      Reference reference, Map<K, Policy> policies, Predicate<? super Set<K>> enough)
      throws BullaException {
    DigestReference image = new ImageResolver(client).resolve(reference);
    EvidenceSearch search = store.search(image, payloads(image, policies));
    List<Candidate> candidates = new ArrayList<>(search.first());
    Map<K, PolicyVerdict> verdicts = new LinkedHashMap<>();
    judge(images.signed(image, candidates), policies, verdicts);
    ImageVerdicts<K> likely = new ImageVerdicts<>(image, verdicts);
    if (enough.test(likely.satisfied())) {
      return likely;
    }
    // nothing negative is said before every place was asked
    List<Candidate> more = search.rest();
    if (!more.isEmpty()) {
      candidates.addAll(more);
      judge(images.signed(image, candidates), policies, verdicts);
    } else if (noneIsSigned(verdicts)) {
      images.requirePresent(reference, image);
    }
    return new ImageVerdicts<>(image, verdicts);
  }

  private static List<Bytes> payloads(DigestReference image, Map<?, Policy> policies) {
    Set<Bytes> payloads = new LinkedHashSet<>();
    for (Policy policy : policies.values()) {
      payloads.addAll(ImageVerification.expectedPayloads(image, policy));
    }
    return List.copyOf(payloads);
  }

  /** What is satisfied stays so, whatever else turns up. */
  private static <K> void judge(
      SignedImage signed, Map<K, Policy> policies, Map<K, PolicyVerdict> verdicts) {
    for (Map.Entry<K, Policy> policy : policies.entrySet()) {
      if (!(verdicts.get(policy.getKey()) instanceof Satisfied)) {
        verdicts.put(policy.getKey(), judge(signed, policy.getValue()));
      }
    }
  }

  private static PolicyVerdict judge(SignedImage signed, Policy policy) {
    try {
      return new Satisfied(Verifier.verify(signed, policy));
    } catch (VerificationException e) {
      return new Unsatisfied(e);
    }
  }

  private static boolean noneIsSigned(Map<?, PolicyVerdict> verdicts) {
    for (PolicyVerdict verdict : verdicts.values()) {
      if (!(verdict instanceof Unsatisfied no) || no.why().outcome() != Outcome.NO_SIGNATURE) {
        return false;
      }
    }
    return true;
  }
}
