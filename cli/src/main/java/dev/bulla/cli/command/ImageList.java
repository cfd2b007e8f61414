package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.FlagGroup;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The images of a command that takes many: words of the line, and lines of a file. The command
 * declares any number of words and calls {@link #require} first, since a file may take their place.
 */
final class ImageList {

  static final Flag<String> FROM_FILE =
      Flag.text("from-file", "file with further images, one on a line, # for remarks; - for stdin");

  static final Flag<String> RESUME =
      Flag.text("resume", "file that remembers what is done, so that a broken run can go on");

  static final FlagGroup GROUP = FlagGroup.of("Many images", FROM_FILE, RESUME);

  private ImageList() {}

  /** Some image has to be named, in the words of cosign. */
  static void require(ParsedFlags flags) throws ConfigurationException {
    if (flags.arguments().isEmpty() && flags.get(FROM_FILE).isEmpty()) {
      throw new ConfigurationException("requires at least 1 arg(s), only received 0");
    }
  }

  /** As typed, words of the line first. */
  static List<String> of(ParsedFlags flags, CommandContext context) throws BullaException {
    List<String> images = new ArrayList<>(flags.arguments());
    images.addAll(lines(flags, context));
    return images;
  }

  /** The lines of the file that say something, without blanks around them. */
  static List<String> lines(ParsedFlags flags, CommandContext context) throws BullaException {
    String file = flags.get(FROM_FILE);
    if (file.isEmpty()) {
      return List.of();
    }
    return content(file, context)
        .toUtf8String("--from-file")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  /**
   * What decides whether an image is finished: every flag that was given, but for those that only
   * say which images, how fast, as whom, and in which form the answer comes. A flag that is new
   * counts, until somebody thinks about it.
   */
  static List<String> parameters(ParsedFlags flags, CommandContext context) {
    Set<String> except =
        new HashSet<>(
            Set.of(
                FROM_FILE.name(),
                RESUME.name(),
                "confirm-timeout",
                "if-absent",
                "key", // counts by what it is, not by where it lies
                "max-workers",
                "output",
                "output-file",
                "timeout",
                "trusted-root", // as the key
                "verbose",
                "yes"));
    for (Flag<?> flag : RegistryFlags.GROUP.flags()) {
      except.add(flag.name());
    }
    except.remove(RegistryFlags.ATTACHMENT_TAG_PREFIX.name());
    except.remove(RegistryFlags.MISSING_IS_403.name());
    List<String> parameters = new ArrayList<>();
    flags.given(except).forEach((name, value) -> parameters.add(name + "=" + value));
    parameters.add("repository=" + context.environment().value("COSIGN_REPOSITORY").orElse(""));
    return parameters;
  }

  private static Bytes content(String file, CommandContext context) throws BullaException {
    if (!file.equals("-")) {
      return context.files().read(file, Limits.MAX_LIST_FILE);
    }
    try {
      return LimitedInput.readAll(context.stdin(), Limits.MAX_LIST_FILE, "standard input");
    } catch (IOException e) {
      throw new ConfigurationException("reading standard input: " + e.getMessage(), e);
    }
  }
}
