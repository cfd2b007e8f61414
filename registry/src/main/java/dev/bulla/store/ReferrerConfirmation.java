package dev.bulla.store;

import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Repository;
import dev.bulla.registry.ReferrersAnswer;
import dev.bulla.registry.RegistryClient;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Sees to it that a registry lists the referrers which it took. One that changes its list for two
 * writers at once may forget either, though it acknowledged both; told again, it lists it.
 */
final class ReferrerConfirmation {

  private static final int LOOKS = 3;
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final RegistryClient client;

  ReferrerConfirmation(RegistryClient client) {
    this.client = client;
  }

  /**
   * Looks at the list and pushes again, one after another, what it lacks.
   *
   * @param acknowledged manifests that were pushed by digest, and whose subject the registry
   *     acknowledged
   * @return the digests of those that are not listed even so; all of them when the registry has no
   *     list, whatever it said
   */
  Set<Digest> unlisted(
      Repository repository,
      Digest subject,
      List<Descriptor> acknowledged,
      EvidenceStore.PushedManifests pushed)
      throws BullaException {
    Set<Digest> missing = missing(repository, subject, acknowledged);
    for (int look = 1; look < LOOKS && !missing.isEmpty(); look++) {
      if (client.lacksReferrers(repository)) {
        return missing;
      }
      for (Descriptor one : acknowledged) {
        if (missing.contains(one.digest())) {
          client.putManifest(
              repository, one.digest().toString(), one.mediaType(), pushed.body(one.digest()));
        }
      }
      client.pauseUpTo(PAUSE.multipliedBy(look));
      missing = missing(repository, subject, acknowledged);
    }
    return missing;
  }

  private Set<Digest> missing(Repository repository, Digest subject, List<Descriptor> expected)
      throws RegistryException {
    Set<Digest> missing = new LinkedHashSet<>();
    expected.forEach(one -> missing.add(one.digest()));
    if (client.referrers(repository, subject) instanceof ReferrersAnswer.Listed list) {
      list.descriptors().forEach(listed -> missing.remove(listed.digest()));
    }
    return missing;
  }
}
