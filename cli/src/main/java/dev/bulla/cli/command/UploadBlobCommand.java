package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import java.util.List;

/** Puts files into a registry. */
record UploadBlobCommand(String path) implements Command {

  static final Flag<List<String>> FILES =
      Flag.commaList("files", "FILE, or FILE:os[/architecture] for each of several; repeatable")
          .shorthand('f');

  static final Flag<String> CONTENT_TYPE =
      Flag.text("ct", "media type of the content; guessed from it when not given");

  static final Flag<List<String>> ANNOTATION =
      Flag.commaList("annotation", "key=value for the manifest; repeatable").shorthand('a');

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        CommandSpec.of(path, "Put files into a registry")
            .description(
                """
                Put a file into a registry as an image of one layer, and print its name by digest,
                which can be signed. Several files, each for a platform, become an index.\
                """)
            .example(
                """
                bulla upload blob -f policy.json registry.example.com/files:policy
                bulla upload blob -f app-linux:linux/amd64 -f app-mac:darwin/arm64 registry.example.com/app:v1\
                """)
            .positionals("IMAGE", Positionals.exactly(1))
            .flags("Files", FILES, CONTENT_TYPE, ANNOTATION)
            .flags(RegistryFlags.GROUP)
            .bindsEnvironment();
    return path.indexOf(' ') < 0 ? spec.hidden() : spec;
  }

  @Override
  public void afterFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {
    if (flags.get(FILES).isEmpty()) {
      throw new ConfigurationException("flag: help requested");
    }
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new Uploading(flags, context).blob();
  }
}
