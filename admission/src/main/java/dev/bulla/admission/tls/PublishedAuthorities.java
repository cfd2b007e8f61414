package dev.bulla.admission.tls;

import dev.bulla.admission.cluster.Cluster;
import dev.bulla.admission.tls.IssuedOptions.Registration;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The {@code caBundle}s of one configuration of webhooks, as they were read. */
final class PublishedAuthorities {

  private final Registration registration;
  private final JsonObject configuration;

  private PublishedAuthorities(Registration registration, JsonObject configuration) {
    this.registration = registration;
    this.configuration = configuration;
  }

  /** Empty when there is no such configuration, so that nobody asks because of it. */
  static Optional<PublishedAuthorities> read(Cluster cluster, Registration registration)
      throws KeyException {
    return cluster
        .get(registration.path(), right("get", registration))
        .map(configuration -> new PublishedAuthorities(registration, configuration));
  }

  private static String right(String verb, Registration registration) {
    return verb + " on " + registration.resource() + " " + registration.name();
  }

  /** Whether all of its webhooks believe this authority. */
  boolean contain(X509Certificate authority) {
    return webhooks().stream().allMatch(webhook -> bundle(webhook).contains(authority));
  }

  /**
   * Has them believe these, and besides what they believe already and was not made here, until it
   * expires: a webhook that has its certificate from elsewhere may still be running.
   *
   * @return as they are then; empty when somebody else has changed the configuration since
   */
  Optional<PublishedAuthorities> publish(
      Cluster cluster, List<X509Certificate> authorities, Instant now)
      throws KeyException, GeneralSecurityException {
    List<JsonObject> changes = new ArrayList<>();
    for (JsonObject webhook : webhooks()) {
      List<X509Certificate> there = bundle(webhook);
      List<X509Certificate> wanted = new ArrayList<>(authorities);
      for (X509Certificate other : there) {
        if (!SelfIssued.isOurs(other)
            && !SelfIssued.ends(other).isBefore(now)
            && !wanted.contains(other)) {
          wanted.add(other);
        }
      }
      if (!there.equals(wanted)) {
        changes.add(
            JsonObject.builder()
                .put("name", webhook.get("name").orElse(new JsonString("")))
                .put(
                    "clientConfig",
                    JsonObject.builder()
                        .put("caBundle", Base64Text.encode(SelfIssued.pem(wanted)))
                        .build())
                .build());
      }
    }
    if (changes.isEmpty()) {
      return Optional.of(this);
    }
    JsonObject patch =
        JsonObject.builder()
            .put(
                "metadata",
                JsonObject.builder()
                    .put(
                        "resourceVersion",
                        text(object(configuration, "metadata"), "resourceVersion"))
                    .build())
            .put("webhooks", JsonArray.of(changes))
            .build();
    return cluster
        .patchIfSame(registration.path(), patch, right("patch", registration))
        .map(changed -> new PublishedAuthorities(registration, changed));
  }

  private List<JsonObject> webhooks() {
    List<JsonObject> webhooks = new ArrayList<>();
    if (configuration.get("webhooks").orElse(JsonArray.EMPTY) instanceof JsonArray array) {
      for (JsonValue value : array.values()) {
        if (value instanceof JsonObject webhook) {
          webhooks.add(webhook);
        }
      }
    }
    return webhooks;
  }

  /** None where it is empty or cannot be read: nobody believes anything by that. */
  private static List<X509Certificate> bundle(JsonObject webhook) {
    String encoded = text(object(webhook, "clientConfig"), "caBundle");
    try {
      Bytes pem = Base64Text.decode(encoded, "caBundle");
      return ServerIdentity.certificates(pem, "caBundle");
    } catch (MalformedInputException e) {
      return List.of();
    }
  }

  static JsonObject object(JsonObject parent, String name) {
    return parent.get(name).orElse(JsonObject.EMPTY) instanceof JsonObject object
        ? object
        : JsonObject.EMPTY;
  }

  static String text(JsonObject parent, String name) {
    return parent.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text ? text.value() : "";
  }
}
