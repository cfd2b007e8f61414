package dev.bulla.admission.cluster;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.registry.auth.GivenCredentials;
import java.util.Optional;

/**
 * The two types of secrets that hold credentials for registries. What is of another type, or cannot
 * be read, is passed over without a word of what is in it, as the kubelet does.
 *
 * <p>Source: Kubernetes documentation, "Secrets", Docker config secrets.
 */
final class PullSecretFormat {

  /** Logins to hundreds of registries fit; each is parsed for each review. */
  private static final int MAX_BYTES = 256 << 10;

  private PullSecretFormat() {}

  static Optional<GivenCredentials> credentials(JsonObject secret) {
    try {
      return switch (text(secret, "type")) {
        case "kubernetes.io/dockerconfigjson" -> {
          Optional<Bytes> config = data(secret, ".dockerconfigjson");
          yield config.isEmpty() ? Optional.empty() : Optional.of(read(config.get()));
        }
        case "kubernetes.io/dockercfg" -> {
          // what the other has below "auths"
          Optional<Bytes> auths = data(secret, ".dockercfg");
          yield auths.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  read(
                      GoJson.write(
                          JsonObject.builder()
                              .put("auths", JsonParser.parseObject(auths.get(), "secret"))
                              .build())));
        }
        default -> Optional.empty();
      };
    } catch (MalformedInputException e) {
      return Optional.empty(); // its message may show a part of a secret
    }
  }

  private static GivenCredentials read(Bytes config) throws MalformedInputException {
    return GivenCredentials.ofDockerConfig(config, "pull secret");
  }

  private static Optional<Bytes> data(JsonObject secret, String name)
      throws MalformedInputException {
    if (secret.get("data").orElse(JsonObject.EMPTY) instanceof JsonObject data) {
      String text = text(data, name);
      if (!text.isEmpty() && text.length() / 4 * 3L <= MAX_BYTES) {
        return Optional.of(Base64Text.decode(text, "secret"));
      }
    }
    return Optional.empty();
  }

  private static String text(JsonObject in, String name) {
    return in.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text ? text.value() : "";
  }
}
