package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.terminal.Output;
import dev.bulla.error.BullaException;

/** Says which bulla this is. Answered without loading anything that signs, verifies or connects. */
final class VersionCommand implements Command {

  private static final Flag<Boolean> JSON = Flag.onOff("json", "print JSON instead of text");

  private static final String BANNER =
      """
       ____   _   _  _      _         _
      | __ ) | | | || |    | |       / \\
      |  _ \\ | | | || |    | |      / _ \\
      | |_) || |_| || |___ | |___  / ___ \\
      |____/  \\___/ |_____||_____|/_/   \\_\\
      bulla: signs what an OCI registry holds, keeps the signatures beside it, and verifies them

      """;

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("version", "Print the version").flags("Output", JSON);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    Build build = Build.ofThisProgram();
    Output out = context.out();
    if (flags.get(JSON)) {
      out.print(json(build));
    } else {
      out.print(text(build));
    }
  }

  private static String text(Build build) {
    return BANNER
        + ("GitVersion:    " + build.version() + "\n")
        + ("GitCommit:     " + build.commit() + "\n")
        + ("GitTreeState:  " + build.treeState() + "\n")
        + ("BuildDate:     " + build.date() + "\n")
        + ("GoVersion:     " + build.runtime() + "\n")
        + ("Compiler:      " + build.compiler() + "\n")
        + ("Platform:      " + build.platform() + "\n");
  }

  /** The members' names are the ones scripts read from cosign, {@code goVersion} included. */
  private static String json(Build build) {
    return "{\n"
        + member("gitVersion", build.version(), ",")
        + member("gitCommit", build.commit(), ",")
        + member("gitTreeState", build.treeState(), ",")
        + member("buildDate", build.date(), ",")
        + member("goVersion", build.runtime(), ",")
        + member("compiler", build.compiler(), ",")
        + member("platform", build.platform(), "")
        + "}\n";
  }

  private static String member(String name, String value, String separator) {
    return "  \"" + name + "\": \"" + value + "\"" + separator + "\n";
  }
}
