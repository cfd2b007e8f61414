package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.sigstore.http.ServiceCaller;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The machine's own tokens: each provider in cosign's order, then those that cosign does not know,
 * so that both are the same somebody on the same machine.
 */
final class AmbientTokens {

  private final List<AmbientProvider> providers;

  AmbientTokens(List<AmbientProvider> providers) {
    this.providers = List.copyOf(providers);
  }

  /**
   * All that there are.
   *
   * @param direct asks without a proxy
   * @param googleIam the URL of Google's IAM Credentials API
   */
  static AmbientTokens of(
      Surroundings machine, ServiceCaller http, ServiceCaller direct, String googleIam) {
    GoogleMetadata metadata = new GoogleMetadata(machine, direct);
    return new AmbientTokens(
        List.of(
            new GitHubActions(machine, http),
            new BuildkiteAgent(machine, http),
            TokenVariable.any(machine),
            TokenFile.projected(machine),
            new GoogleWorkload(metadata),
            new GoogleImpersonation(machine, http, metadata, googleIam),
            TokenFile.spiffe(machine),
            TokenVariable.gitLab(machine),
            new CircleCi(machine),
            TokenVariable.bitbucket(machine),
            TokenVariable.jenkins(machine)));
  }

  /** The names, in their order. */
  List<String> names() {
    return providers.stream().map(AmbientProvider::name).toList();
  }

  /** Refuses a name that none of them has. */
  void requireKnown(String name) throws ConfigurationException {
    if (!names().contains(name)) {
      throw new ConfigurationException(
          Quoted.plain(name) + " is not a valid provider",
          "it is one of " + String.join(", ", names()));
    }
  }

  /**
   * A token of the one that was asked for by name.
   *
   * @throws BullaException also when this machine is not of its kind
   */
  IdentityToken named(String name, String audience) throws BullaException {
    for (AmbientProvider provider : providers) {
      if (provider.name().equals(name)) {
        Optional<IdentityToken> token =
            provider.isHere() ? ask(provider, audience) : Optional.empty();
        if (token.isEmpty()) {
          throw new ConfigurationException(
              "--oidc-provider " + name + ": it has no token for this machine",
              "it has one where " + provider.sign());
        }
        return token.get();
      }
    }
    requireKnown(name);
    throw new ConfigurationException(name + " is not a valid provider");
  }

  /**
   * A token of the first that has one.
   *
   * @return nothing when this machine is of no known kind
   * @throws BullaException when it is, and none of the providers that are here could give a token
   */
  Optional<IdentityToken> any(String audience) throws BullaException {
    List<BullaException> failures = new ArrayList<>();
    for (AmbientProvider provider : providers) {
      try {
        if (provider.isHere()) {
          Optional<IdentityToken> token = ask(provider, audience);
          if (token.isPresent()) {
            return token;
          }
        }
      } catch (BullaException e) {
        failures.add(e);
      }
    }
    if (failures.isEmpty()) {
      return Optional.empty();
    }
    BullaException first = failures.get(0);
    failures.subList(1, failures.size()).forEach(first::addSuppressed);
    throw first;
  }

  private static Optional<IdentityToken> ask(AmbientProvider provider, String audience)
      throws BullaException {
    try {
      return provider.token(audience);
    } catch (BullaException e) {
      throw e.in("ambient provider " + provider.name());
    }
  }
}
