package dev.bulla.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;

/** What the {@code response} of a review says. */
public final class Answers {

  private Answers() {}

  public static boolean allowed(JsonObject response) {
    return response.get("allowed").orElseThrow().equals(JsonBoolean.TRUE);
  }

  /** Why it was denied. */
  public static String message(JsonObject response) {
    JsonObject status = (JsonObject) response.get("status").orElseThrow();
    assertThat(status.get("reason")).contains(new JsonString("Forbidden"));
    return ((JsonString) status.get("message").orElseThrow()).value();
  }

  /** The changes, as JSON. */
  public static String patch(JsonObject response) throws MalformedInputException {
    String text = ((JsonString) response.get("patch").orElseThrow()).value();
    return Base64Text.decode(text, "patch").toUtf8String("patch");
  }

  /** All of it. */
  public static String text(JsonObject response) throws MalformedInputException {
    return GoJson.write(response).toUtf8String("answer");
  }
}
