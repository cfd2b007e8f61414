package dev.bulla.registry;

import dev.bulla.error.BullaBug;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.oci.Repository;
import dev.bulla.proxy.IpLiteral;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.Origin;
import dev.bulla.registry.transport.TransportException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What every endpoint needs and none does itself: the scheme of a host, credentials, redirects, and
 * trying again. Endpoints get an {@link Answer} of any status and say what it means.
 */
final class RegistryCaller {

  private static final int MAX_ATTEMPTS = 4;

  /**
   * For clients that write, while the registry answers: stopping half-way leaves more work to the
   * next run than another attempt costs.
   */
  private static final int MAX_PATIENT_ATTEMPTS = 10;

  private static final int MAX_REDIRECTS = 5;
  private static final int MAX_CHALLENGES = 2;
  private static final Duration TLS_PROBE = Duration.ofSeconds(3);

  private final Wire wire;
  private final Authorizer authorizer;
  private final HostRules rules;
  private final Egress egress;
  private final Pace pace;
  private final boolean patient;
  private final Map<String, HostState> hosts = new ConcurrentHashMap<>();

  RegistryCaller(
      Wire wire,
      Authorizer authorizer,
      HostRules rules,
      Egress egress,
      Pace pace,
      boolean patient) {
    this.patient = patient;
    this.wire = wire;
    this.authorizer = authorizer;
    this.rules = rules;
    this.egress = egress;
    this.pace = pace;
  }

  HostState host(Repository repository) {
    HostState known = hosts.get(repository.registry());
    if (known != null) {
      return known;
    }
    HostState fresh = new HostState(repository.registry());
    HostState other = hosts.putIfAbsent(repository.registry(), fresh);
    return other == null ? fresh : other;
  }

  /** One try at something that takes one request or several. */
  @FunctionalInterface
  interface Attempt {
    Answer run() throws FailedExchange, RegistryException;
  }

  /** Makes a call, again where that may help. */
  Answer ask(Call call, CallBudget budget) throws RegistryException {
    return repeating(call.repository(), call.repeat(), budget, () -> askOnce(call, budget));
  }

  /**
   * Runs attempts until one gives an answer that trying again would not better. The last answer is
   * returned whatever it is.
   *
   * @param repository whose registry the attempts ask
   * @throws RegistryException when the last attempt gave none
   */
  Answer repeating(Repository repository, Call.Repeat rule, CallBudget budget, Attempt attempt)
      throws RegistryException {
    RetryAllowance retries = host(repository).retries;
    for (int number = 1; ; number++) {
      boolean last = number >= (patient ? MAX_PATIENT_ATTEMPTS : MAX_ATTEMPTS);
      try {
        Answer answer = attempt.run();
        if (!isPassing(answer.status())) {
          retries.earn();
          return answer;
        }
        OptionalLong asked = askedToWait(answer);
        if (last || !allows(retries, asked) || !wait(number, asked, budget, patient)) {
          return answer;
        }
      } catch (FailedExchange e) {
        boolean answered = e.answer().isPresent();
        if (last
            || (!answered && number >= MAX_ATTEMPTS)
            || !mayRepeat(rule, e)
            || !allows(retries, askedToWait(e))
            || !wait(number, askedToWait(e), budget, patient && answered)) {
          throw RegistryErrors.of(e);
        }
      }
    }
  }

  /** What the host asked for itself is at its own expense. */
  private static boolean allows(RetryAllowance retries, OptionalLong asked) {
    return asked.isPresent() || retries.take();
  }

  private static boolean wait(int attempt, OptionalLong asked, CallBudget budget, boolean patient)
      throws RegistryException {
    try {
      return budget.waitAfter(attempt, asked, patient);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryException(Kind.UNREACHABLE, "interrupted while waiting", e);
    }
  }

  /** Whether a status may be gone in a moment. */
  static boolean isPassing(int status) {
    return switch (status) {
      case 408, 429, 500, 502, 503, 504 -> true;
      default -> false;
    };
  }

  private static boolean mayRepeat(Call.Repeat rule, FailedExchange failed) {
    Optional<TransportException> failure = failed.failure();
    if (failure.isEmpty()) {
      return true;
    }
    if (failure.get().kind() == TransportException.Kind.TLS
        || failure.get().kind() == TransportException.Kind.PROXY) {
      return false;
    }
    return rule == Call.Repeat.ALWAYS || failure.get().nothingSent();
  }

  private OptionalLong askedToWait(Answer answer) {
    return RetryAfter.seconds(answer.headers(), pace.now());
  }

  private OptionalLong askedToWait(FailedExchange failed) {
    Optional<Answer> answer = failed.answer();
    return answer.isPresent() ? askedToWait(answer.get()) : OptionalLong.empty();
  }

