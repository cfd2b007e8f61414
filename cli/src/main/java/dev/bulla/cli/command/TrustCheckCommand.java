package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.limits.Limits;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Says what a file about trust holds, and names what is missing in it or over. */
final class TrustCheckCommand implements Command {

  private static final Flag<String> OUTPUT =
      Flag.choice("output", "form of the result", "json", "text").shorthand('o').orElse("text");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("trust check", "Check a trusted root, signing config or TUF root")
        .description(
            """
            Check a trusted_root.json, a signing_config.json or a root.json of TUF: list what it
            holds, with the times during which each part counts, and name the field that is missing
            or over.

            Exit code 0: usable now. 21: it cannot be read, and the field is named. 1: it can be
            read, but something in it that is needed does not count now.\
            """)
        .example("bulla trust check trusted_root.json")
        .positionals("FILE", Positionals.exactly(1))
        .flags("Output", OUTPUT);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    String name = flags.arguments().get(0);
    boolean json = flags.get(OUTPUT).equals("json");
    Bytes file = context.files().read(name, Limits.MAX_KEY_FILE);
    Instant now = InstantSource.system().instant();
    TrustFileReport report;
    try {
      report = TrustFileReport.of(file, now);
    } catch (MalformedInputException e) {
      if (json) {
        print(context, name, "unknown", List.of(), List.of(e.message()));
      }
      throw e.in(Quoted.plain(name));
    }
    if (json) {
      print(context, name, report.kind(), report.parts(), report.problems());
    } else {
      context.out().println(Quoted.plain(name) + ": " + report.kind());
      for (TrustFileReport.Part part : report.parts()) {
        context.out().println("  " + part.text());
      }
    }
    if (!report.problems().isEmpty()) {
      List<String> problems = report.problems();
      problems.subList(1, problems.size()).forEach(context::note);
      throw new ConfigurationException(Quoted.plain(name) + ": " + problems.get(0));
    }
  }

  private static void print(
      CommandContext context,
      String name,
      String kind,
      List<TrustFileReport.Part> parts,
      List<String> problems) {
    List<JsonObject> entries = new ArrayList<>();
    for (TrustFileReport.Part part : parts) {
      entries.add(part.json());
    }
    context
        .out()
        .print(
            GoJson.writeIndented(
                JsonObject.builder()
                    .put("file", name)
                    .put("kind", kind)
                    .put("usable", problems.isEmpty())
                    .put("parts", JsonArray.of(entries))
                    .put("problems", JsonArray.of(problems.stream().map(JsonString::new).toList()))
                    .build(),
                2));
    context.out().println();
  }
}
