package dev.bulla.testkit.registry;

import dev.bulla.testkit.http.Waiting;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * What goes wrong, set by a test and changed at any time. Two kinds: rules, which befall single
 * requests, and habits of the whole registry.
 *
 * <pre>{@code
 * faults.on(RequestMatch.manifests().method("GET")).nth(2).does(Effects.status(503));
 * faults.on(RequestMatch.any()).randomly(42, 0.3).does(Effects.throttled(Duration.ZERO));
 * faults.noReferrersApi(NoReferrers.NOT_FOUND).immutableTags(".*");
 * }</pre>
 *
 * <p>Rules stand in the order of their making around each other and all of them around the
 * registry, its access control included: the first is the outermost, and one that answers itself
 * keeps the request from those behind it.
 */
public final class Faults {

  /** How a registry without the referrers API answers whoever asks. */
  public enum NoReferrers {
    /** 404 with plain text, as docker-registry. */
    NOT_FOUND,
    /** 404 with an error body, as go-containerregistry. */
    METHOD_UNKNOWN,
    /** 400. */
    BAD_REQUEST,
    /** 405. */
    METHOD_NOT_ALLOWED,
    /** 406. */
    NOT_ACCEPTABLE,
    /** 501. */
    NOT_IMPLEMENTED,
    /** 200 with a web page, which says nothing at all. */
    WEB_PAGE;

    WireResponse answer() {
      return switch (this) {
        case NOT_FOUND -> RegistryApi.notFound();
        case METHOD_UNKNOWN ->
            ApiException.of(404, "METHOD_UNKNOWN", "We don't understand your method + url")
                .toResponse();
        case BAD_REQUEST -> ApiException.of(400, "UNSUPPORTED", "bad request").toResponse();
        case METHOD_NOT_ALLOWED -> ApiException.unsupported().toResponse();
        case NOT_ACCEPTABLE -> ApiException.of(406, "UNSUPPORTED", "not acceptable").toResponse();
        case NOT_IMPLEMENTED -> ApiException.of(501, "UNSUPPORTED", "not implemented").toResponse();
        case WEB_PAGE ->
            WireResponse.of(200)
                .withText("text/html; charset=utf-8", "<!DOCTYPE html><title>hi</title>");
      };
    }
  }

  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final Quirks quirks;
  private final Consumer<Integer> visibilityDelay;

  Faults(Quirks quirks, Consumer<Integer> visibilityDelay) {
    this.quirks = quirks;
    this.visibilityDelay = visibilityDelay;
  }

  /** A new rule for requests that match; without further ado it befalls each of them. */
  public Rule on(RequestMatch match) {
    return new Rule(match);
  }

  /** Takes back every rule and every habit. */
  public void clear() {
    rules.clear();
    quirks.reset();
    visibilityDelay.accept(0);
  }

  WireResponse apply(WireRequest request, Waiting waiting, Effect.Stage.Onward registry)
      throws IOException {
    return rules.isEmpty()
        ? registry.answer(request)
        : onward(List.copyOf(rules), 0, waiting, registry).answer(request);
  }

  private static Effect.Stage.Onward onward(
      List<Rule> all, int index, Waiting waiting, Effect.Stage.Onward registry) {
    if (index == all.size()) {
      return registry;
    }
    return request -> {
      Effect.Stage.Onward rest = onward(all, index + 1, waiting, registry);
      Rule rule = all.get(index);
      return rule.befalls(request)
          ? rule.effect.apply(new Effect.Stage(request, waiting, rest))
          : rest.answer(request);
    };
  }

  /** A fault of single requests. Say when first, then {@link #does} what. */
  public final class Rule {

    private final RequestMatch match;
    private final AtomicInteger seen = new AtomicInteger();
    private final AtomicInteger hits = new AtomicInteger();
    private volatile Turn turn = n -> true;
    private volatile Effect effect = Effects.pass();

    /** Which of the matching requests, counted from 1. */
    @FunctionalInterface
    private interface Turn {
      boolean is(int number);
    }

    private Rule(RequestMatch match) {
      this.match = match;
    }

    /** Only the n-th matching request, counted from 1. */
    public Rule nth(int n) {
      turn = i -> i == n;
      return this;
    }

