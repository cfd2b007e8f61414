package dev.bulla.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopesTest {

  @Test
  void printsWhatItReads() {
    assertThat(Scopes.parse("repository:a/b:pull,push registry:catalog:*"))
        .hasToString("repository:a/b:pull,push registry:catalog:*");
    assertThat(Scopes.parse("repository:host:5000/a:pull").list().get(0).resource())
        .isEqualTo("repository:host:5000/a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "repository", ":pull", "repository:", "a::pull"})
  void leavesOutWhatIsNoScope(String text) {
    assertThat(Scopes.parse(text).list()).isEmpty();
  }

  @Test
  void putsActionsOnOneResourceTogether() {
    Scopes asked = Scopes.parse("repository:other:pull repository:a:pull");
    assertThat(asked.union(Scopes.of(Scope.push("a"))))
        .hasToString("repository:other:pull repository:a:pull,push");
  }

  @Test
  void coversLessButNotMore() {
    Scopes push = Scopes.of(Scope.push("a"));
    Scopes pull = Scopes.of(Scope.pull("a"));
    assertThat(push.covers(pull)).isTrue();
    assertThat(pull.covers(push)).isFalse();
    assertThat(push.covers(Scopes.of(Scope.pull("b")))).isFalse();
    assertThat(push.covers(Scopes.NONE)).isTrue();
    assertThat(Scopes.of(Scope.delete("a")).covers(push)).isTrue();
  }

  @Test
  void isBounded() {
    Scopes scopes = Scopes.NONE;
    for (int i = 0; i < 1000; i++) {
      scopes = scopes.union(Scopes.of(Scope.pull("r" + i)));
    }
    assertThat(scopes.list()).hasSizeLessThan(20);
    assertThat(Scopes.parse("repository:" + "x".repeat(5000) + ":pull").list()).isEmpty();
  }
}
