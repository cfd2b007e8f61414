package dev.bulla.cli.help;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.FlagGroup;
import dev.bulla.cli.flags.GlobalFlags;
import java.util.ArrayList;
import java.util.List;

/** The help page of a command, made from its declaration. */
public final class HelpPage {

  private static final int WIDTH = 100;
  private static final int WIDEST_FLAG_COLUMN = 38;

  private final StringBuilder out = new StringBuilder();

  private HelpPage() {}

  /**
   * The whole page of a command.
   *
   * @param spec the command
   * @param children the commands below it; hidden ones are left out
   */
  public static String of(CommandSpec spec, List<CommandSpec> children) {
    HelpPage page = new HelpPage();
    page.out.append(spec.description()).append("\n\n");
    page.usage(spec, children);
    return page.out.toString();
  }

  /** The page without its description: what is shown after a help topic that does not exist. */
  public static String usageOf(CommandSpec spec, List<CommandSpec> children) {
    HelpPage page = new HelpPage();
    page.usage(spec, children);
    return page.out.toString();
  }

  private void usage(CommandSpec spec, List<CommandSpec> children) {
    out.append("Usage:\n  ").append(spec.fullName());
    if (children.isEmpty()) {
      out.append(" [flags]").append(spec.usage().isEmpty() ? "" : " " + spec.usage()).append('\n');
    } else {
      out.append(" [command]\n");
    }
    if (!spec.example().isEmpty()) {
      out.append("\nExamples:\n").append(spec.example().indent(2));
    }
    commands(children);
    int column = flagColumn(spec);
    for (FlagGroup group : spec.groups()) {
      flags(group, column);
    }
    flags(GlobalFlags.ALL, column);
    if (!children.isEmpty()) {
      out.append("\nUse \"")
          .append(spec.fullName())
          .append(" [command] --help\" for more information about a command.\n");
    }
  }

  private void commands(List<CommandSpec> children) {
    List<CommandSpec> shown = new ArrayList<>();
    int column = 0;
    for (CommandSpec child : children) {
      if (!child.isHidden()) {
        shown.add(child);
        column = Math.max(column, child.name().length());
      }
    }
    if (!shown.isEmpty()) {
      out.append("\nCommands:\n");
    }
    for (CommandSpec child : shown) {
      entry("  " + child.name(), column + 2, child.summary());
    }
  }

  private void flags(FlagGroup group, int column) {
    boolean titled = false;
    for (Flag<?> flag : group.flags()) {
      if (flag.isHidden()) {
        continue;
      }
      if (!titled) {
        out.append('\n').append(group.title()).append(":\n");
        titled = true;
      }
      String defaultValue = flag.shownDefault();
      entry(
          left(flag),
          column,
          flag.description() + (defaultValue.isEmpty() ? "" : " (default " + defaultValue + ")"));
    }
  }

  private static int flagColumn(CommandSpec spec) {
    int column = 0;
    for (FlagGroup group : spec.groups()) {
      column = Math.max(column, widest(group));
    }
    return Math.max(column, widest(GlobalFlags.ALL));
  }

  private static int widest(FlagGroup group) {
    int widest = 0;
    for (Flag<?> flag : group.flags()) {
      int width = left(flag).length();
      if (!flag.isHidden() && width <= WIDEST_FLAG_COLUMN) {
        widest = Math.max(widest, width);
      }
    }
    return widest;
  }

  private static String left(Flag<?> flag) {
    String letter = flag.shorthand().map(c -> "-" + c + ", ").orElse("    ");
    String value = flag.placeholder().isEmpty() ? "" : " " + flag.placeholder();
    return "  " + letter + "--" + flag.name() + value;
  }

  /**
   * One line of a table; the text is wrapped beside its column, or below an entry that is too wide.
   */
  private void entry(String left, int column, String text) {
    out.append(left);
    int at = left.length();
    if (at > column) {
      out.append('\n');
      at = 0;
    }
    int textColumn = column + 3;
    out.append(" ".repeat(textColumn - at));
    at = textColumn;
    boolean first = true;
    for (String word : text.split(" ", -1)) {
      if (!first && at + 1 + word.length() > WIDTH) {
        out.append('\n').append(" ".repeat(textColumn));
        at = textColumn;
      } else if (!first) {
        out.append(' ');
        at++;
      }
      out.append(word);
      at += word.length();
      first = false;
    }
    out.append('\n');
  }
}
