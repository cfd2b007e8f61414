package dev.bulla.admission.status;

import dev.bulla.bytes.Bytes;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The facts of the status page for programs. Members may be added; none changes its meaning. */
final class StatusJson {

  private StatusJson() {}

  static Bytes write(Status status) {
    JsonObject whole =
        JsonObject.builder()
            .put("schema", "bulla-admission-status/v1")
            .put("time", time(status.at()))
            .put("started", time(status.started()))
            .put("ready", status.ready())
            .put("configuration", configuration(status.configuration()))
            .put("trust", trust(status.trust()))
            .put("certificateUntil", time(status.certificateUntil()))
            .put("cache", cache(status.cache()))
            .put("rules", list(status.rules(), StatusJson::rule))
            .put("registries", list(status.registries(), StatusJson::registry))
            .put("decided", status.decided())
            .put("recent", list(status.recent(), StatusJson::decided))
            .build();
    return GoJson.writeIndented(whole, 2);
  }

  private static <T> JsonArray list(List<T> values, Function<T, JsonValue> form) {
    List<JsonValue> all = new ArrayList<>();
    values.forEach(value -> all.add(form.apply(value)));
    return JsonArray.of(all);
  }

  private static JsonObject configuration(Status.Configuration configuration) {
    return JsonObject.builder()
        .put("file", configuration.file())
        .put("loaded", time(configuration.loaded()))
        .put("failure", text(configuration.failure()))
        .put("failedAt", time(configuration.failedAt()))
        .build();
  }

  private static JsonObject trust(Status.Trust trust) {
    return JsonObject.builder()
        .put("needed", trust.needed())
        .put("fetched", time(trust.fetched()))
        .build();
  }

  private static JsonObject cache(Status.Cache cache) {
    return JsonObject.builder()
        .put("entries", cache.entries())
        .put("underWay", cache.underWay())
        .put("hits", cache.hits())
        .put("sharedHits", cache.sharedHits())
        .put("misses", cache.misses())
        .put("stale", cache.stale())
        .put("shared", cache.shared())
        .build();
  }

  private static JsonObject rule(Status.Rule rule) {
    return JsonObject.builder()
        .put("pattern", rule.pattern())
        .put("validator", rule.validator())
        .put("line", rule.line())
        .put("matches", rule.matches())
        .put("denied", rule.denied())
        .put("last", time(rule.last()))
        .build();
  }

  private static JsonObject registry(Status.Registry registry) {
    JsonObject.Builder codes = JsonObject.builder();
    registry.codes().forEach((code, times) -> codes.put(code, times));
    return JsonObject.builder()
        .put("server", registry.server())
        .put("underWay", registry.underWay())
        .put("calls", registry.calls())
        .put("errors", registry.errors())
        .put("last", registry.last())
        .put("lastAt", time(registry.lastAt()))
        .put("lastMilliseconds", millis(registry.lastTook()))
        .put("usualMilliseconds", millis(registry.usual()))
        .put("codes", codes.build())
        .build();
  }

  private static JsonObject decided(Status.Decided decided) {
    return JsonObject.builder()
        .put("time", time(decided.at()))
        .put("path", decided.path())
        .put("operation", decided.operation())
        .put("namespace", decided.namespace())
        .put("object", decided.object())
        .put("user", decided.user())
        .put("image", decided.image())
        .put("rule", decided.rule())
        .put("verdict", decided.verdict().words())
        .put("reason", decided.reason())
        .put("source", decided.source())
        .put("dryRun", decided.dryRun())
        .put("milliseconds", millis(decided.took()))
        .build();
  }

  private static long millis(Duration took) {
    return took.toMillis();
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static JsonValue time(Optional<Instant> instant) {
    return text(instant.map(StatusJson::time));
  }

  private static JsonValue text(Optional<String> text) {
    return text.isPresent() ? new JsonString(text.get()) : JsonNull.INSTANCE;
  }
}
