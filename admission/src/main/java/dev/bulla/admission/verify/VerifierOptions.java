package dev.bulla.admission.verify;

import dev.bulla.keys.kms.KmsProviders;
import dev.bulla.proxy.IpRange;
import dev.bulla.registry.auth.AmbientCredentials;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What the surroundings of the webhook are. Immutable. */
public final class VerifierOptions {

  private final Map<String, String> environment;

  // written only while a copy is made, before anyone else sees it
  private Optional<Path> secretsDir = Optional.empty();
  private Set<String> httpRegistries = Set.of();
  private Set<String> innerRegistries = Set.of();
  private List<IpRange> refusedNetworks = List.of();
  private KmsProviders keyProviders = KmsProviders.onClassPath();
  private Optional<AmbientCredentials.Lookup> clouds = Optional.empty();
  private InstantSource clock = InstantSource.system();
  private Consumer<String> notices = notice -> {};
  private RegistryListener registryListener = RegistryListener.NONE;

  private VerifierOptions(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  private VerifierOptions(VerifierOptions other) {
    secretsDir = other.secretsDir;
    httpRegistries = other.httpRegistries;
    innerRegistries = other.innerRegistries;
    refusedNetworks = other.refusedNetworks;
    environment = other.environment;
    keyProviders = other.keyProviders;
    clouds = other.clouds;
    clock = other.clock;
    notices = other.notices;
    registryListener = other.registryListener;
  }

  /**
   * No secrets, no exceptions, what is on the class path, the system's clock, notices dropped.
   *
   * @param environment the process environment, read by the caller
   */
  public static VerifierOptions in(Map<String, String> environment) {
    return new VerifierOptions(environment);
  }

  /** The folder with a folder for each secret that a validator names. */
  public VerifierOptions withSecretsDir(Path folder) {
    VerifierOptions copy = new VerifierOptions(this);
    copy.secretsDir = Optional.of(folder);
    return copy;
  }

  /**
   * Registries, as written in references, that may be asked over plain HTTP, and may be this
   * machine.
   */
  public VerifierOptions withHttpRegistries(Set<String> registries) {
    VerifierOptions copy = new VerifierOptions(this);
    copy.httpRegistries = Set.copyOf(registries);
    return copy;
  }

  /**
   * Registries, as written in references, that may have addresses of this machine or of the network
   * itself.
   */
  public VerifierOptions withInnerRegistries(Set<String> registries) {
    VerifierOptions copy = new VerifierOptions(this);
    copy.innerRegistries = Set.copyOf(registries);
    return copy;
  }

  /**
   * Addresses that no other registry may have, beside those of this machine and of the network
   * itself.
   */
  public VerifierOptions withRefusedNetworks(List<IpRange> networks) {
    VerifierOptions copy = new VerifierOptions(this);
    copy.refusedNetworks = List.copyOf(networks);
    return copy;
  }

  /** For keys in services. */
  public VerifierOptions withKeyProviders(KmsProviders providers) {
    VerifierOptions copy = new VerifierOptions(this);
    copy.keyProviders = providers;
    return copy;
  }

  /** Who knows the credentials of a cloud; those on the class path unless given. */
  public VerifierOptions withClouds(AmbientCredentials.Lookup lookup) {
    VerifierOptions copy = new VerifierOptions(this);
    copy.clouds = Optional.of(lookup);
    return copy;
  }

  /** For the ages of keys and of trust material, and for deadlines. */
  public VerifierOptions withClock(InstantSource other) {
    VerifierOptions copy = new VerifierOptions(this);
    copy.clock = other;
    return copy;
  }

  /**
   * Takes what a person should know although all is well: one line each, safe to print. Safe for
   * use by many threads at once.
   */
  public VerifierOptions withNotices(Consumer<String> listener) {
    VerifierOptions copy = new VerifierOptions(this);
    copy.notices = listener;
    return copy;
  }

  /** Told of each call of a registry. */
  public VerifierOptions withRegistryListener(RegistryListener listener) {
    VerifierOptions copy = new VerifierOptions(this);
    copy.registryListener = listener;
    return copy;
  }

  public Optional<Path> secretsDir() {
    return secretsDir;
  }

  public Set<String> httpRegistries() {
    return httpRegistries;
  }

  public Set<String> innerRegistries() {
    return innerRegistries;
  }

  public List<IpRange> refusedNetworks() {
    return refusedNetworks;
  }

  public Map<String, String> environment() {
    return environment;
  }

  /** The user's home folder. */
  public Path home() {
    return Path.of(environment.getOrDefault("HOME", "/"));
  }

  public KmsProviders keyProviders() {
    return keyProviders;
  }

  public Optional<AmbientCredentials.Lookup> clouds() {
    return clouds;
  }

  public InstantSource clock() {
    return clock;
  }

  public Consumer<String> notices() {
    return notices;
  }

  public RegistryListener registryListener() {
    return registryListener;
  }

  /** Shows no values of the environment: some are secret. */
  @Override
  public String toString() {
    return "VerifierOptions[" + secretsDir + ", " + httpRegistries + "]";
  }
}
