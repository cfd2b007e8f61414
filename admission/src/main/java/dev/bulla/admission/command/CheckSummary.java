package dev.bulla.admission.command;

import dev.bulla.admission.decide.ImageDecision;
import dev.bulla.cli.terminal.Output;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Many answers in a few lines: how many of which kind, and which images are the reason. */
final class CheckSummary {

  /** One reason of many objects. */
  private record Reason(String result, String image, String message) {}

  private final List<CheckReport.Answer> answers;
  private final int others;

  /**
   * @param others how many objects nobody asks the webhook about
   */
  CheckSummary(List<CheckReport.Answer> answers, int others) {
    this.answers = answers;
    this.others = others;
  }

  void print(Output out) {
    out.println(
        ValidateCommand.count(answers.size(), "object")
            + " looked at: "
            + answers.stream().filter(CheckReport.Answer::admitted).count()
            + " admitted, "
            + count("denied")
            + " denied, "
            + count("undecided")
            + " undecided"
            + (others == 0 ? "" : "; " + others + " of other kinds left out"));
    if (answers.size() > 1) {
      reasons().forEach((reason, objects) -> print(reason, objects, out));
    }
  }

  private long count(String result) {
    return answers.stream().filter(answer -> answer.result().equals(result)).count();
  }

  private Map<Reason, List<String>> reasons() {
    Map<Reason, List<String>> reasons = new LinkedHashMap<>();
    for (CheckReport.Answer answer : answers) {
      for (ImageDecision image : answer.decision().images()) {
        if (!answer.admitted() && image.admitted().isEmpty()) {
          Reason reason =
              new Reason(
                  CheckReport.isUndecided(image) ? "undecided" : "denied",
                  image.image(),
                  image.message());
          reasons.computeIfAbsent(reason, unused -> new ArrayList<>()).add(answer.name());
        }
      }
    }
    return reasons;
  }

  private static void print(Reason reason, List<String> objects, Output out) {
    out.println(
        reason.result()
            + ": "
            + Quoted.plain(reason.image())
            + " in "
            + ValidateCommand.count(objects.size(), "object")
            + ", the first "
            + objects.get(0));
    out.println("          " + reason.message());
  }
}
