package dev.bulla.kms.azure;

import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsHttp;
import java.util.Optional;

/**
 * What a vault says when it does not do what it was asked for.
 *
 * @param code its name for the reason, the innermost one: {@code ForbiddenByRbac}
 * @param message for people, as it came, its first line
 */
record Refusal(String code, String message) {

  static Refusal of(KmsHttp.Answer answer) {
    try {
      JsonObject error = member(JsonParser.parseObject(answer.body(), "answer"), "error");
      String inner = EntraAnswer.text(member(error, "innererror"), "code");
      String code = EntraAnswer.text(error, "code");
      String message = EntraAnswer.text(error, "message").replaceFirst("(?s)\r?\n.*", "");
      return new Refusal(
          inner.isEmpty() ? code : inner,
          message.isEmpty() ? "HTTP " + answer.status() : code + ": " + message);
    } catch (MalformedInputException e) {
      // what stands in front of the service answers with pages of its own
      return new Refusal("", "HTTP " + answer.status());
    }
  }

  private static JsonObject member(JsonObject object, String name) {
    return object.get(name).orElse(JsonObject.EMPTY) instanceof JsonObject found
        ? found
        : JsonObject.EMPTY;
  }

  /** Whether a token was refused that others think is good: the clocks differ. */
  boolean isAboutTime() {
    return message.contains("Lifetime validation failed")
        || message.contains("TokenExpired")
        || message.contains("not yet valid");
  }

  /** Why something is forbidden, where a role or a policy would not help. */
  Optional<KeyException> otherThanRights(KmsFailures failures) {
    if (code.contains("Firewall") || code.contains("Connection")) {
      return Optional.of(
          failures.misconfigured(
              "Key Vault: " + message,
              "the vault's network rules do not let this machine in: `az keyvault network-rule"
                  + " add`, or ask from a network that they name",
              null));
    }
    if (message.matches(".* is not allowed on an? (disabled|expired|not yet valid) key.*")
        || code.matches("Key(Disabled|Expired|NotYetValid)")) {
      return Optional.of(
          failures.wrongKey(
              message,
              "`az keyvault key set-attributes` enables it and sets its dates; `… rotate` makes a"
                  + " new version",
              null));
    }
    if (message.matches(".* is not permitted on this key.*")
        || code.equals("KeyOperationForbidden")) {
      return Optional.of(
          failures.wrongKey(
              message,
              "its key_ops have to include sign: `az keyvault key set-attributes --ops`",
              null));
    }
    return Optional.empty();
  }
}
