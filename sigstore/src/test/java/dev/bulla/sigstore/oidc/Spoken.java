package dev.bulla.sigstore.oidc;

import dev.bulla.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A dialog that remembers what was said, and answers what it is told to. */
final class Spoken implements LoginDialog {

  final List<String> told = new ArrayList<>();
  int agreed;
  final List<String> announced = new ArrayList<>();
  private final Function<List<String>, String> answer;

  /** Nobody who answers. */
  Spoken() {
    this(told -> {
      throw new AssertionError("asked");
    });
  }

  /**
   * @param answer makes the answer from what was told
   */
  Spoken(Function<List<String>, String> answer) {
    this.answer = answer;
  }

  @Override
  public void agree() {
    agreed++;
  }

  @Override
  public void tell(String lines) {
    told.add(lines);
  }

  @Override
  public void announce(String line) {
    announced.add(line);
  }

  @Override
  public String ask(String question) throws ConfigurationException {
    told.add(question);
    return answer.apply(told);
  }
}
