package dev.bulla.cli.command;

import dev.bulla.AttestationDownload;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.cli.terminal.Output;
import dev.bulla.dsse.EnvelopeText;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.intoto.PredicateType;
import dev.bulla.json.JsonParser;
import dev.bulla.oci.Reference;
import java.util.Optional;

/** Prints the attestations of an image as they are, without verifying them. */
final class DownloadAttestationCommand implements Command {

  static final Flag<String> PREDICATE_TYPE =
      Flag.text(
          "predicate-type",
          "only attestations of this type: a short name or a URI",
          "slsaprovenance",
          "slsaprovenance02",
          "slsaprovenance1",
          "link",
          "spdx",
          "spdxjson",
          "cyclonedx",
          "vuln",
          "openvex",
          "custom");

  static final Flag<String> PLATFORM =
      Flag.text("platform", "look at the image of an index for this platform: linux/amd64");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of(
            "download attestation", "Print the attestations of an image as they are stored")
        .description(
            """
            Print the attestations of an image, one JSON document per line: bundles, then DSSE
            envelopes of the older format. Nothing is verified.\
            """)
        .example(
            """
            bulla download attestation registry.example.com/app:v1
            bulla download attestation --predicate-type vuln --platform linux/arm64 registry.example.com/app\
            """)
        .positionals("IMAGE", Positionals.exactly(1))
        .flags("What to print", PREDICATE_TYPE, PLATFORM)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    String type = flags.get(PREDICATE_TYPE);
    Optional<String> uri = Optional.empty();
    if (!type.isEmpty()) {
      uri = PredicateType.uri(type);
      if (uri.isEmpty()) {
        throw new ConfigurationException("invalid predicate type: " + Quoted.plain(type));
      }
    }
    try (ImageSession session = ImageSession.open(flags, context)) {
      Reference reference = session.image(flags.arguments().get(0));
      print(session.bulla().attestations().of(reference, uri, flags.get(PLATFORM)), uri, context);
    } catch (RegistryException e) {
      throw ImageSession.absentEntity(e);
    }
  }

  private static void print(
      AttestationDownload.Found found, Optional<String> uri, CommandContext context)
      throws BullaException {
    if (found.isEmpty()) {
      throw new ConfigurationException(
          uri.isEmpty()
              ? "found no attestations"
              : "no attestations with predicate type '" + Quoted.plain(uri.get()) + "' found");
    }
    Output out = context.out();
    Downloading.printBundles(out, found.bundles());
    for (Bytes envelope : found.envelopes()) {
      out.print(EnvelopeText.of(JsonParser.parseObject(envelope, "attestation")).toJson());
      out.println();
    }
    Downloading.failForUnreadable(context, found.unreadable());
  }
}
