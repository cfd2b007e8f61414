package dev.bulla.admission.tls;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the webhook makes its own certificates.
 *
 * @param namespace of the secret that replicas share them by
 * @param secret its name
 * @param names host names and IP addresses, as the API server calls the webhook
 * @param registrations the configurations that say whom the API server believes
 * @param overlap how long a new authority is announced before it is used
 */
public record IssuedOptions(
    String namespace,
    String secret,
    List<String> names,
    List<Registration> registrations,
    Duration overlap) {

  private static final Pattern SECRET =
      Pattern.compile("([a-z0-9][a-z0-9-]{0,62})/([a-z0-9][a-z0-9.-]{0,252})");
  private static final Pattern REGISTRATION =
      Pattern.compile("(mutating|validating)/([a-z0-9][a-z0-9.-]{0,252})");
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]+");

  public IssuedOptions {
    names = List.copyOf(names);
    registrations = List.copyOf(registrations);
  }

  /**
   * A configuration of webhooks.
   *
   * @param resource {@code mutatingwebhookconfigurations} or {@code
   *     validatingwebhookconfigurations}
   */
  public record Registration(String resource, String name) {

    /** As the flag has it. */
    String flag() {
      return resource.replace("webhookconfigurations", "") + "/" + name;
    }

    String path() {
      return "/apis/admissionregistration.k8s.io/v1/" + resource + "/" + name;
    }
  }

  /**
   * Reads what flags say.
   *
   * @param secret {@code NAMESPACE/SECRET}
   * @param registrations each {@code mutating/NAME} or {@code validating/NAME}
   */
  public static IssuedOptions parse(
      String secret, List<String> names, List<String> registrations, Duration overlap)
      throws ConfigurationException {
    Matcher place = SECRET.matcher(secret);
    if (!place.matches()) {
      throw new ConfigurationException(
          "--self-issued-tls " + Quoted.text(secret) + ": it has to be NAMESPACE/SECRET");
    }
    if (names.isEmpty()) {
      throw new ConfigurationException(
          "--self-issued-tls needs --tls-name",
          "such as --tls-name=bulla-svc.bulla.svc, as the API server calls the webhook");
    }
    for (String name : names) {
      if (!NAME.matcher(name).matches()) {
        throw new ConfigurationException(
            "--tls-name " + Quoted.text(name) + ": no host name or IP address");
      }
    }
    List<Registration> parsed = new ArrayList<>();
    for (String registration : registrations) {
      Matcher parts = REGISTRATION.matcher(registration);
      if (!parts.matches()) {
        throw new ConfigurationException(
            "--registration "
                + Quoted.text(registration)
                + ": it has to be mutating/NAME or validating/NAME");
      }
      parsed.add(new Registration(parts.group(1) + "webhookconfigurations", parts.group(2)));
    }
    if (parsed.isEmpty()) {
      throw new ConfigurationException(
          "--self-issued-tls needs --registration",
          "such as --registration=mutating/bulla-webhook, whose caBundle is kept");
    }
    if (overlap.isNegative()) {
      throw new ConfigurationException("--tls-overlap: it has to be zero or more");
    }
    return new IssuedOptions(place.group(1), place.group(2), names, parsed, overlap);
  }
}
