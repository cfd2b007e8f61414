package dev.bulla.admission.config;

import dev.bulla.error.Quoted;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What was said about the webhook beside its rules; absent where nothing was said.
 *
 * @param detectionMode whether everything is let through with warnings
 * @param podsOnly whether everything but pods is let through with warnings
 * @param unchangedApproval whether an update keeps the images that were there
 * @param childApproval which objects have the images that their owners were admitted with
 * @param cacheSeconds how long verdicts are remembered; 0 or less is not at all
 * @param cacheErrors whether denials are remembered too
 * @param logLevel from which level on events are logged
 * @param logFormat {@code json} or {@code json-pretty}
 */
public record FeatureSettings(
    Optional<Boolean> detectionMode,
    Optional<Boolean> podsOnly,
    Optional<Boolean> unchangedApproval,
    Optional<ChildApproval> childApproval,
    OptionalInt cacheSeconds,
    Optional<Boolean> cacheErrors,
    Optional<String> logLevel,
    Optional<String> logFormat) {

  private static final String STRICT = "strict";

  /** Which objects have the images that their owners were admitted with. */
  public enum ChildApproval {
    NONE,
    ALL,
    /** Signatures of pods are looked at whatever their owners have. */
    ALL_BUT_PODS;

    private static ChildApproval of(boolean on) {
      return on ? ALL : NONE;
    }
  }

  /** Nothing was said. */
  public static final FeatureSettings NONE =
      new FeatureSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /**
   * What the variables of the container say. One that says nothing that can be understood is as
   * good as absent, and warned of.
   */
  public static FeatureSettings ofEnvironment(
      Map<String, String> variables, Consumer<String> warnings) {
    Variables in = new Variables(variables, warnings);
    return new FeatureSettings(
        in.truth("DETECTION_MODE"),
        in.podsOnly(),
        in.truth("AUTOMATIC_UNCHANGED_APPROVAL"),
        in.childApproval(),
        in.number("CACHE_EXPIRY_SECONDS"),
        in.truth("CACHE_ERRORS"),
        in.text("LOG_LEVEL"),
        in.text("LOG_FORMAT"));
  }

  /** These, and others where these say nothing. */
  public FeatureSettings orElse(FeatureSettings others) {
    return new FeatureSettings(
        detectionMode.or(others::detectionMode),
        podsOnly.or(others::podsOnly),
        unchangedApproval.or(others::unchangedApproval),
        childApproval.or(others::childApproval),
        cacheSeconds.isPresent() ? cacheSeconds : others.cacheSeconds,
        cacheErrors.or(others::cacheErrors),
        logLevel.or(others::logLevel),
        logFormat.or(others::logFormat));
  }

  /**
   * Reads them where a {@code values.yaml} has them.
   *
   * @param top what holds the log level
   */
  static FeatureSettings read(Section top, Section features, Problems problems) {
    Optional<Section> cache = features.section("cache", "cache");
    OptionalInt seconds = OptionalInt.empty();
    Optional<Boolean> errors = Optional.empty();
    if (cache.isPresent()) {
      seconds = cache.get().number("expirySeconds");
      errors = cache.get().truth("cacheErrors");
      cache.get().finish();
    }
    namespaces(features, problems);
    Optional<String> format = top.text("logFormat");
    if (format.isPresent() && !format.get().equals("json") && !format.get().equals("json-pretty")) {
      problems.error(
          top.lineOf("logFormat"),
          "logFormat must be one of [json json-pretty]",
          "without it, it is json-pretty");
    }
    Optional<String> mode = features.text("resourceValidationMode");
    if (mode.isPresent() && podsOnly(mode.get()).isEmpty()) {
      problems.error(
          features.lineOf("resourceValidationMode"),
          "resourceValidationMode must be one of [all podsOnly]",
          "all is the usual one");
    }
    return new FeatureSettings(
        features.truth("detectionMode"),
        mode.flatMap(FeatureSettings::podsOnly),
        features.truth("automaticUnchangedApproval"),
        childApproval(features),
        seconds,
        errors,
        top.text("logLevel"),
        format);
  }

  /** The chart makes a selector of it; here it is only checked. */
  private static void namespaces(Section features, Problems problems) {
    Optional<YamlValue> value = features.value("namespacedValidation");
    if (value.isEmpty() || !(value.get() instanceof YamlValue.Members)) {
      features.truth("namespacedValidation");
      return;
    }
    Section mode = Section.of(value.get(), "namespacedValidation", problems).orElseThrow();
    Optional<String> text = mode.text("mode");
    mode.truth("enabled");
    if (text.isPresent() && !text.get().equals("ignore") && !text.get().equals("validate")) {
      problems.error(
          mode.lineOf("mode"), "mode must be one of [ignore validate]", "ignore is the usual one");
    }
    mode.finish();
  }

  /** Of Connaisseur 2 it was a mapping. */
  private static Optional<ChildApproval> childApproval(Section features) {
    Optional<YamlValue> value = features.value("automaticChildApproval");
    if (value.isPresent() && value.get() instanceof YamlValue.Members) {
      Optional<Section> old = features.section("automaticChildApproval", "automaticChildApproval");
      Optional<Boolean> enabled = old.flatMap(section -> section.truth("enabled"));
      old.ifPresent(Section::finish);
      return enabled.map(ChildApproval::of);
    }
    if (value.isPresent()
        && value.get() instanceof YamlValue.Scalar scalar
        && scalar.text().equalsIgnoreCase(STRICT)) {
      return Optional.of(ChildApproval.ALL_BUT_PODS);
    }
    return features.truth("automaticChildApproval").map(ChildApproval::of);
  }

  private static Optional<Boolean> podsOnly(String mode) {
    return switch (mode.toLowerCase(Locale.ROOT)) {
      case "all" -> Optional.of(false);
      case "podsonly" -> Optional.of(true);
      default -> Optional.empty();
    };
  }

  /** The environment, as Go reads its values. */
  private record Variables(Map<String, String> variables, Consumer<String> warnings) {

    Optional<String> text(String name) {
      return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    Optional<Boolean> truth(String name) {
      return truth(name, "true or false");
    }

    private Optional<Boolean> truth(String name, String wanted) {
      Optional<String> value = text(name);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      return switch (value.get()) {
        case "1", "t", "T", "TRUE", "true", "True" -> Optional.of(true);
        case "0", "f", "F", "FALSE", "false", "False" -> Optional.of(false);
        default -> {
          warn(name, value.get(), wanted);
          yield Optional.empty();
        }
      };
    }

    Optional<ChildApproval> childApproval() {
      return text("AUTOMATIC_CHILD_APPROVAL").filter(STRICT::equalsIgnoreCase).isPresent()
          ? Optional.of(ChildApproval.ALL_BUT_PODS)
          : truth("AUTOMATIC_CHILD_APPROVAL", "true, false or strict").map(ChildApproval::of);
    }

    Optional<Boolean> podsOnly() {
      Optional<String> mode = text("RESOURCE_VALIDATION_MODE");
      Optional<Boolean> read = mode.flatMap(FeatureSettings::podsOnly);
      if (mode.isPresent() && read.isEmpty()) {
        warn("RESOURCE_VALIDATION_MODE", mode.get(), "all or podsOnly");
      }
      return read;
    }

    OptionalInt number(String name) {
      Optional<String> value = text(name);
      if (value.isPresent()) {
        try {
          return OptionalInt.of(Integer.parseInt(value.get()));
        } catch (NumberFormatException e) {
          warn(name, value.get(), "a whole number");
        }
      }
      return OptionalInt.empty();
    }

    private void warn(String name, String value, String wanted) {
      warnings.accept(name + " is not used: " + Quoted.text(value) + " is not " + wanted);
    }
  }
}
