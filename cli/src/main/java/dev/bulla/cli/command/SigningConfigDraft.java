package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A {@code signing_config.json} that is being put together, written as cosign writes one. */
final class SigningConfigDraft {

  /** The kinds of services, in the order of the file. */
  enum Kind {
    AUTHORITIES("caUrls", ""),
    ISSUERS("oidcUrls", ""),
    LOGS("rekorTlogUrls", "rekorTlogConfig"),
    TIMESTAMPS("tsaUrls", "tsaConfig");

    private final String services;
    private final String config;

    Kind(String services, String config) {
      this.services = services;
      this.config = config;
    }
  }

  private static final String MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
  private static final String WHAT = "signing config";
  private static final long MAX_UINT32 = 0xffff_ffffL;

  private final Map<Kind, List<JsonValue>> services = new EnumMap<>(Kind.class);
  private final Map<Kind, JsonObject> configs = new EnumMap<>(Kind.class);

  SigningConfigDraft() {
    for (Kind kind : Kind.values()) {
      services.put(kind, new ArrayList<>());
    }
  }

  /** Takes over a whole configuration. */
  void addAll(Bytes file) throws MalformedInputException, ConfigurationException {
    JsonObject whole = JsonParser.parseObject(file, WHAT);
    Set<String> known =
        Set.of(
            "mediaType",
            "caUrls",
            "oidcUrls",
            "rekorTlogUrls",
            "rekorTlogConfig",
            "tsaUrls",
            "tsaConfig");
    String mediaType =
        whole.get("mediaType").orElse(null) instanceof JsonString text ? text.value() : "";
    if (!mediaType.equals(MEDIA_TYPE)) {
      throw new ConfigurationException(
          "unsupported signing config media type: " + Quoted.plain(mediaType));
    }
    for (JsonObject.Member member : whole.members()) {
      if (!known.contains(member.name())) {
        throw new MalformedInputException(WHAT, Quoted.text(member.name()) + ": another spelling");
      }
    }
    for (Kind kind : Kind.values()) {
      if (whole.get(kind.services).orElse(null) instanceof JsonArray array) {
        services(kind).addAll(array.values());
      }
      if (whole.get(kind.config).orElse(null) instanceof JsonObject config) {
        configs.put(kind, config);
      }
    }
  }

  private List<JsonValue> services(Kind kind) {
    return services.computeIfAbsent(kind, absent -> new ArrayList<>());
  }

  /** Leaves out the services of a kind, and how many of them were to be used. */
  void remove(Kind kind) {
    services(kind).clear();
    configs.remove(kind);
  }

  void add(Kind kind, ServiceSpec spec) throws BullaException {
    String url = spec.present("url");
    String version = spec.present("api-version");
    String start = spec.present("start-time");
    String operator = spec.present("operator");
    JsonObject.Builder json = JsonObject.builder().put("url", url);
    long number = unsigned(version, "parsing api-version");
    if (number != 0) {
      json.put("majorApiVersion", number);
    }
    JsonObject.Builder period =
        JsonObject.builder().put("start", ServiceSpec.time("start-time", start).toString());
    Optional<Instant> end = spec.optionalTime("end-time");
    if (end.isPresent()) {
      period.put("end", end.get().toString());
    }
    services(kind).add(json.put("validFor", period.build()).put("operator", operator).build());
  }

  /** Says how many services are used: {@code ANY}, {@code ALL}, or {@code EXACT:n}. */
  void select(Kind kind, String text) throws ConfigurationException {
    int colon = text.indexOf(':');
    String mode = (colon < 0 ? text : text.substring(0, colon)).toUpperCase(Locale.ROOT);
    JsonObject.Builder config = JsonObject.builder().put("selector", mode);
    switch (mode) {
      case "ANY", "ALL" -> {
        if (colon >= 0) {
          throw new ConfigurationException("mode " + mode + " does not accept a count");
        }
      }
      case "EXACT" -> {
        if (colon < 0) {
          throw new ConfigurationException("mode EXACT requires a count, e.g. EXACT:2");
        }
        long count = unsigned(text.substring(colon + 1), "invalid count for EXACT mode");
        if (count != 0) {
          config.put("count", count);
        }
      }
      default ->
          throw new ConfigurationException("invalid service config mode: " + Quoted.plain(mode));
    }
    configs.put(kind, config.build());
  }

  /** A number of 32 bits, and Go's words for what is none. */
  private static long unsigned(String text, String doing) throws ConfigurationException {
    boolean digits = text.matches("[0-9]{1,40}");
    if (digits && text.length() <= 10 && Long.parseLong(text) <= MAX_UINT32) {
      return Long.parseLong(text);
    }
    throw new ConfigurationException(
        doing
            + ": strconv.ParseUint: parsing "
            + Quoted.text(text)
            + (digits ? ": value out of range" : ": invalid syntax"));
  }

  /** The file, without a newline. Both selections are always there, if only empty. */
  Bytes write() {
    JsonObject.Builder file = JsonObject.builder().put("mediaType", MEDIA_TYPE);
    for (Kind kind : Kind.values()) {
      if (!services(kind).isEmpty()) {
        file.put(kind.services, JsonArray.of(services(kind)));
      }
      if (!kind.config.isEmpty()) {
        file.put(kind.config, configs.getOrDefault(kind, JsonObject.EMPTY));
      }
    }
    return ProtoJson.write(file.build());
  }
}
