package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.ReferrersAnswer;
import dev.bulla.registry.RegistryClient;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sees to it that a registry lists the referrers which it took. One that changes its list for two
 * writers at once may forget either, though it acknowledged both; told again, it lists it.
 */
final class ReferrerConfirmation {

  private static final int ROUNDS = 3;

  private final RegistryClient client;

  ReferrerConfirmation(RegistryClient client) {
    this.client = client;
  }

  /** A manifest that was pushed by its digest, and whose subject the registry acknowledged. */
  record Acknowledged(Digest digest, MediaType type, Bytes json) {}

  /**
   * Looks at the list and pushes again, one after another, what it lacks.
   *
   * @return the digests of those that are not listed even so; none when the registry has no list to
   *     look at
   */
  Set<Digest> unlisted(Repository repository, Digest subject, List<Acknowledged> pushed)
      throws RegistryException {
    Set<Digest> missing = new HashSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      if (!(client.referrers(repository, subject) instanceof ReferrersAnswer.Listed list)) {
        return Set.of();
      }
      missing.clear();
      pushed.forEach(one -> missing.add(one.digest()));
      for (Descriptor listed : list.descriptors()) {
        missing.remove(listed.digest());
      }
      if (missing.isEmpty()) {
        return Set.of();
      }
      for (Acknowledged one : pushed) {
        if (missing.contains(one.digest())) {
          client.putManifest(repository, one.digest().toString(), one.type(), one.json());
        }
      }
    }
    return missing;
  }
}
