package dev.bulla.cli.flags;

import dev.bulla.error.BullaBug;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The flags that one command understands, by name and by letter. */
public final class FlagSet {

  /**
   * Names that cosign has always understood on every command, whether the command has the flag or
   * not.
   */
  private static final Map<String, String> SILENT_ALIASES =
      Map.of(
          "cert", "certificate",
          "cert-chain", "certificate-chain",
          "cert-email", "certificate-email",
          "cert-identity", "certificate-identity",
          "cert-oidc-issuer", "certificate-oidc-issuer",
          "output-cert", "output-certificate");

  private final Map<String, Flag<?>> byName = new TreeMap<>();
  private final Map<String, Flag<?>> byAlias = new HashMap<>();
  private final Map<Character, Flag<?>> byLetter = new HashMap<>();

  private FlagSet() {}

  /** The flags of a command, and the global ones. */
  public static FlagSet of(CommandSpec spec) {
    FlagSet set = new FlagSet();
    for (FlagGroup group : spec.groups()) {
      set.add(group);
    }
    set.add(GlobalFlags.ALL);
    return set;
  }

  /** What is understood while the command is still being looked for. */
  public static FlagSet beforeCommand() {
    FlagSet set = new FlagSet();
    set.add(GlobalFlags.BEFORE_COMMAND);
    return set;
  }

  private void add(FlagGroup group) {
    for (Flag<?> flag : group.flags()) {
      claim(byName.put(flag.name(), flag), flag);
      for (String alias : flag.aliases()) {
        claim(byAlias.put(alias, flag), flag);
      }
      for (int i = 0; i < flag.shorthands().length(); i++) {
        claim(byLetter.put(flag.shorthands().charAt(i), flag), flag);
      }
    }
  }

  private static void claim(@Nullable Flag<?> earlier, Flag<?> flag) {
    if (earlier != null) {
      throw new BullaBug("two flags claim the same name: " + earlier + " and " + flag);
    }
  }

  /** All flags, by name. */
  public Collection<Flag<?>> flags() {
    return byName.values();
  }

  Optional<Flag<?>> named(String typed) {
    Flag<?> flag = byName.get(SILENT_ALIASES.getOrDefault(typed, typed));
    return Optional.ofNullable(flag != null ? flag : byAlias.get(typed));
  }

  Optional<Flag<?>> lettered(char letter) {
    return Optional.ofNullable(byLetter.get(letter));
  }

  /**
   * The words that are neither flags nor flags' values, as far as one can tell without knowing the
   * command; an unknown flag is taken to have a value. Words behind {@code --} are left out.
   */
  public List<Integer> positionsOfPlainWords(List<Word> words) {
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String text = words.get(i).text();
      if (text.equals("--")) {
        break;
      }
      if (takesNextWord(text)) {
        i++;
      } else if (!text.isEmpty() && !text.startsWith("-")) {
        positions.add(i);
      }
    }
    return positions;
  }

  private boolean takesNextWord(String text) {
    if (!text.startsWith("-") || text.contains("=")) {
      return false;
    }
    boolean longName = text.startsWith("--");
    if (!longName && text.length() != 2) {
      return false;
    }
    Optional<Flag<?>> flag = longName ? named(text.substring(2)) : lettered(text.charAt(1));
    return flag.isEmpty() || flag.get().takesValue();
  }
}
