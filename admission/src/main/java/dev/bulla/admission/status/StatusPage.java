package dev.bulla.admission.status;

import dev.bulla.admission.status.Status.Decided;
import dev.bulla.admission.status.Status.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The status page as one document: styles inside, no script, nothing that is fetched from anywhere.
 */
final class StatusPage {

  private static final String ICON =
      "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle"
          + " cx='8' cy='8' r='7' fill='%23b3402e'/%3E%3C/svg%3E";

  /** Certificates are to be replaced before this much is left. */
  private static final Duration SOON = Duration.ofDays(14);

  private final Status status;
  private final Html html = new Html();

  private StatusPage(Status status) {
    this.status = status;
  }

  /**
   * The page.
   *
   * @param style of our own
   * @param refresh seconds after which the browser asks again; 0 for never
   */
  static String write(Status status, String style, int refresh) {
    return new StatusPage(status).page(style, refresh);
  }

  private String page(String style, int refresh) {
    html.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .raw("<meta name=\"color-scheme\" content=\"light dark\">");
    if (refresh > 0) {
      html.raw("<meta http-equiv=\"refresh\" content=\"" + refresh + "\">");
    }
    html.raw("<title>bulla admission</title><link rel=\"icon\" href=\"")
        .raw(ICON)
        .raw("\"><style>")
        .raw(style)
        .raw("</style></head><body><header><h1>bulla admission</h1><p>");
    html.element("span", status.ready() ? "good" : "bad", status.ready() ? "ready" : "not ready");
    html.text(" · up " + age(status.started()) + " · as of " + time(status.at()) + " · ");
    html.raw(
        refresh > 0
            ? "<a href=\"/\">stop refreshing</a>"
            : "<a href=\"/?refresh=10\">refresh every 10 s</a>");
    html.raw(" · <a href=\"/status.json\">JSON</a></p></header><main>");
    facts();
    recent();
    rules();
    registries();
    return html.raw("</main></body></html>\n").toString();
  }

  private void facts() {
    html.raw("<section id=\"facts\"><h2>State</h2><dl>");
    configuration();
    trust();
    boolean soon = status.at().plus(SOON).isAfter(status.certificateUntil());
    fact(
        "Certificate",
        soon ? "bad" : "",
        status.at().isAfter(status.certificateUntil())
            ? "expired " + time(status.certificateUntil())
            : "until "
                + time(status.certificateUntil())
                + ", "
                + words(Duration.between(status.at(), status.certificateUntil()))
                + " left");
    Status.Cache cache = status.cache();
    fact(
        "Cache",
        "",
        cache.entries()
            + " verdicts remembered, "
            + cache.underWay()
            + " being looked at; "
            + cache.hits()
            + " hits, "
            + cache.misses()
            + " misses, "
            + cache.sharedHits()
            + " found in the shared cache");
    fact(
        "Stale answers",
        cache.stale() > 0 ? "warn" : "",
        cache.stale() == 0 ? "none" : cache.stale() + ", since a registry could not be reached");
    fact("Shared cache", cache.failing() ? "bad" : "", cache.shared());
    html.raw("</dl></section>");
  }

  private void configuration() {
    Status.Configuration configuration = status.configuration();
    fact(
        "Configuration",
        "",
        configuration.file()
            + ", "
            + status.rules().size()
            + " rules, loaded "
            + age(configuration.loaded())
            + " ago");
    if (configuration.failure().isPresent()) {
      html.raw("<dt>Not taken</dt><dd class=\"bad\">")
          .text(configuration.failedAt().map(at -> age(at) + " ago: ").orElse(""))
          .element("pre", "", configuration.failure().get())
          .raw("</dd>");
    }
  }

  private void trust() {
    Optional<Instant> fetched = status.trust().fetched();
    if (!status.trust().needed()) {
      fact("Trust material", "", "no rule needs any that is fetched");
    } else if (fetched.isEmpty()) {
      fact("Trust material", "bad", "not fetched yet");
    } else {
      fact("Trust material", "", "fetched " + age(fetched.get()) + " ago");
    }
  }

  private void fact(String name, String classes, String value) {
    html.element("dt", "", name).element("dd", classes, value);
  }

  private void recent() {
    html.raw("<section id=\"recent\"><h2>Recent decisions</h2>");
    if (status.recent().isEmpty()) {
      html.raw("<p>None so far.</p></section>");
      return;
    }
    html.element(
        "p",
        "",
        "The last " + status.recent().size() + " of " + status.decided() + ", newest first.");
    html.raw("<div class=\"wide\"><table><thead><tr><th>Time<th>Object<th>Image<th>Rule")
        .raw("<th>Verdict<th>Reason<th class=\"number\">Took</tr></thead><tbody>");
    status.recent().forEach(this::decided);
    html.raw("</tbody></table></div></section>");
  }

