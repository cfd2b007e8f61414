package dev.bulla.admission.command;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.cli.command.Command;
import dev.bulla.cli.command.CommandContext;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.cli.terminal.Output;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** Says which rule an image falls under, and why that one. */
final class MatchCommand implements Command {

  static final Flag<String> OUTPUT =
      Flag.choice("output", "form of the result", "json", "text").shorthand('o').orElse("text");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("admission match", "Say which rule an image falls under, and why")
        .description(
            """
            Say which rule of the webhook's configuration an image falls under, why that one, what
            would be done, which rules would be next, and which ones describe the image only as
            Connaisseur 3 read patterns. Nobody is asked: names are compared and nothing else.

            Exit code 0: every image falls under a rule. 1: an image falls under none, which denies
            it.\
            """)
        .example("bulla admission match --config values.yaml docker.io/library/redis:7")
        .positionals("REFERENCE...", Positionals.atLeast(1))
        .flags("Configuration", ConfigFiles.CONFIG)
        .flags("Output", OUTPUT);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    String file = ConfigFiles.find(flags.get(ConfigFiles.CONFIG), context.files());
    AdmissionConfig config =
        ConfigFiles.parse(ConfigFiles.text(file, context.files()), file, context.files());
    MatchReport report = new MatchReport(config, file);
    List<MatchReport.Match> matches = new ArrayList<>();
    for (String image : flags.arguments()) {
      matches.add(report.of(image));
    }
    if (flags.get(OUTPUT).equals("json")) {
      List<JsonValue> entries = new ArrayList<>();
      matches.forEach(match -> entries.add(match.json()));
      context.out().print(GoJson.writeIndented(JsonArray.of(entries), 2));
      context.out().println();
    } else {
      matches.forEach(match -> print(match, context.out()));
    }
    for (MatchReport.Match match : matches) {
      if (match.rules().isEmpty()) {
        throw new ConfigurationException(
            "no matching rule for image " + Quoted.plain(match.image()),
            "the webhook denies it; a rule with the pattern \"*:*\" would describe every image");
      }
    }
  }

  private static void print(MatchReport.Match match, Output out) {
    out.println(Quoted.plain(match.image()));
    out.println("  name       " + match.name());
    for (int i = 0; i < match.rules().size(); i++) {
      MatchReport.Line line = match.rules().get(i);
      out.println((i == 0 ? "  rule       " : "  also       ") + line.where());
      out.println("             " + line.why());
      if (i == 0) {
        out.println("  validator  " + line.validator());
        out.println("  result     " + line.effect());
      }
    }
    if (match.rules().isEmpty()) {
      out.println("  rule       none: denied");
    }
    for (MatchReport.Line line : match.misses()) {
      out.println("  not        " + line.where());
      out.println("             " + line.why());
    }
  }
}
