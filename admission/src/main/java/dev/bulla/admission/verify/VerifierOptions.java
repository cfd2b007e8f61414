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

/**
 * What the surroundings of the webhook are.
 *
 * @param secretsDir the folder with a folder for each secret that a validator names
 * @param httpRegistries registries, as written in references, that may be asked over plain HTTP,
 *     and may be this machine
 * @param innerRegistries registries, as written in references, that may have addresses of this
 *     machine or of the network itself
 * @param refusedNetworks addresses that no other registry may have, beside those of this machine
 *     and of the network itself
 * @param environment the process environment, read by the caller
 * @param home the user's home folder
 * @param keyProviders for keys in services
 * @param clouds who knows the credentials of a cloud; those on the class path unless given
 * @param clock for the ages of keys and of trust material, and for deadlines
 * @param notices takes what a person should know although all is well: one line each, safe to print
 * @param registryListener told of each call of a registry
 */
public record VerifierOptions(
    Optional<Path> secretsDir,
    Set<String> httpRegistries,
    Set<String> innerRegistries,
    List<IpRange> refusedNetworks,
    Map<String, String> environment,
    Path home,
    KmsProviders keyProviders,
    Optional<AmbientCredentials.Lookup> clouds,
    InstantSource clock,
    Consumer<String> notices,
    RegistryListener registryListener) {

  public VerifierOptions {
    httpRegistries = Set.copyOf(httpRegistries);
    innerRegistries = Set.copyOf(innerRegistries);
    refusedNetworks = List.copyOf(refusedNetworks);
    environment = Map.copyOf(environment);
  }

  /** No secrets, no exceptions, what is on the class path, the system's clock, notices dropped. */
  public static VerifierOptions in(Map<String, String> environment) {
    return new VerifierOptions(
        Optional.empty(),
        Set.of(),
        Set.of(),
        List.of(),
        environment,
        Path.of(environment.getOrDefault("HOME", "/")),
        KmsProviders.onClassPath(),
        Optional.empty(),
        InstantSource.system(),
        notice -> {},
        RegistryListener.NONE);
  }

  public VerifierOptions withSecretsDir(Path folder) {
    return new VerifierOptions(
        Optional.of(folder),
        httpRegistries,
        innerRegistries,
        refusedNetworks,
        environment,
        home,
        keyProviders,
        clouds,
        clock,
        notices,
        registryListener);
  }

  public VerifierOptions withHttpRegistries(Set<String> registries) {
    return new VerifierOptions(
        secretsDir,
        registries,
        innerRegistries,
        refusedNetworks,
        environment,
        home,
        keyProviders,
        clouds,
        clock,
        notices,
        registryListener);
  }

  public VerifierOptions withInnerRegistries(Set<String> registries) {
    return new VerifierOptions(
        secretsDir,
        httpRegistries,
        registries,
        refusedNetworks,
        environment,
        home,
        keyProviders,
        clouds,
        clock,
        notices,
        registryListener);
  }

  public VerifierOptions withRefusedNetworks(List<IpRange> networks) {
    return new VerifierOptions(
        secretsDir,
        httpRegistries,
        innerRegistries,
        networks,
        environment,
        home,
        keyProviders,
        clouds,
        clock,
        notices,
        registryListener);
  }

  public VerifierOptions withKeyProviders(KmsProviders providers) {
    return new VerifierOptions(
        secretsDir,
        httpRegistries,
        innerRegistries,
        refusedNetworks,
        environment,
        home,
        providers,
        clouds,
        clock,
        notices,
        registryListener);
  }

  public VerifierOptions withClouds(AmbientCredentials.Lookup lookup) {
    return new VerifierOptions(
        secretsDir,
        httpRegistries,
        innerRegistries,
        refusedNetworks,
        environment,
        home,
        keyProviders,
        Optional.of(lookup),
        clock,
        notices,
        registryListener);
  }

  public VerifierOptions withClock(InstantSource other) {
    return new VerifierOptions(
        secretsDir,
        httpRegistries,
        innerRegistries,
        refusedNetworks,
        environment,
        home,
        keyProviders,
        clouds,
        other,
        notices,
        registryListener);
  }

  public VerifierOptions withNotices(Consumer<String> listener) {
    return new VerifierOptions(
        secretsDir,
        httpRegistries,
        innerRegistries,
        refusedNetworks,
        environment,
        home,
        keyProviders,
        clouds,
        clock,
        listener,
        registryListener);
  }

  public VerifierOptions withRegistryListener(RegistryListener listener) {
    return new VerifierOptions(
        secretsDir,
        httpRegistries,
        innerRegistries,
        refusedNetworks,
        environment,
        home,
        keyProviders,
        clouds,
        clock,
        notices,
        listener);
  }

  /** Shows no values of the environment: some are secret. */
  @Override
  public String toString() {
    return "VerifierOptions[" + secretsDir + ", " + httpRegistries + "]";
  }
}
