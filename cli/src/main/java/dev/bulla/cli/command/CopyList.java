package dev.bulla.cli.command;

import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.oci.TagReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code copy} is to copy where: two words of the line, or any number of words and lines of a
 * file. A line with two words names its destination; everything else goes below {@code --to}.
 */
final class CopyList {

  /** One copy; the destination is absent where it follows from the source. */
  private record Entry(String source, Optional<String> destination) {}

  private final Optional<String> to;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final List<String> typed = new ArrayList<>();

  private CopyList(Optional<String> to) {
    this.to = to;
  }

  private static boolean isList(ParsedFlags flags) {
    return !flags.get(CopyCommand.TO).isEmpty() || !flags.get(ImageList.FROM_FILE).isEmpty();
  }

  /** How many words there have to be, in the words of cosign where it knows the form. */
  static void require(ParsedFlags flags) throws ConfigurationException {
    int words = flags.arguments().size();
    if (!isList(flags)) {
      if (words != 2) {
        throw new ConfigurationException("accepts 2 arg(s), received " + words);
      }
      return;
    }
    if (flags.get(CopyCommand.TO).isEmpty() && words > 0) {
      throw new ConfigurationException(
          "images on the line need --to beside --from-file",
          "lines of the file may name a destination of their own: SOURCE DESTINATION");
    }
    ImageList.require(flags);
  }

  static CopyList of(ParsedFlags flags, CommandContext context) throws BullaException {
    String to = flags.get(CopyCommand.TO);
    CopyList list = new CopyList(to.isEmpty() ? Optional.empty() : Optional.of(to));
    List<String> words = flags.arguments();
    if (!isList(flags)) {
      list.add(words.get(0) + " " + words.get(1), words.get(0), Optional.of(words.get(1)));
      return list;
    }
    if (!to.isEmpty()) {
      below(to, "image"); // what is typed wrong is said before anybody is asked
    }
    for (String word : words) {
      list.add(word, word, Optional.empty());
    }
    for (String line : ImageList.lines(flags, context)) {
      list.addLine(line);
    }
    if (list.typed.isEmpty()) {
      throw new ConfigurationException("--from-file names no image");
    }
    list.requireOneSourceEach();
    return list;
  }

  private void addLine(String line) throws ConfigurationException {
    List<String> words = new ArrayList<>();
    for (String word : line.split("\\s+", -1)) {
      words.add(word);
    }
    if (words.size() > 2) {
      throw new ConfigurationException(
          "--from-file: a line has SOURCE, or SOURCE DESTINATION: " + Quoted.plain(line, 1000));
    }
    if (words.size() == 1 && to.isEmpty()) {
      throw new ConfigurationException(
          "--from-file: no destination for " + Quoted.plain(line, 1000),
          "write it behind the source, or use --to");
    }
    add(
        String.join(" ", words),
        words.get(0),
        words.size() == 2 ? Optional.of(words.get(1)) : Optional.empty());
  }

  private void add(String text, String source, Optional<String> destination) {
    typed.add(text);
    entries.put(text, new Entry(source, destination));
  }

  /** A tag is set once; which of two images it should name is not for chance to decide. */
  private void requireOneSourceEach() throws ConfigurationException {
    Map<String, String> sources = new HashMap<>();
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      String source = entry.getValue().source();
      Reference target;
      try {
        source = LocalImages.isLocal(source) ? source : Reference.parse(source).toString();
        target = target(entry.getKey(), source);
      } catch (BullaException e) {
        continue; // said of that image, when it is its turn
      }
      String other = target instanceof TagReference ? sources.put(target.toString(), source) : null;
      if (other != null && !other.equals(source)) {
        throw new ConfigurationException(
            target
                + " is the destination of two sources: "
                + Quoted.plain(other)
                + " and "
                + Quoted.plain(source));
      }
    }
  }

  private Reference target(String text, String source) throws BullaException {
    return LocalImages.isLocal(source) ? localTarget(text) : target(text, Reference.parse(source));
  }

  /** As typed, in their order. */
  List<String> typed() {
    return typed;
  }

  String source(String text) {
    return entry(text).source();
  }

  private Entry entry(String text) {
    return java.util.Objects.requireNonNull(entries.get(text));
  }

  /**
   * Where an image goes.
   *
   * @param text as typed
   * @param source what it names
   */
  Reference target(String text, Reference source) throws BullaException {
    if (LocalImages.isLocal(entry(text).source())) {
      return localTarget(text);
    }
    Optional<String> destination = entry(text).destination();
    if (destination.isPresent()) {
      return Reference.parse(destination.get());
    }
    Repository repository = below(to.orElseThrow(), source.repository().path());
    return source instanceof DigestReference image
        ? repository.at(image.digest())
        : repository.tag(((TagReference) source).tag());
  }

  private Reference localTarget(String text) throws BullaException {
    Optional<String> destination = entry(text).destination();
    if (destination.isEmpty()) {
      throw new ConfigurationException(
          Quoted.plain(entry(text).source()) + " is a folder, from which no destination follows",
          "name the destination behind it: SOURCE DESTINATION, on a line of --from-file");
    }
    return Reference.parse(destination.get());
  }

  private static Repository below(String to, String path) throws MalformedInputException {
    String start = to.endsWith("/") ? to.substring(0, to.length() - 1) : to;
    try {
      return Repository.parse(start + "/" + path);
    } catch (MalformedInputException e) {
      throw e.in("--to " + Quoted.plain(to));
    }
  }
}
