package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Reference;
import java.util.List;
import java.util.Map;

/** Prints what {@code sign} would sign, so that another tool can sign it. */
final class GenerateCommand implements Command {

  static final Flag<List<String>> ANNOTATIONS =
      KeyFlags.annotations("key=value to put into the payload; repeatable");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("generate", "Print the payload to sign for an image")
        .description(
            """
            Print the payload that is signed for an image in the older format, so that another
            tool can sign it. `bulla attach signature` brings the result to the registry.\
            """)
        .example("bulla generate registry.example.com/app@sha256:... > payload.json")
        .positionals("IMAGE", Positionals.exactly(1))
        .flags("Payload", ANNOTATIONS)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    Reference image = Reference.parse(flags.arguments().get(0));
    Map<String, String> annotations = Annotations.parse(flags.get(ANNOTATIONS));
    try (ImageSession session = ImageSession.open(flags, context)) {
      context.out().print(session.bulla().payload(image, annotations));
    } catch (RegistryException e) {
      throw Signing.missing(e);
    }
  }
}
