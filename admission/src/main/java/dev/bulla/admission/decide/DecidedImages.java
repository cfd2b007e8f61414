package dev.bulla.admission.decide;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.Decision.Category;
import dev.bulla.admission.decide.ImageDecision.Fate;
import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.review.ReviewAnswer;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.admission.review.Workload;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What became of all images of a request, and what follows from it. */
record DecidedImages(List<ImageDecision> images) {

  /** The answer that follows from all of them, before the features make something else of it. */
  ReviewAnswer answer(ReviewRequest request, Workload workload) {
    int timedOut = 0;
    List<String> denials = new ArrayList<>();
    List<ReviewAnswer.Change> changes = new ArrayList<>();
    Map<String, List<Workload.Place>> places = workload.placesByImage();
    for (ImageDecision image : images) {
      if (image.fate() == Fate.TIMED_OUT) {
        timedOut++;
      } else if (!image.isAdmitted()) {
        denials.add(image.message());
      } else if (image.fate() == Fate.VERIFIED
          && image.rule().orElseThrow().mode() == RuleConfig.Mode.MUTATE) {
        changes.addAll(changes(image, places.getOrDefault(image.image(), List.of())));
      }
    }
    if (!denials.isEmpty()) {
      int more = denials.size() - 1 + timedOut;
      return ReviewAnswer.denied(denials.get(0) + (more == 0 ? "" : " (+" + more + " more)"));
    }
    if (timedOut > 0) {
      return ReviewAnswer.denied(
          "validation of admission request "
              + Quoted.plain(request.uid())
              + " timed out after validating "
              + (images.size() - timedOut)
              + "/"
              + images.size()
              + " images");
    }
    return ReviewAnswer.allowed(changes);
  }

  private static List<ReviewAnswer.Change> changes(
      ImageDecision image, List<Workload.Place> places) {
    String pinned = image.admitted().orElseThrow().toString();
    try {
      if (pinned.equals(ImageName.parse(image.image()).toString())) {
        return List.of();
      }
    } catch (MalformedInputException e) {
      throw new IllegalStateException("an admitted image has no name", e);
    }
    return places.stream().map(place -> new ReviewAnswer.Change(place.pointer(), pinned)).toList();
  }

  /** What the request counts as. */
  Category category() {
    Category category = Category.SKIP;
    for (ImageDecision image : images) {
      if (image.fate() == Fate.TIMED_OUT && category != Category.DENIED) {
        category = Category.TIMEOUT;
      } else if (image.fate() != Fate.TIMED_OUT && !image.isAdmitted()) {
        category = Category.DENIED;
      } else if (image.fate() != Fate.UNCHANGED
          && image.fate() != Fate.CHILD
          && category == Category.SKIP) {
        category = Category.SUCCESS;
      }
    }
    return category;
  }
}
