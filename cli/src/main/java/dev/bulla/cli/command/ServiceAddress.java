package dev.bulla.cli.command;

import dev.bulla.cli.flags.EnvironmentBinding;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.sigstore.http.ServiceUrl;

/**
 * Where a service is, as the line or the environment says.
 *
 * @param place the flag or the variable that says so
 * @param text as given; not looked at yet
 */
record ServiceAddress(String place, String text) {

  /** What a flag says, or the variable that stands for it. */
  static ServiceAddress of(Flag<String> flag, ParsedFlags flags, CommandContext context) {
    String place = "--" + flag.name();
    if (flags.source(flag) == ParsedFlags.Source.ENVIRONMENT) {
      place = EnvironmentBinding.variable(flag, context.environment().asMap()).orElse(place);
    }
    return new ServiceAddress(place, flags.get(flag));
  }

  /**
   * The address, read.
   *
   * @throws ConfigurationException which names the place, when it is none
   */
  ServiceUrl url() throws ConfigurationException {
    try {
      return ServiceUrl.parse(text);
    } catch (MalformedInputException e) {
      throw new ConfigurationException(
          place + ": " + e.message(),
          "give the whole address of the service, such as https://rekor.example.com");
    }
  }

  /** The text, of which it is certain that it is an address. */
  String checked() throws ConfigurationException {
    url();
    return text;
  }
}
