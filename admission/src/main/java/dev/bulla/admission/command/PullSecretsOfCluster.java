package dev.bulla.admission.command;

import dev.bulla.admission.cluster.Cluster;
import dev.bulla.admission.cluster.ClusterPullSecrets;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.decide.PodSecrets;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.Quoted;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Where the secrets that pods are pulled with come from, if a validator asks for them. */
final class PullSecretsOfCluster {

  private static final int KEY_BYTES = 32;

  private PullSecretsOfCluster() {}

  /**
   * Those of a configuration. Where there is no cluster, that is said once, and the answers about
   * images that a registry keeps from us say it again.
   *
   * @param key as for {@link ClusterPullSecrets}
   * @param without how to get a cluster, behind "there is no cluster to read them from: "
   */
  static PodSecrets of(
      AdmissionConfig config,
      Optional<Cluster> cluster,
      Bytes key,
      InstantSource clock,
      String without,
      Consumer<String> notices) {
    List<String> asking =
        config.validators().stream()
            .filter(one -> one instanceof ValidatorConfig.Cosign it && it.usesPodPullSecrets())
            .map(ValidatorConfig::name)
            .toList();
    if (asking.isEmpty()) {
      return PodSecrets.NONE;
    }
    if (cluster.isPresent()) {
      return new ClusterPullSecrets(cluster.get(), key, clock, notices);
    }
    String why = "there is no cluster to read them from: " + without;
    notices.accept(
        "usePodPullSecrets of validator "
            + Quoted.plain(String.join(", ", asking))
            + " has no effect: "
            + why);
    return PodSecrets.unreadable("pull secrets of pods were not looked for: " + why);
  }

  /** For fingerprints that mean something in this process alone. */
  static Bytes randomKey() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return Bytes.of(key);
  }
}