    /** Only the first n matching requests. */
    public Rule first(int n) {
      turn = i -> i <= n;
      return this;
    }

    /** Only matching requests after the first n. */
    public Rule after(int n) {
      turn = i -> i > n;
      return this;
    }

    /** Only every n-th matching request. */
    public Rule every(int n) {
      turn = i -> i % n == 0;
      return this;
    }

    /**
     * Each matching request with the given probability; the same seed makes the same choice in
     * order of arrival.
     */
    public Rule randomly(long seed, double probability) {
      SplittableRandom random = new SplittableRandom(seed);
      ReentrantLock lock = new ReentrantLock();
      turn =
          i -> {
            lock.lock();
            try {
              return random.nextDouble() < probability;
            } finally {
              lock.unlock();
            }
          };
      return this;
    }

    /** Puts the rule into force; of several effects the first is the outermost. */
    public Rule does(Effect... effects) {
      Effect all = Effects.pass();
      for (int i = effects.length - 1; i >= 0; i--) {
        all = effects[i].around(all);
      }
      effect = all;
      rules.add(this);
      return this;
    }

    /** How many requests it befell. */
    public int hits() {
      return hits.get();
    }

    /** Takes the rule back. */
    public void remove() {
      rules.remove(this);
    }

    private boolean befalls(WireRequest request) {
      if (!match.matches(request) || !turn.is(seen.incrementAndGet())) {
        return false;
      }
      hits.incrementAndGet();
      return true;
    }

    @Override
    public String toString() {
      return "Rule[" + match + ", " + hits + " hits]";
    }
  }

  // ---- habits of the whole registry

  /** No referrers API: asking is answered as given, and pushing does not acknowledge a subject. */
  public Faults noReferrersApi(NoReferrers how) {
    quirks.noReferrers = how;
    return this;
  }

  /** The referrers API works, but pushing does not acknowledge a subject ({@code OCI-Subject}). */
  public Faults noSubjectHeader() {
    quirks.noSubjectHeader = true;
    return this;
  }

  /**
   * The next so many manifests with a subject are taken and acknowledged, but not listed until they
   * are pushed again: as olareg 0.2, when two are pushed at once.
   */
  public Faults forgetsReferrers(int next) {
    quirks.forgottenReferrers.set(next);
    return this;
  }

  /** The referrers API ignores {@code artifactType}. */
  public Faults noReferrersFilter() {
    quirks.noFilter = true;
    return this;
  }

  /** Every HEAD is answered with the given status. */
  public Faults noHead(int status) {
    quirks.headStatus = status;
    return this;
  }

  /** Nothing can be deleted: 405. */
  public Faults noDelete() {
    quirks.noDelete = true;
    return this;
  }

  /** Tags cannot be deleted, manifests can: 400, as docker-registry 2.8. */
  public Faults noTagDelete() {
    quirks.noTagDelete = true;
    return this;
  }

  /** Mounting begins an upload instead. */
  public Faults noMount() {
    quirks.noMount = true;
    return this;
  }

  /** A blob in one POST begins an upload instead. */
  public Faults noSinglePost() {
    quirks.noSinglePost = true;
    return this;
  }

  /** {@code If-Match} and {@code If-None-Match} do not hinder a push. */
  public Faults noConditionalPut() {
    quirks.noConditions = true;
    return this;
  }

  /** Tags that match cannot be moved to another digest: 409 with {@code DENIED}. */
  public Faults immutableTags(String tagRegex) {
    return immutableTags(tagRegex, 409, "DENIED");
  }

  /** As the other form, refused as given; registries do not agree on how. */
  public Faults immutableTags(String tagRegex, int status, String code) {
    quirks.immutability = new Quirks.Immutability(Pattern.compile(tagRegex), status, code);
    return this;
  }

  /** What is not there is answered with 403 instead of 404. */
  public Faults forbiddenForMissing() {
    quirks.forbiddenForMissing = true;
    return this;
  }

  /**
   * Pushed or deleted manifests and tags show only after so many reads of their repository. 0 ends
   * it.
   */
  public Faults delayedVisibility(int reads) {
    visibilityDelay.accept(reads);
    return this;
  }
}
