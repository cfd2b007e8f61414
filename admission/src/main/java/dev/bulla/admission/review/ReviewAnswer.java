package dev.bulla.admission.review;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the API server is told.
 *
 * @param changes applied in order when allowed
 * @param denial for the person at the terminal; present exactly when denied
 * @param warnings shown to that person when allowed
 */
public record ReviewAnswer(List<Change> changes, Optional<String> denial, List<String> warnings) {

  /** The API server cuts off warnings that are longer, in characters. */
  static final int MAX_WARNING = 256;

  /** All warnings together, in characters; the API server drops what comes after. */
  static final int MAX_WARNINGS = 4096;

  /**
   * A replacement in the object.
   *
   * @param pointer RFC 6901
   */
  public record Change(String pointer, String value) {}

  public ReviewAnswer {
    changes = List.copyOf(changes);
    warnings = List.copyOf(warnings);
  }

  public static ReviewAnswer allowed() {
    return new ReviewAnswer(List.of(), Optional.empty(), List.of());
  }

  public static ReviewAnswer allowed(List<Change> changes) {
    return new ReviewAnswer(changes, Optional.empty(), List.of());
  }

  public static ReviewAnswer denied(String message) {
    return new ReviewAnswer(List.of(), Optional.of(message), List.of());
  }

  /** Lets a denied object through, unchanged, and says what would have been denied and why not. */
  public ReviewAnswer insteadWarning(String why) {
    return denial.isEmpty()
        ? this
        : new ReviewAnswer(List.of(), Optional.empty(), List.of(why, denial.get()));
  }

  /** Lets the object through as it is. */
  public ReviewAnswer withoutChanges() {
    return new ReviewAnswer(List.of(), denial, warnings);
  }

  public boolean isAllowed() {
    return denial.isEmpty();
  }

  /**
   * The {@code AdmissionReview} that answers a request. A patch is there only when something
   * changes: the API server refuses an empty one.
   */
  public Bytes toJson(ReviewRequest request) {
    JsonObject.Builder response =
        JsonObject.builder().put("uid", request.uid()).put("allowed", isAllowed());
    if (denial.isPresent()) {
      response.put(
          "status",
          JsonObject.builder()
              .put("status", "Failure")
              .put("message", denial.get())
              .put("reason", "Forbidden")
              .put("code", 403)
              .build());
    } else if (!changes.isEmpty()) {
      response.put("patch", Base64Text.encode(GoJson.write(patch())));
      response.put("patchType", "JSONPatch");
    }
    List<JsonValue> shown = shownWarnings();
    if (!shown.isEmpty()) {
      response.put("warnings", JsonArray.of(shown));
    }
    return GoJson.write(
        JsonObject.builder()
            .put("apiVersion", request.apiVersion())
            .put("kind", request.reviewKind())
            .put("response", response.build())
            .build());
  }

  private JsonArray patch() {
    List<JsonValue> operations = new ArrayList<>();
    for (Change change : changes) {
      operations.add(
          JsonObject.builder()
              .put("op", "replace")
              .put("path", change.pointer())
              .put("value", change.value())
              .build());
    }
    return JsonArray.of(operations);
  }

  private List<JsonValue> shownWarnings() {
    List<JsonValue> shown = new ArrayList<>();
    int left = MAX_WARNINGS;
    for (String warning : warnings) {
      String text = cut(warning);
      if (text.length() > left) {
        break;
      }
      left -= text.length();
      shown.add(new JsonString(text));
    }
    return shown;
  }

  private static String cut(String text) {
    if (text.length() <= MAX_WARNING) {
      return text;
    }
    int end = MAX_WARNING - 1;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }
}