  private void decided(Decided decided) {
    html.open("tr", classes(decided.verdict()));
    html.element("td", "time", time(decided.at()));
    html.open("td", "")
        .element("b", "", decided.namespace())
        .text(" " + decided.object())
        .element("small", "", beside(decided))
        .close("td");
    html.open("td", "name").element("code", "", decided.image()).close("td");
    html.open("td", "name").element("code", "", decided.rule()).close("td");
    html.open("td", "")
        .element("span", "verdict", decided.verdict().words())
        .element("small", "", decided.source())
        .close("td");
    html.element("td", "reason", decided.reason());
    html.element("td", "number", decided.took().toMillis() + " ms");
    html.close("tr");
  }

  private static String beside(Decided decided) {
    return decided.operation()
        + " at "
        + decided.path()
        + (decided.user().isEmpty() ? "" : " by " + decided.user())
        + (decided.dryRun() ? ", dry run" : "");
  }

  private static String classes(Verdict verdict) {
    return switch (verdict) {
      case ADMITTED -> "good";
      case LET_THROUGH, WITH_OTHERS -> "warn";
      case DENIED, TIMED_OUT -> "bad";
    };
  }

  private void rules() {
    html.raw("<section id=\"rules\"><h2>Rules</h2><p>Images decided about since the start, at ")
        .raw("<code>/mutate</code> and <code>/validate</code>.</p><div class=\"wide\"><table>")
        .raw(
            "<thead><tr><th>Pattern<th>Validator<th class=\"number\">Line<th"
                + " class=\"number\">Matches")
        .raw("<th class=\"number\">Denied<th>Last</tr>")
        .raw("</thead><tbody>");
    for (Status.Rule rule : status.rules()) {
      html.open("tr", rule.matches() == 0 ? "never" : "");
      html.open("td", "name").element("code", "", rule.pattern()).close("td");
      html.element("td", "", rule.validator());
      html.element("td", "number", Integer.toString(rule.line()));
      html.element("td", "number", Long.toString(rule.matches()));
      html.element("td", "number", Long.toString(rule.denied()));
      html.element("td", "", rule.last().map(at -> age(at) + " ago").orElse("never"));
      html.close("tr");
    }
    html.raw("</tbody></table></div></section>");
  }

  private void registries() {
    html.raw("<section id=\"registries\"><h2>Registries</h2>");
    if (status.registries().isEmpty()) {
      html.raw("<p>None was asked so far.</p></section>");
      return;
    }
    html.raw("<div class=\"wide\"><table><thead><tr><th>Server<th>Last answer")
        .raw("<th class=\"number\">Took<th class=\"number\">Usually<th class=\"number\">In flight")
        .raw(
            "<th class=\"number\">Calls<th class=\"number\">Errors<th>Answers</tr></thead><tbody>");
    for (Status.Registry registry : status.registries()) {
      boolean failing = !registry.last().isEmpty() && RegistryHealth.isError(registry.last());
      html.open("tr", failing ? "bad" : "");
      html.open("td", "name").element("code", "", registry.server()).close("td");
      html.open("td", "")
          .element("span", "verdict", registry.last().isEmpty() ? "none yet" : registry.last())
          .element("small", "", registry.lastAt().map(at -> age(at) + " ago").orElse(""))
          .close("td");
      html.element("td", "number", registry.lastTook().toMillis() + " ms");
      html.element("td", "number", registry.usual().toMillis() + " ms");
      html.element("td", "number", Integer.toString(registry.underWay()));
      html.element("td", "number", Long.toString(registry.calls()));
      html.element("td", "number", Long.toString(registry.errors()));
      StringBuilder codes = new StringBuilder();
      registry
          .codes()
          .forEach((code, times) ->
              codes.append(codes.isEmpty() ? "" : ", ").append(code).append(" × ").append(times));
      html.element("td", "", codes.toString());
      html.close("tr");
    }
    html.raw("</tbody></table></div></section>");
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private String age(Instant since) {
    Duration age = Duration.between(since, status.at());
    return words(age.isNegative() ? Duration.ZERO : age);
  }

  /** Two units at most. */
  private static String words(Duration time) {
    if (time.toDays() > 0) {
      return time.toDays() + " d" + (time.toHoursPart() > 0 ? " " + time.toHoursPart() + " h" : "");
    }
    if (time.toHours() > 0) {
      return time.toHours() + " h " + time.toMinutesPart() + " min";
    }
    return time.toMinutes() > 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : time.toSeconds() + " s";
  }
}
