package dev.bulla.admission.server;

import dev.bulla.admission.decide.Decider;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.http.BusyException;
import dev.bulla.admission.http.HttpRequest;
import dev.bulla.admission.http.HttpResponse;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.metrics.Metrics;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Answers reviews: what is wrong with the request as HTTP, everything else as a review. */
final class ReviewHandler {

  static final String MUTATE = "/mutate";
  static final String VALIDATE = "/validate";

  private final Supplier<Decider> deciders;
  private final Metrics metrics;
  private final ReviewLog log;
  private final Announcer announcer;
  private final boolean certificateNeeded;

  /**
   * @param certificateNeeded whether only clients that proved who they are get an answer
   */
  ReviewHandler(
      Supplier<Decider> deciders,
      Metrics metrics,
      JsonLog log,
      Announcer announcer,
      boolean certificateNeeded) {
    this.deciders = deciders;
    this.metrics = metrics;
    this.log = new ReviewLog(log);
    this.announcer = announcer;
    this.certificateNeeded = certificateNeeded;
  }

  /**
   * Answers one.
   *
   * @param path {@link #MUTATE} or {@link #VALIDATE}
   */
  HttpResponse handle(String path, HttpRequest request) throws InterruptedException {
    long start = System.nanoTime();
    if (path.equals(MUTATE)) {
      metrics.mutateCalled();
    }
    if (certificateNeeded && request.client().isEmpty()) {
      log.refused(path, "a client without certificate");
      return HttpResponse.text(403, "a client certificate is needed");
    }
    if (!request.method().equals("POST")) {
      return HttpResponse.text(405, "Method not allowed.: " + Quoted.plain(request.method()));
    }
    String type = request.header("content-type").orElse("");
    if (!isJson(type)) {
      return HttpResponse.text(400, "wrong content type: expected json, got " + Quoted.plain(type));
    }
    if (request.announcedLength().orElse(0L) > ReviewRequest.MAX_BYTES) {
      return tooLarge();
    }
    Bytes body;
    try {
      body = request.body(ReviewRequest.MAX_BYTES);
    } catch (BusyException e) {
      log.refused(path, "too much is being received at once");
      return HttpResponse.text(503, "too much is being received at once");
    } catch (IOException e) {
      return HttpResponse.text(
          500, "error reading request body: " + Quoted.plain(String.valueOf(e.getMessage())));
    } catch (MalformedInputException e) {
      return tooLarge();
    }
    ReviewRequest review;
    try {
      review = ReviewRequest.parse(body);
    } catch (MalformedInputException e) {
      return HttpResponse.text(400, e.message());
    }
    return answer(path, review, TimeBudget.of(request.parameter("timeout")), start);
  }

  private HttpResponse answer(String path, ReviewRequest review, Duration budget, long start)
      throws InterruptedException {
    Decider decider = deciders.get();
    boolean mutates = path.equals(MUTATE);
    Decision decision = mutates ? decider.decide(review, budget) : decider.validate(review, budget);
    // nothing comes of a dry run; and what /mutate announced, /validate does not announce again
    if (!review.dryRun() && (mutates || !decision.answer().isAllowed())) {
      Optional<String> silenced = announcer.announce(review, decision, left(budget, start));
      if (silenced.isPresent()) {
        decision =
            decider.denied(review, decision, "error sending notifications: " + silenced.get());
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    metrics.reviewed(path, decision, review.dryRun(), took);
    log.answered(path, review, decision, took);
    return HttpResponse.of(200, "application/json", decision.answer().toJson(review));
  }

  /** There is a margin behind the budget, of which a part is for announcing. */
  private static Duration left(Duration budget, long start) {
    Duration left = budget.plusMillis(500).minusNanos(System.nanoTime() - start);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static boolean isJson(String contentType) {
    int end = contentType.indexOf(';');
    String type = end < 0 ? contentType : contentType.substring(0, end).strip();
    String parameter =
        end < 0 ? "charset=" : contentType.substring(end + 1).strip().toLowerCase(Locale.ROOT);
    return type.equalsIgnoreCase("application/json") && parameter.startsWith("charset=");
  }

  private static HttpResponse tooLarge() {
    return HttpResponse.text(
        413, "the request is larger than " + ReviewRequest.MAX_BYTES + " bytes");
  }
}
