package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.limits.Limits;

/** Shows what a bundle holds. */
final class BundleInspectCommand implements Command {

  static final Flag<String> OUTPUT =
      Flag.choice("output", "form of the result", "text", "json").shorthand('o').orElse("text");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("bundle inspect", "Show what a bundle holds")
        .description(
            """
            Show what a bundle says about who signed what and when, and what verifying it would
            check. Nothing is verified, and nobody is asked.\
            """)
        .example("bulla bundle inspect --output json b.sigstore.json | jq .verificationMaterial")
        .positionals("BUNDLE", Positionals.exactly(1))
        .flags("Output", OUTPUT)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    context.err().println("WARNING: This command only inspects the contents of the bundle.");
    context
        .err()
        .println("It does not perform cryptographic verification or verify log inclusion.");
    context.err().println();
    JsonObject facts;
    try {
      facts =
          BundleFacts.of(
              BundleFiles.parse(context.files().read(flags.arguments().get(0), Limits.MAX_BUNDLE)));
    } catch (ConfigurationException e) {
      throw e.in("opening bundle file");
    }
    if (flags.get(OUTPUT).equals("json")) {
      context.out().print(GoJson.write(facts));
      context.out().println();
    } else {
      FactsText.print(facts, context.out());
    }
  }
}
