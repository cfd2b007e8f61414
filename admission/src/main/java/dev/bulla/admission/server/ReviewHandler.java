package dev.bulla.admission.server;

import dev.bulla.admission.decide.Decider;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.http.BusyException;
import dev.bulla.admission.http.HttpRequest;
import dev.bulla.admission.http.HttpResponse;
import dev.bulla.admission.http.Shares;
import dev.bulla.admission.metrics.Metrics;
import dev.bulla.admission.review.ParsingRoom;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Answers reviews: what is wrong with the request as HTTP, everything else as a review. */
final class ReviewHandler {

  static final String MUTATE = Metrics.MUTATE;
  static final String VALIDATE = Metrics.VALIDATE;

  private final Supplier<Decider> deciders;
  private final Metrics metrics;
  private final ReviewLog log;
  private final Announcer announcer;
  private final ParsingRoom room;
  private final Shares namespaces;
  private final ReviewListener listener;
  private final Consumer<Throwable> failures;
  private final boolean certificateNeeded;

  /**
   * @param bodies the room that reviews hold, in bytes; those of one namespace a quarter
   * @param certificateNeeded whether only clients that proved who they are get an answer
   */
  ReviewHandler(
      AdmissionServer.Parts parts, ParsingRoom room, int bodies, boolean certificateNeeded) {
    this.deciders = parts.deciders();
    this.metrics = parts.metrics();
    this.log = new ReviewLog(parts.log());
    this.announcer = parts.announcer();
    this.listener = parts.listener();
    this.failures = parts.log()::failure;
    this.room = room;
    this.namespaces = new Shares(bodies, bodies / 4);
    this.certificateNeeded = certificateNeeded;
  }

  /**
   * Answers one.
   *
   * @param path {@link #MUTATE} or {@link #VALIDATE}
   */
  HttpResponse handle(String path, HttpRequest request) throws InterruptedException {
    long start = System.nanoTime();
    metrics.called(path);
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
    Duration budget = TimeBudget.of(request.parameter("timeout"));
    Read read = read(path, request, budget);
    if (read.review().isEmpty()) {
      return read.refusal();
    }
    ReviewRequest review = read.review().get();
    int weight = review.weight();
    if (!namespaces.take(review.namespace(), weight)) {
      return busy(path, "too much of one namespace is being decided at once").refusal();
    }
    try {
      return answer(path, review, budget, start);
    } finally {
      namespaces.release(review.namespace(), weight);
    }
  }

  /** A review, or why there is none. */
  private record Read(Optional<ReviewRequest> review, HttpResponse refusal) {

    static Read refused(HttpResponse refusal) {
      return new Read(Optional.empty(), refusal);
    }
  }

  /** On its own, so that the body can be forgotten before the verdict is there. */
  private Read read(String path, HttpRequest request, Duration budget) throws InterruptedException {
    Bytes body;
    try {
      body = request.body(ReviewRequest.MAX_BYTES);
    } catch (BusyException e) {
      return busy(path, "too much is being received at once");
    } catch (IOException e) {
      return Read.refused(
          HttpResponse.text(
              500, "error reading request body: " + Quoted.plain(String.valueOf(e.getMessage()))));
    } catch (MalformedInputException e) {
      return Read.refused(tooLarge());
    }
    try {
      Optional<ReviewRequest> review = room.parse(body, budget.dividedBy(2));
      if (review.isEmpty()) {
        return busy(path, "too much is being read at once");
      }
      request.keep(review.get().weight());
      return new Read(review, HttpResponse.empty(200));
    } catch (BusyException e) {
      return busy(path, "too much is being decided at once");
    } catch (MalformedInputException e) {
      return Read.refused(HttpResponse.text(400, e.message()));
    }
  }

  private Read busy(String path, String why) {
    log.refused(path, why);
    return Read.refused(HttpResponse.busy(why));
  }

  private HttpResponse answer(String path, ReviewRequest review, Duration budget, long start)
      throws InterruptedException {
    Decider decider = deciders.get();
    Decision decision =
        path.equals(MUTATE) ? decider.decide(review, budget) : decider.validate(review, budget);
    // nothing comes of a dry run. Of the two reviews of an object the counted one is announced; a
    // denial at the other is news as well, since the counted one admits it or is not asked
    if (!review.dryRun() && (metrics.counts(path) || !decision.answer().isAllowed())) {
      Optional<String> silenced = announcer.announce(review, decision, left(budget, start));
      if (silenced.isPresent()) {
        decision =
            decider.denied(review, decision, "error sending notifications: " + silenced.get());
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    metrics.reviewed(path, decision, review.dryRun(), took);
    log.answered(path, review, decision, took);
    told(path, review, decision, took);
    return HttpResponse.of(200, "application/json", decision.answer().toJson(review));
  }

  /** As a task, so that whatever goes wrong with who only listens is no lost answer. */
  private void told(String path, ReviewRequest review, Decision decision, Duration took) {
    FutureTask<Boolean> task =
        new FutureTask<>(() -> listener.answered(path, review, decision, took), true);
    task.run();
    if (task.state() == Future.State.FAILED) {
      failures.accept(task.exceptionNow());
    }
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
