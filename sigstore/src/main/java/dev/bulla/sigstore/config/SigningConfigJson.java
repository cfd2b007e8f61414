package dev.bulla.sigstore.config;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.ValidityPeriod;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonParser;
import dev.bulla.json.ProtoFields;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.config.ServiceChoice.Selector;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads signing configurations, strictly. */
final class SigningConfigJson {

  private static final String WHAT = "signing config";
  private static final JsonLimits JSON = JsonLimits.DEFAULT.withMaxValues(10_000);
  private static final int MAX_TIME = 40;

  private static final Map<String, Integer> SELECTORS =
      Map.of("SERVICE_SELECTOR_UNDEFINED", 0, "ALL", 1, "ANY", 2, "EXACT", 3);

  private SigningConfigJson() {}

  static SigningConfig parse(Bytes json) throws MalformedInputException, ConfigurationException {
    if (json.size() > Limits.MAX_KEY_FILE) {
      throw new MalformedInputException(
          WHAT, "larger than the limit of " + Limits.MAX_KEY_FILE + " bytes");
    }
    ProtoFields fields = ProtoFields.of(JsonParser.parseObject(json, WHAT, JSON), WHAT);
    String mediaType = fields.string("mediaType").orElse("");
    if (!mediaType.equals(SigningConfig.MEDIA_TYPE)) {
      throw new ConfigurationException(
          "unsupported signing config media type: " + Quoted.plain(mediaType));
    }
    SigningConfig config =
        new SigningConfig(
            services(fields, "caUrls"),
            services(fields, "oidcUrls"),
            services(fields, "rekorTlogUrls"),
            choice(fields, "rekorTlogConfig"),
            services(fields, "tsaUrls"),
            choice(fields, "tsaConfig"));
    fields.finish();
    return config;
  }

  private static List<ConfiguredService> services(ProtoFields fields, String name)
      throws MalformedInputException {
    List<ProtoFields> elements = fields.fieldsList(name);
    if (elements.size() > Limits.MAX_BUNDLE_PROOFS) {
      throw fields.malformed(name, "more than " + Limits.MAX_BUNDLE_PROOFS + " entries");
    }
    List<ConfiguredService> services = new ArrayList<>();
    for (ProtoFields element : elements) {
      Optional<ProtoFields> validFor = element.fields("validFor");
      services.add(
          new ConfiguredService(
              element.requiredString("url"),
              element.int64("majorApiVersion").orElse(0),
              new ValidityPeriod(
                  validFor.isPresent() ? time(validFor.get(), "start") : Optional.empty(),
                  validFor.isPresent() ? time(validFor.get(), "end") : Optional.empty()),
              element.string("operator").orElse("")));
    }
    return services;
  }

  private static ServiceChoice choice(ProtoFields fields, String name)
      throws MalformedInputException {
    Optional<ProtoFields> choice = fields.fields(name);
    if (choice.isEmpty()) {
      return ServiceChoice.UNDEFINED;
    }
    OptionalInt number = choice.get().enumNumber("selector", SELECTORS);
    Selector selector =
        switch (number.orElse(0)) {
          case 0 -> Selector.UNDEFINED;
          case 1 -> Selector.ALL;
          case 2 -> Selector.ANY;
          case 3 -> Selector.EXACT;
          default -> throw choice.get().malformed("selector", "unknown");
        };
    return new ServiceChoice(selector, choice.get().int64("count").orElse(0));
  }

  /** RFC 3339, as proto JSON spells timestamps. */
  private static Optional<Instant> time(ProtoFields fields, String name)
      throws MalformedInputException {
    Optional<String> text = fields.string(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String value = text.get();
    // what begins with a sign is a year of more digits
    if (value.length() > MAX_TIME || value.isEmpty() || !Character.isDigit(value.charAt(0))) {
      throw fields.malformed(name, "not a time: " + Quoted.text(value));
    }
    try {
      return Optional.of(Instant.parse(value));
    } catch (DateTimeParseException e) {
      throw fields.malformed(name, "not a time: " + Quoted.text(value));
    }
  }
}