  /** Makes a call once, when the host can take it. */
  Answer askOnce(Call call, CallBudget budget) throws FailedExchange, RegistryException {
    HostState host = host(call.repository());
    Concurrency places = call.asksOnly() ? host.reading : host.writing;
    long entered = enter(places, call, budget);
    Concurrency.Outcome outcome = Concurrency.Outcome.UNKNOWN;
    try {
      Answer answer = exchange(host, call, budget);
      outcome =
          answer.status() == 429 || answer.status() == 503
              ? Concurrency.Outcome.OVERLOADED
              : Concurrency.Outcome.ANSWERED;
      return answer;
    } finally {
      places.leave(entered, outcome);
    }
  }

  private static long enter(Concurrency places, Call call, CallBudget budget)
      throws RegistryException {
    try {
      long entered = places.enter(budget.remaining());
      if (entered >= 0) {
        return entered;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryException(Kind.UNREACHABLE, "interrupted while waiting", e);
    }
    throw new RegistryException(
        Kind.TIMEOUT,
        call.repository().registry()
            + " is overloaded, and its turn did not come within "
            + budget.total().toSeconds()
            + " s",
        new RejectedExecutionException("a bound of ours"));
  }

  /** With the credentials it takes, and along the redirects. */
  private Answer exchange(HostState host, Call call, CallBudget budget)
      throws FailedExchange, RegistryException {
    HttpUrl url = null;
    String authorization =
        call.url().isPresent() && !isHome(host, call.url().get())
            ? null
            : authorizer.beforehand(host, call, budget);
    int challenges = 0;
    int redirects = 0;
    while (true) {
      Answer answer;
      if (url == null && call.url().isEmpty()) {
        answer = sendHome(host, call, authorization, budget);
      } else {
        HttpUrl target = url == null ? call.url().get() : url;
        answer = send(call, target, isHome(host, target) ? authorization : null, budget);
      }
      url = answer.url();
      Origin home = host.origin();
      if (home == null) {
        throw new BullaBug("an answer settles the origin of its host");
      }
      if (answer.status() == 401 && url.origin().equals(home)) {
        String better =
            challenges == MAX_CHALLENGES
                ? null
                : authorizer.afterRefusal(host, home, call, answer, authorization, budget);
        if (better == null) {
          return answer.withHint(authorizer.hint(host, call.repository()));
        }
        challenges++;
        authorization = better;
      } else if (isRedirect(answer.status()) && call.asksOnly()) {
        if (redirects == MAX_REDIRECTS) {
          throw RegistryErrors.bad(answer, "more than " + MAX_REDIRECTS + " redirects");
        }
        redirects++;
        url = redirect(home, answer, budget);
      } else if (answer.status() == 403 && url.origin().equals(home)) {
        return answer.withHint(
            call.asksOnly()
                ? "if "
                    + call.repository().registry()
                    + " answers 403 for what does not exist, say so with --missing-is-403 "
                    + call.repository().registry()
                : authorizer.hint(host, call.repository()));
      } else {
        return answer;
      }
    }
  }

  private static boolean isHome(HostState host, HttpUrl url) {
    return url.origin().equals(host.origin());
  }

  private static boolean isRedirect(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private HttpUrl redirect(Origin home, Answer answer, CallBudget budget) throws RegistryException {
    Optional<String> location = answer.headers().first("Location");
    if (location.isEmpty()) {
      throw RegistryErrors.bad(answer, "a redirect without a location");
    }
    return egress.follow(
        home, answer.method(), answer.url(), location.get(), "the redirect", budget);
  }

  /** The place that an upload is to be sent to. */
  HttpUrl uploadLocation(Call call, Answer answer, CallBudget budget) throws RegistryException {
    Origin home = host(call.repository()).origin();
    Optional<String> location = answer.headers().first("Location");
    if (location.isEmpty() || home == null) {
      throw RegistryErrors.bad(answer, "an upload without a location");
    }
    return egress.follow(
        home, answer.method(), answer.url(), location.get(), "the upload location", budget);
  }

  private Answer send(Call call, HttpUrl url, @Nullable String authorization, CallBudget budget)
      throws FailedExchange, RegistryException {
    return wire.send(
        new Wire.Outgoing(
            call.method(),
            url,
            call.headers(),
            call.body(),
            call.maxBody(),
            call.expected(),
            call.sink()),
        authorization,
        call.patience(),
        budget);
  }

  /**
   * Sends a request to the registry itself; the first answer settles whether over TLS or not, for
   * as long as the client lives.
   */
  private Answer sendHome(
      HostState host, Call call, @Nullable String authorization, CallBudget budget)
      throws FailedExchange, RegistryException {
    Origin known = host.origin();
    if (known != null) {
      return send(call, url(known, call), authorization, budget);
    }
    Origin https = origin("https", host);
    if (!rules.mayUseHttp(https.host(), host.registry())) {
      return settling(host, https, call, budget);
    }
    Origin http = origin("http", host);
    return IpLiteral.isLoopback(https.host())
        ? httpFirst(host, http, https, call, budget)
        : httpsFirst(host, http, https, call, budget);
  }

  private Answer settling(HostState host, Origin origin, Call call, CallBudget budget)
      throws FailedExchange, RegistryException {
    // what has not been asked for is not shown, so there is no authorization yet
    Answer answer = send(call, url(origin, call), null, budget);
    host.settle(origin);
    return answer;
  }

  /**
   * On this machine TLS is rare and a wrong guess harmless: nothing is sent that anybody else could
   * hear.
   */
  private Answer httpFirst(HostState host, Origin http, Origin https, Call call, CallBudget budget)
      throws FailedExchange, RegistryException {
    Answer answer;
    try {
      answer = send(call, url(http, call), null, budget);
    } catch (FailedExchange plainFailure) {
      boolean probe =
          failedWith(plainFailure, TransportException.Kind.NOT_HTTP)
              || (failedWith(plainFailure, TransportException.Kind.BROKEN)
                  && host.mayProbeForTls());
      if (!probe) {
        throw plainFailure;
      }
      try {
        // briefly: what is no TLS port may wait for ever for the rest of a request
        return settling(host, https, call.withPatience(TLS_PROBE), budget);
      } catch (FailedExchange tlsFailure) {
        throw failedWith(tlsFailure, TransportException.Kind.TLS) ? tlsFailure : plainFailure;
      }
    }
    if (answer.status() == 400 && !speaksRegistry(answer)) {
      // what a TLS port of most servers says to plain text
      try {
        return settling(host, https, call, budget);
      } catch (FailedExchange tlsFailure) {
        if (!failedWith(tlsFailure, TransportException.Kind.NOT_TLS)
            && !failedWith(tlsFailure, TransportException.Kind.NO_CONNECTION)
            && !failedWith(tlsFailure, TransportException.Kind.CONNECT_TIMEOUT)) {
          // TLS is spoken there, so the 400 was about its absence and this is what is wrong
          throw tlsFailure;
        }
      }
    }
    host.settle(http);
    return answer;
  }

  private static boolean failedWith(FailedExchange failed, TransportException.Kind kind) {
    Optional<TransportException> failure = failed.failure();
    return failure.isPresent() && failure.get().kind() == kind;
  }

  private static boolean speaksRegistry(Answer answer) {
    return answer.headers().first("Docker-Distribution-Api-Version").isPresent()
        || answer.contentType().equals("application/json");
  }

  /** Plain HTTP only where no TLS could be had; a TLS peer with a bad certificate is no reason. */
  private Answer httpsFirst(HostState host, Origin http, Origin https, Call call, CallBudget budget)
      throws FailedExchange, RegistryException {
    try {
      return settling(host, https, call, budget);
    } catch (FailedExchange tlsFailure) {
      Optional<TransportException> failure = tlsFailure.failure();
      boolean noTls =
          failure.isPresent()
              && failure.get().nothingSent()
              && failure.get().kind() != TransportException.Kind.TLS
              // a proxy's word is no reason either: it is not the registry's
              && failure.get().kind() != TransportException.Kind.PROXY;
      if (!noTls) {
        throw tlsFailure;
      }
      try {
        return settling(host, http, call, budget);
      } catch (FailedExchange plainFailure) {
        plainFailure.addSuppressed(tlsFailure);
        throw plainFailure;
      }
    }
  }

  private static HttpUrl url(Origin origin, Call call) {
    try {
      return HttpUrl.of(origin, call.path());
    } catch (MalformedInputException e) {
      throw new BullaBug("paths of calls are made of checked names", e);
    }
  }

  private static Origin origin(String scheme, HostState host) throws RegistryException {
    try {
      return HttpUrl.origin(scheme, host.registry());
    } catch (MalformedInputException e) {
      throw new RegistryException(
          Kind.UNSAFE,
          "registry " + Quoted.plain(host.registry()) + " is not asked: " + e.message(),
          e);
    }
  }

  /** What to do about a refusal. */
  String hint(Repository repository) {
    return authorizer.hint(host(repository), repository);
  }

  /** Whether the credentials for a repository are shown to anybody. */
  boolean showsCredentials(Repository repository) {
    return authorizer.shows(host(repository), repository);
  }

  /** Connects ahead of the first request. */
  void prepare(Repository repository, Duration timeout) {
    HostState host = host(repository);
    if (host.origin() != null) {
      return;
    }
    try {
      String scheme = IpLiteral.isLoopback(origin("https", host).host()) ? "http" : "https";
      wire.transport().prepare(origin(scheme, host), timeout);
    } catch (RegistryException e) {
      // the first request tells
    }
  }
}
