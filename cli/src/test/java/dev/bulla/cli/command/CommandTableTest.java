package dev.bulla.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.FlagGroup;
import dev.bulla.cli.flags.FlagSet;
import dev.bulla.cli.flags.GlobalFlags;
import dev.bulla.error.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandTableTest {

  private final CommandTable table = new CommandTable();

  @Test
  void findsEveryCommandItLists() throws ConfigurationException {
    assertThat(CommandTable.BUILT_IN).isSorted().doesNotHaveDuplicates();
    for (String path : CommandTable.BUILT_IN) {
      Command command = table.find(path).orElseThrow();
      assertThat(command.spec().path()).isEqualTo(path);
      assertThat(FlagSet.of(command.spec()).flags()).as(path).isNotEmpty();
    }
  }

  @Test
  void knowsWhatIsNotThereYetAndListsItNowhere() {
    for (String path : CommandTable.NOT_YET) {
      assertThat(CommandTable.BUILT_IN).doesNotContain(path);
      assertThatThrownBy(() -> table.find(path))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("`bulla " + path + "` is not available in this version");
    }
    assertThat(table.names()).doesNotContainAnyElementsOf(CommandTable.NOT_YET);
  }

  /** Nobody's script may meet an unknown flag, or another default. */
  @Test
  void declaresEveryFlagOfCosignWithItsDefault() throws IOException, ConfigurationException {
    List<String> differences = new ArrayList<>();
    // 2.5.0 first, so that 3.1.1 has the last word on defaults
    Map<String, String> expected = new HashMap<>();
    for (String list : List.of("flags-2.5.0.tsv", "flags-3.1.1.tsv")) {
      load(list).forEach(line -> expected.put(line[0] + "\t" + line[1], line[2]));
    }
    // switched between the two versions, and hidden in the lists of the newer one
    expected.put("verify\t--new-bundle-format", "true");
    expected.put("sign\t--sign-container-identity", "[]");
    int checked = 0;
    for (Map.Entry<String, String> entry : expected.entrySet()) {
      String path = entry.getKey().substring(0, entry.getKey().indexOf('\t'));
      String flag = entry.getKey().substring(entry.getKey().indexOf('\t') + 1);
      if (path.equals("(root)")) {
        path = "";
      } else if (!CommandTable.BUILT_IN.contains(path)) {
        continue;
      }
      checked++;
      String declared = declared(path, flag);
      if (path.equals("clean") && flag.equals("--type")) {
        declared = declared.replace("'", ""); // another type of cosign's own, printed bare
      }
      if (!declared.equals(entry.getValue())) {
        differences.add(path + " " + flag + ": " + declared + " instead of " + entry.getValue());
      }
    }
    assertThat(checked).isGreaterThan(150);
    assertThat(differences).isEmpty();
  }

  /** Whoever takes an image may be asked who we are. Those that ask nobody have no such flags. */
  @Test
  void everyCommandThatTalksToARegistryHasTheFlagsForIt() {
    List<String> talking = new ArrayList<>();
    for (CommandSpec spec : table.all()) {
      if (spec.usage().contains("IMAGE") && !spec.path().equals("registry sample")) {
        assertThat(FlagSet.of(spec).flags())
            .as(spec.path())
            .containsAll(RegistryFlags.GROUP.flags());
        talking.add(spec.path());
      }
    }
    assertThat(talking).contains("sign", "verify", "tree", "download signature");
  }

  private String declared(String path, String flag) throws ConfigurationException {
    CommandSpec spec = path.isEmpty() ? table.root().spec() : table.find(path).orElseThrow().spec();
    String[] names = flag.split(" ");
    List<FlagGroup> groups = new ArrayList<>(spec.groups());
    groups.add(GlobalFlags.ALL);
    for (FlagGroup group : groups) {
      for (Flag<?> candidate : group.flags()) {
        boolean alias = path.equals("attach signature") && names[0].equals("--bundle");
        boolean named = names[0].equals("--" + candidate.name());
        if (named || (alias && candidate.name().equals("payload"))) {
          boolean letter =
              names.length == 1
                  || candidate.shorthand().map(c -> names[1].equals("-" + c)).orElse(false);
          return letter ? asGoPrints(candidate) : "another letter";
        }
      }
    }
    return "unknown";
  }

  private static String asGoPrints(Flag<?> flag) {
    Object value = flag.defaultValue();
    if (flag.name().equals("registry-referrers-mode")) {
      return ""; // cosign's own type prints no default
    }
    if (value instanceof String text) {
      return "'" + text + "'";
    }
    if (value instanceof Duration duration) {
      return duration.toMinutes() + "m0s";
    }
    return value.toString();
  }

  private static List<String[]> load(String name) throws IOException {
    try (InputStream in = CommandTableTest.class.getResourceAsStream("/vectors/cosign/" + name)) {
      assertThat(in).as(name).isNotNull();
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<String[]> lines = text.lines().skip(1).map(line -> line.split("\t", -1)).toList();
      assertThat(lines).as(name).isNotEmpty();
      return lines;
    }
  }
}
