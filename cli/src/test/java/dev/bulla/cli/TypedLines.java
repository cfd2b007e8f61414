package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lines as a person types them behind the program's name, split at spaces. {@code $NAME} stands for
 * what was named so; nothing else of a shell is known.
 */
final class TypedLines {

  private static final Pattern NAME = Pattern.compile("\\$([A-Z0-9_]+)");

  private final Function<List<String>, InProcess.Result> program;
  private final Map<String, String> names = new TreeMap<>();

  TypedLines(Function<List<String>, InProcess.Result> program) {
    this.program = program;
  }

  TypedLines name(String name, String value) {
    names.put(name, value);
    return this;
  }

  InProcess.Result type(String line) {
    List<String> words = new ArrayList<>();
    for (String word : line.strip().split(" +", -1)) {
      words.add(
          NAME.matcher(word).replaceAll(found -> Matcher.quoteReplacement(value(found.group(1)))));
    }
    return program.apply(words);
  }

  private String value(String name) {
    String value = names.get(name);
    assertThat(value).as("$" + name).isNotNull();
    return value;
  }

  InProcess.Result passes(String line) {
    InProcess.Result result = type(line);
    assertThat(result.exit()).as(line + "\n" + result.stderr()).isZero();
    return result;
  }

  InProcess.Result fails(int exit, String message, String line) {
    InProcess.Result result = type(line);
    assertThat(result.exit()).as(line + "\n" + result.stderr()).isEqualTo(exit);
    assertThat(result.stderr()).as(line).contains(message);
    return result;
  }
}
