package dev.bulla.cli.flags;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlagRulesTest {

  private static final Flag<String> B = Flag.text("b", "b");
  private static final Flag<String> A = Flag.text("a", "a");
  private static final Flag<String> DIR = Flag.text("dir", "a folder");

  private static final CommandSpec SPEC =
      CommandSpec.of("try", "Try it").flags("All", A, B, DIR).bindsEnvironment();

  @Test
  void namesRequiredFlagsThatAreMissing() {
    CommandSpec spec =
        CommandSpec.of("try", "Try it").flags("All", DIR.required(), B.required(), A);

    assertThatThrownBy(() -> spec.checkRules(FlagParser.parse(spec, List.of())))
        .isInstanceOf(UsageException.class)
        .hasMessage("required flag(s) \"b\", \"dir\" not set");
  }

  @Test
  void refusesTwoOfAnExclusiveGroup() {
    CommandSpec spec = SPEC.exclusive(B, A);

    assertThatThrownBy(() -> spec.checkRules(parse(spec, "--b=1", "--a=2")))
        .hasMessage(
            "if any flags in the group [b a] are set none of the others can be; [a b] were all"
                + " set");
    assertThatCode(() -> spec.checkRules(parse(spec, "--b=1"))).doesNotThrowAnyException();
  }

  @Test
  void asksForOneOfAGroup() {
    CommandSpec spec = SPEC.oneRequired(A, B);

    assertThatThrownBy(() -> spec.checkRules(parse(spec)))
        .hasMessage("at least one of the flags in the group [a b] is required");
    assertThatCode(() -> spec.checkRules(parse(spec, "--b="))).doesNotThrowAnyException();
  }

  @Test
  void countsAValueFromTheEnvironmentAsSet() throws UsageException {
    CommandSpec spec = SPEC.oneRequired(A, B).exclusive(A, DIR);
    Map<String, String> environment = Map.of("COSIGN_A", "1");
    ParsedFlags alone = EnvironmentBinding.bind(parse(spec), environment);
    ParsedFlags together = EnvironmentBinding.bind(parse(spec, "--dir=d"), environment);

    assertThatCode(() -> spec.checkRules(alone)).doesNotThrowAnyException();
    assertThatThrownBy(() -> spec.checkRules(together)).hasMessageContaining("[a dir]");
  }

  private static ParsedFlags parse(CommandSpec spec, String... arguments) throws UsageException {
    return FlagParser.parse(
        spec, List.of(arguments).stream().map(text -> new Word(text, false)).toList());
  }
}
