package dev.bulla.admission.status;

import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.ImageDecision;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.admission.status.Status.Decided;
import dev.bulla.admission.status.Status.Verdict;
import dev.bulla.error.Quoted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** The last decisions, up to a number. Thread-safe. */
final class RecentDecisions {

  static final int MAX = 300;

  /** Of one review, so that a single large object does not push out everything else. */
  static final int MAX_OF_REVIEW = 10;

  private static final int MAX_TEXT = 120;
  private static final int MAX_REASON = 400;

  private final Deque<Decided> newest = new ArrayDeque<>();
  private long all;

  void add(String path, ReviewRequest review, Decision decision, Duration took, Instant now) {
    List<Decided> rows = new ArrayList<>();
    int shown = 0;
    for (ImageDecision image : denialsFirst(decision.images())) {
      if (shown == MAX_OF_REVIEW) {
        break;
      }
      shown++;
      rows.add(row(path, review, decision, image, took, now));
    }
    if (rows.isEmpty()) {
      rows.add(row(path, review, decision, took, now));
    }
    synchronized (this) {
      all += Math.max(1, decision.images().size());
      for (int i = rows.size() - 1; i >= 0; i--) {
        newest.addFirst(rows.get(i));
      }
      while (newest.size() > MAX) {
        newest.removeLast();
      }
    }
  }

  private static List<ImageDecision> denialsFirst(List<ImageDecision> images) {
    if (images.size() <= MAX_OF_REVIEW) {
      return images;
    }
    List<ImageDecision> sorted = new ArrayList<>(images);
    sorted.sort((a, b) -> Boolean.compare(a.admitted().isPresent(), b.admitted().isPresent()));
    return sorted;
  }

  private static Decided row(
      String path,
      ReviewRequest review,
      Decision decision,
      ImageDecision image,
      Duration took,
      Instant now) {
    boolean isObjects = isOfObject(image, decision);
    return new Decided(
        now,
        path,
        shown(review.operation()),
        shown(review.namespace()),
        object(review),
        shown(review.user().name()),
        Quoted.plain(image.image()),
        image.rule().map(rule -> Quoted.plain(rule.pattern())).orElse(""),
        isObjects ? ofObject(decision) : ofImage(image, decision),
        Quoted.plain(isObjects ? said(decision, image.message()) : image.message(), MAX_REASON),
        image.source().map(from -> from.name().toLowerCase(Locale.ROOT)).orElse(""),
        review.dryRun(),
        took);
  }

  /** Of a review in which no image was decided about. */
  private static Decided row(
      String path, ReviewRequest review, Decision decision, Duration took, Instant now) {
    return new Decided(
        now,
        path,
        shown(review.operation()),
        shown(review.namespace()),
        object(review),
        shown(review.user().name()),
        "",
        "",
        ofObject(decision),
        Quoted.plain(said(decision, "no image to decide about"), MAX_REASON),
        "",
        review.dryRun(),
        took);
  }

  /** Whether an image was admitted and the object it is in was not, or only by a feature. */
  private static boolean isOfObject(ImageDecision image, Decision decision) {
    return image.admitted().isPresent() && ofObject(decision) != Verdict.ADMITTED;
  }

  private static Verdict ofObject(Decision decision) {
    boolean isForAnImage = decision.images().stream().anyMatch(image -> image.admitted().isEmpty());
    if (decision.answer().isAllowed()) {
      // a warning is a denial that a feature made one of
      return isForAnImage || decision.answer().warnings().isEmpty()
          ? Verdict.ADMITTED
          : Verdict.LET_THROUGH;
    }
    return isForAnImage ? Verdict.WITH_OTHERS : Verdict.DENIED;
  }

  /** Why the object was denied, or would have been. */
  private static String said(Decision decision, String otherwise) {
    String warnings = String.join(": ", decision.answer().warnings());
    return decision.answer().denial().orElse(warnings.isEmpty() ? otherwise : warnings);
  }

  private static Verdict ofImage(ImageDecision image, Decision decision) {
    if (image.admitted().isPresent()) {
      return Verdict.ADMITTED;
    }
    if (decision.answer().isAllowed()) {
      return Verdict.LET_THROUGH;
    }
    return image.fate() == ImageDecision.Fate.TIMED_OUT ? Verdict.TIMED_OUT : Verdict.DENIED;
  }

  private static String object(ReviewRequest review) {
    return shown(review.kind().name()) + "/" + shown(review.objectName());
  }

  private static String shown(String foreign) {
    return Quoted.plain(foreign, MAX_TEXT);
  }

  /** The newest first. */
  synchronized List<Decided> newest() {
    return List.copyOf(newest);
  }

  /** How many there were, those that are forgotten among them. */
  synchronized long all() {
    return all;
  }
}
