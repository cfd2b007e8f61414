package dev.bulla.admission.config;

import dev.bulla.admission.config.AlertConfig.Header;
import dev.bulla.admission.config.AlertConfig.Receiver;
import dev.bulla.admission.config.YamlValue.Items;
import dev.bulla.admission.config.YamlValue.Members;
import dev.bulla.admission.config.YamlValue.Scalar;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the configuration of alerts: a file of its own, or {@code alerting} in a {@code
 * values.yaml} of any release of Connaisseur.
 */
public final class AlertConfigLoader {

  private static final int DEFAULT_PRIORITY = 3;
  private static final Pattern JSON_NUMBER =
      Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,252}");
  private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~A-Za-z0-9-]+");

  private final Problems problems;

  private AlertConfigLoader(Problems problems) {
    this.problems = problems;
  }

  /**
   * Reads a configuration; an empty file means that nobody is told.
   *
   * @param text of the file
   * @param file its name, for messages
   * @throws MalformedInputException when it is no YAML
   * @throws ConfigurationException with every mistake in it, each with its line
   */
  public static AlertConfig load(String text, String file)
      throws MalformedInputException, ConfigurationException {
    YamlValue value = YamlValue.parse(text, file);
    if (value instanceof Scalar scalar && scalar.isNull()) {
      return AlertConfig.NONE;
    }
    Problems problems = new Problems(file);
    if (value instanceof Members members
        && (members.members().containsKey("alerting")
            || members.members().containsKey("validators")
            || members.members().containsKey("application"))) {
      value = members.get("alerting").orElse(new Members(Map.of(), Map.of(), 1));
    }
    AlertConfig config = read(value, problems);
    problems.throwAny();
    return config;
  }

  /** Reads what stands behind {@code alerting}. */
  static AlertConfig read(YamlValue value, Problems problems) {
    return Section.of(value, "an alerting configuration", problems)
        .map(section -> new AlertConfigLoader(problems).read(section))
        .orElse(AlertConfig.NONE);
  }

  private AlertConfig read(Section section) {
    String cluster =
        section
            .text("clusterIdentifier", "cluster_identifier")
            .filter(text -> !text.isEmpty())
            .orElse(AlertConfig.NONE.cluster());
    List<Receiver> admit = receivers(section, "admitRequest", "admit_request");
    List<Receiver> reject = receivers(section, "rejectRequest", "reject_request");
    section.finish();
    return new AlertConfig(cluster, admit, reject, problems.warnings());
  }

  private List<Receiver> receivers(Section section, String name, String older) {
    Optional<Section> category = section.section(name, name, older);
    if (category.isEmpty()) {
      return List.of();
    }
    List<YamlValue> entries = category.get().list("receivers", "templates").orElse(List.of());
    category.get().finish();
    List<Receiver> receivers = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      Optional<Section> entry = Section.of(entries.get(i), "a receiver", problems);
      if (entry.isPresent()) {
        receivers.add(receiver(entry.get(), i));
      }
    }
    return receivers;
  }

  private Receiver receiver(Section entry, int index) {
    String template = entry.text("template").orElse("");
    if (template.isEmpty()) {
      problems.error(
          entry.line(),
          "TemplateFile is a required field",
          "write template: with its name, such as slack");
    } else if (!FILE_NAME.matcher(template).matches()) {
      problems.error(
          entry.lineOf("template"),
          "TemplateFile " + Quoted.text(template) + " is no file name",
          "write its name alone, without folder and .json");
    }
    String url = entry.text("receiverUrl", "receiver_url").orElse("");
    if (url.isEmpty()) {
      if (entry.lacks("receiverUrl")) {
        problems.error(
            entry.line(),
            "URL is a required field",
            "write receiverUrl: with an address that begins with https://");
      }
    } else {
      checkUrl(url, entry.lineOf("receiverUrl"));
    }
    int priority = entry.number("priority").orElse(DEFAULT_PRIORITY);
    if (priority < 0) {
      problems.error(
          entry.lineOf("priority"), "Priority must be 0 or greater", "the usual one is 3");
    }
    List<Header> headers = headers(entry);
    JsonObject fields = payloadFields(entry);
    boolean mandatory =
        entry.truth("failIfAlertSendingFails", "fail_if_alert_sending_fails").orElse(false);
    entry.finish();
    return new Receiver(
        template + "-" + index, template, url, priority, headers, fields, mandatory, entry.line());
  }

  /** The address itself is not shown: whoever has it can post there. */
  private void checkUrl(String url, int line) {
    try {
      URI uri = new URI(url);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      if (uri.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
        problems.error(line, "URL must be a valid URL", "it begins with https://");
      } else if (scheme.equals("http")) {
        problems.warn(line, "alerts go over plain HTTP: everyone on the way can read them");
      }
    } catch (URISyntaxException e) {
      problems.error(line, "URL must be a valid URL", "it begins with https://");
    }
  }

  private List<Header> headers(Section entry) {
    Optional<List<YamlValue>> values = entry.list("customHeaders", "custom_headers");
    List<Header> headers = new ArrayList<>();
    if (values.isEmpty()) {
      return headers;
    }
    if (values.get().isEmpty()) {
      problems.error(
          entry.lineOf("customHeaders"),
          "Headers must contain at least 1 item",
          "leave customHeaders out");
    }
    for (int i = 0; i < values.get().size(); i++) {
      YamlValue value = values.get().get(i);
      if (value instanceof Scalar scalar) {
        plain(scalar, i).ifPresent(headers::add);
      } else {
        Section.of(value, "a header", problems).ifPresent(of -> headers.add(secret(of)));
      }
    }
    return headers;
  }

  private Optional<Header> plain(Scalar scalar, int index) {
    int colon = scalar.text().indexOf(':');
    if (colon < 0) {
      problems.error(
          scalar.line(),
          "Headers[" + index + "] must contain the text ':'",
          "write \"Name: value\"");
      return Optional.empty();
    }
    String name = scalar.text().substring(0, colon).strip();
    checkHeaderName(name, scalar.line());
    String value = scalar.text().substring(colon + 1).strip();
    if (!value.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
      problems.error(
          scalar.line(),
          "Headers[" + index + "] has a value that no header can have",
          "printable ASCII alone");
    }
    return Optional.of(new Header.Plain(name, value));
  }

  private Header secret(Section header) {
    String name = header.text("name").orElse("");
    checkHeaderName(name, header.line());
    String secret = "";
    String key = "";
    Optional<Section> reference = header.section("secretRef", "secretRef");
    if (reference.isPresent()) {
      secret = reference.get().text("name").orElse("");
      key = reference.get().text("key").orElse("");
      reference.get().finish();
    }
    if (!FILE_NAME.matcher(secret).matches() || !FILE_NAME.matcher(key).matches()) {
      problems.error(
          header.line(), "a header needs secretRef with name and key", "or write \"Name: value\"");
    }
    header.finish();
    return new Header.FromSecret(name, secret, key);
  }

  private void checkHeaderName(String name, int line) {
    if (!HEADER_NAME.matcher(name).matches()) {
      // not quoted: who forgets the name has a secret here
      problems.error(
          line,
          "what stands before the ':' of a header is no name of one",
          "write \"Name: value\"");
    }
  }

  private JsonObject payloadFields(Section entry) {
    Optional<YamlValue> value = entry.value("payloadFields", "payload_fields");
    if (value.isEmpty()) {
      return JsonObject.EMPTY;
    }
    if (!(json(value.get()) instanceof JsonObject fields)) {
      problems.error(
          entry.lineOf("payloadFields"),
          "PayloadFields must be a mapping",
          "write names and values below it, indented, without dashes");
      return JsonObject.EMPTY;
    }
    if (fields.isEmpty()) {
      problems.error(
          entry.lineOf("payloadFields"),
          "PayloadFields must contain at least 1 item",
          "leave payloadFields out");
    }
    return fields;
  }

  private static JsonValue json(YamlValue value) {
    if (value instanceof Items items) {
      return JsonArray.of(items.values().stream().map(AlertConfigLoader::json).toList());
    }
    if (value instanceof Members members) {
      JsonObject.Builder object = JsonObject.builder();
      members.members().forEach((name, member) -> object.put(name, json(member)));
      return object.build();
    }
    Scalar scalar = (Scalar) value;
    String text = scalar.text();
    if (scalar.isNull()) {
      return JsonNull.INSTANCE;
    }
    if (scalar.plain() && text.equalsIgnoreCase("true")) {
      return JsonBoolean.TRUE;
    }
    if (scalar.plain() && text.equalsIgnoreCase("false")) {
      return JsonBoolean.FALSE;
    }
    return scalar.plain() && JSON_NUMBER.matcher(text).matches()
        ? new JsonNumber(text)
        : new JsonString(text);
  }
}
