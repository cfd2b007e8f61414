package dev.bulla.sigstore.config;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Which services sign, as a {@code signing_config.json} of version 0.2 says. Immutable. Source:
 * sigstore_trustroot.proto, "SigningConfig".
 *
 * @param logChoice how many of the logs a signature has to be in
 * @param timestampChoice how many of the timestamp authorities have to stamp it
 */
public record SigningConfig(
    List<ConfiguredService> authorities,
    List<ConfiguredService> issuers,
    List<ConfiguredService> logs,
    ServiceChoice logChoice,
    List<ConfiguredService> timestampAuthorities,
    ServiceChoice timestampChoice) {

  /** The media type of what is read and written. */
  public static final String MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";

  private static final Set<Long> FIRST = Set.of(1L);
  private static final Set<Long> FIRST_TWO = Set.of(1L, 2L);

  public SigningConfig {
    authorities = List.copyOf(authorities);
    issuers = List.copyOf(issuers);
    logs = List.copyOf(logs);
    timestampAuthorities = List.copyOf(timestampAuthorities);
  }

  /**
   * Reads a configuration.
   *
   * @throws ConfigurationException for one of another version
   * @throws MalformedInputException for everything else that is none, unknown members included
   */
  public static SigningConfig parse(Bytes json)
      throws MalformedInputException, ConfigurationException {
    return SigningConfigJson.parse(json);
  }

  /** Who issues certificates at that time. */
  public ConfiguredService authority(Instant now) throws ConfigurationException {
    return one(authorities, now);
  }

  /** Who issues identity tokens at that time. */
  public ConfiguredService issuer(Instant now) throws ConfigurationException {
    return one(issuers, now);
  }

  /**
   * The logs that a signature made at that time goes to; none where none is configured.
   *
   * @throws ConfigurationException when those that are configured do not suffice
   */
  public List<ConfiguredService> logs(Instant now, RandomGenerator random)
      throws ConfigurationException {
    return several(logs, FIRST_TWO, logChoice, now, random);
  }

  /** The authorities that stamp a signature made at that time; as {@link #logs}. */
  public List<ConfiguredService> timestampAuthorities(Instant now, RandomGenerator random)
      throws ConfigurationException {
    return several(timestampAuthorities, FIRST, timestampChoice, now, random);
  }

  private static ConfiguredService one(List<ConfiguredService> services, Instant now)
      throws ConfigurationException {
    List<ConfiguredService> valid = newest(services, FIRST, now);
    if (valid.isEmpty()) {
      throw none(FIRST, now);
    }
    return valid.get(0);
  }

  private static List<ConfiguredService> several(
      List<ConfiguredService> services,
      Set<Long> versions,
      ServiceChoice choice,
      Instant now,
      RandomGenerator random)
      throws ConfigurationException {
    if (services.isEmpty()) {
      return List.of();
    }
    List<ConfiguredService> valid = onePerOperator(newest(services, versions, now));
    if (valid.isEmpty()) {
      throw none(versions, now);
    }
    return switch (choice.selector()) {
      case ALL -> valid;
      case ANY -> atRandom(valid, 1, random);
      case EXACT -> {
        if (choice.count() < 1 || choice.count() > valid.size()) {
          throw new ConfigurationException(
              "the signing config wants "
                  + choice.count()
                  + " services, and has "
                  + valid.size()
                  + " of different operators that are valid now");
        }
        yield atRandom(valid, (int) choice.count(), random);
      }
      case UNDEFINED ->
          throw new ConfigurationException(
              "the signing config does not say how many of its services to use",
              "set the selector to ANY, ALL or EXACT");
    };
  }

  private static ConfigurationException none(Set<Long> versions, Instant now) {
    return new ConfigurationException(
        "no matching service found for API versions "
            + new TreeSet<>(versions).toString().replace(",", "")
            + " and current time "
            + now);
  }

  /** Those of the highest version that has any, the newest first. */
  private static List<ConfiguredService> newest(
      List<ConfiguredService> services, Set<Long> versions, Instant now) {
    Map<Long, List<ConfiguredService>> byVersion = new HashMap<>();
    long highest = 0;
    for (ConfiguredService service : services) {
      if (versions.contains(service.version()) && service.validFor().contains(now)) {
        byVersion.computeIfAbsent(service.version(), v -> new ArrayList<>()).add(service);
        highest = Math.max(highest, service.version());
      }
    }
    List<ConfiguredService> valid = byVersion.getOrDefault(highest, new ArrayList<>());
    valid.sort((a, b) -> start(b).compareTo(start(a)));
    return valid;
  }

  private static Instant start(ConfiguredService service) {
    Optional<Instant> start = service.validFor().start();
    return start.orElse(Instant.MIN);
  }

  /** Two of one operator fail together. */
  private static List<ConfiguredService> onePerOperator(List<ConfiguredService> newestFirst) {
    List<ConfiguredService> chosen = new ArrayList<>();
    for (ConfiguredService service : newestFirst) {
      if (chosen.stream().noneMatch(other -> other.operator().equals(service.operator()))) {
        chosen.add(service);
      }
    }
    return chosen;
  }

  private static List<ConfiguredService> atRandom(
      List<ConfiguredService> services, int count, RandomGenerator random) {
    List<ConfiguredService> left = new ArrayList<>(services);
    List<ConfiguredService> chosen = new ArrayList<>();
    while (chosen.size() < count) {
      chosen.add(left.remove(random.nextInt(left.size())));
    }
    return chosen;
  }
}
