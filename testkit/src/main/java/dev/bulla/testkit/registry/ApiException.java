package dev.bulla.testkit.registry;

import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireHeaders;
import dev.bulla.testkit.http.WireResponse;

/**
 * A request the registry refuses, with the answer that says so. Codes: OCI distribution-spec 1.1,
 * "Error Codes"; texts and details as docker-registry 2.8 has them.
 */
final class ApiException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final transient JsonValue detail;
  private final transient WireHeaders headers;

  private ApiException(
      int status, String code, String message, JsonValue detail, WireHeaders headers) {
    super(message);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.headers = headers;
  }

  static ApiException of(int status, String code, String message) {
    return new ApiException(status, code, message, JsonNull.INSTANCE, WireHeaders.EMPTY);
  }

  ApiException withDetail(JsonValue other) {
    return new ApiException(status, code, text(), other, headers);
  }

  ApiException withDetail(String text) {
    return withDetail(new JsonString(text));
  }

  ApiException withHeader(String name, String value) {
    return new ApiException(status, code, text(), detail, headers.plus(name, value));
  }

  private String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  static ApiException nameInvalid(String name) {
    return of(400, "NAME_INVALID", "invalid repository name").withDetail(name);
  }

  static ApiException nameUnknown(String name) {
    return of(404, "NAME_UNKNOWN", "repository name not known to registry")
        .withDetail(JsonObject.builder().put("name", name).build());
  }

  static ApiException manifestUnknown(String repository, String tagOrDigest) {
    JsonObject.Builder what = JsonObject.builder();
    if (tagOrDigest.indexOf(':') < 0) {
      what.put("Tag", tagOrDigest);
    } else {
      what.put("Name", repository).put("Revision", tagOrDigest);
    }
    return of(404, "MANIFEST_UNKNOWN", "manifest unknown").withDetail(what.build());
  }

  static ApiException manifestInvalid(String problem) {
    return of(400, "MANIFEST_INVALID", "manifest invalid").withDetail(problem);
  }

  static ApiException manifestBlobUnknown(String digest) {
    return of(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry").withDetail(digest);
  }

  static ApiException blobUnknown(String digest) {
    return of(404, "BLOB_UNKNOWN", "blob unknown to registry").withDetail(digest);
  }

  static ApiException digestInvalid(String problem) {
    return of(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
        .withDetail(problem);
  }

  static ApiException uploadUnknown() {
    return of(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
  }

  static ApiException uploadInvalid(String problem) {
    return of(400, "BLOB_UPLOAD_INVALID", "blob upload invalid").withDetail(problem);
  }

  static ApiException tooLarge(String code, long limit) {
    return of(413, code, "content too large")
        .withDetail("more than the limit of " + limit + " bytes");
  }

  static ApiException unsupported() {
    return of(405, "UNSUPPORTED", "The operation is unsupported.");
  }

  static ApiException denied() {
    return of(403, "DENIED", "requested access to the resource is denied");
  }

  static ApiException preconditionFailed() {
    return of(412, "PRECONDITION_FAILED", "the tag has changed");
  }

  WireResponse toResponse() {
    return body(status, code, text(), detail).withHeaders(h -> join(h, headers));
  }

  private static WireHeaders join(WireHeaders first, WireHeaders second) {
    WireHeaders all = first;
    for (WireHeaders.Field field : second.fields()) {
      all = all.plus(field.name(), field.value());
    }
    return all;
  }

  /** The answer with an error body; a null detail is left out. */
  static WireResponse body(int status, String code, String message, JsonValue detail) {
    JsonObject.Builder error = JsonObject.builder().put("code", code).put("message", message);
    if (!(detail instanceof JsonNull)) {
      error.put("detail", detail);
    }
    JsonObject body = JsonObject.builder().put("errors", JsonArray.of(error.build())).build();
    return WireResponse.of(status)
        .with("Content-Type", "application/json; charset=utf-8")
        .withBody(WireBody.of(Json.write(body)));
  }
}
