package dev.bulla.interop;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What a webhook answered to a review that the test sent itself.
 *
 * @param allowed whether the object may be stored
 * @param patch what is changed, as JSON; empty for nothing
 * @param message why not; empty when allowed
 */
record Review(boolean allowed, String patch, String message) {

  /** Asks about a new pod with this image. */
  static Review of(Webhook webhook, String path, String image) throws InterruptedException {
    return parse(webhook.review(path, podWith(image)));
  }

  static String podWith(String image) {
    return """
    {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
     "uid": "0", "kind": {"group": "", "version": "v1", "kind": "Pod"}, "operation": "CREATE",
     "namespace": "chaos", "object": {"apiVersion": "v1", "kind": "Pod",
       "metadata": {"name": "p", "namespace": "chaos"}, "spec": {"containers": [%s]}}}}
    """
        .formatted(KubeKind.container("c", image));
  }

  private static Review parse(String json) {
    try {
      JsonObject response = object(JsonParser.parseObject(Bytes.utf8(json), "review"), "response");
      String patch = text(response, "patch");
      return new Review(
          response.get("allowed").orElseThrow().equals(dev.bulla.json.JsonBoolean.TRUE),
          new String(Base64.getDecoder().decode(patch), StandardCharsets.UTF_8),
          text(object(response, "status"), "message"));
    } catch (MalformedInputException e) {
      throw new AssertionError(json, e);
    }
  }

  private static JsonObject object(JsonObject in, String name) {
    return in.get(name).orElse(JsonObject.EMPTY) instanceof JsonObject found
        ? found
        : JsonObject.EMPTY;
  }

  private static String text(JsonObject in, String name) {
    return in.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text ? text.value() : "";
  }
}
