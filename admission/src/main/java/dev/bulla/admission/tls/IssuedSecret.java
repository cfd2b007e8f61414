package dev.bulla.admission.tls;

import dev.bulla.admission.cluster.Cluster;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The secret that replicas share their certificates by, as it was read. */
final class IssuedSecret {

  private final IssuedOptions place;
  private final Optional<JsonObject> secret;

  private IssuedSecret(IssuedOptions place, Optional<JsonObject> secret) {
    this.place = place;
    this.secret = secret;
  }

  static IssuedSecret read(Cluster cluster, IssuedOptions place) throws KeyException {
    return new IssuedSecret(
        place, cluster.get(collection(place) + "/" + place.secret(), right("get", place)));
  }

  private static String collection(IssuedOptions place) {
    return "/api/v1/namespaces/" + place.namespace() + "/secrets";
  }

  private static String right(String verb, IssuedOptions place) {
    return verb + " on secrets in namespace " + place.namespace();
  }

  /** None when there is no secret yet, or nothing in it. */
  Map<String, Bytes> members() throws ConfigurationException {
    Map<String, Bytes> members = new TreeMap<>();
    JsonObject data = PublishedAuthorities.object(secret.orElse(JsonObject.EMPTY), "data");
    for (JsonObject.Member member : data.members()) {
      try {
        String encoded = member.value() instanceof JsonString text ? text.value() : "";
        members.put(member.name(), Base64Text.decode(encoded, member.name()));
      } catch (MalformedInputException e) {
        // not its message, which may show a part of a key
        throw new ConfigurationException(
            "secret " + place.namespace() + "/" + place.secret() + " is not base64");
      }
    }
    return members;
  }

  /**
   * Has it hold these.
   *
   * @return false when somebody else has made or changed it since
   */
  boolean store(Cluster cluster, Map<String, Bytes> members) throws KeyException {
    JsonObject.Builder data = JsonObject.builder();
    members.forEach((name, content) -> data.put(name, Base64Text.encode(content)));
    if (secret.isEmpty()) {
      return cluster
          .createIfAbsent(
              collection(place),
              JsonObject.builder()
                  .put("apiVersion", "v1")
                  .put("kind", "Secret")
                  .put(
                      "metadata",
                      JsonObject.builder()
                          .put("namespace", place.namespace())
                          .put("name", place.secret())
                          .build())
                  .put("type", "Opaque")
                  .put("data", data.build())
                  .build(),
              right("create", place))
          .isPresent();
    }
    JsonObject.Builder changed = JsonObject.builder();
    for (JsonObject.Member member : secret.get().members()) {
      if (!member.name().equals("data")) {
        changed.put(member.name(), member.value());
      }
    }
    return cluster
        .replaceIfSame(
            collection(place) + "/" + place.secret(),
            changed.put("data", data.build()).build(),
            right("update", place))
        .isPresent();
  }
}
