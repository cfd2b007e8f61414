package dev.bulla.interop;

import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.http.Waiting;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

/** Somebody else's webhook, which adds a container to every pod. */
final class SidecarInjector implements AutoCloseable {

  private static final int MAX_REVIEW = 4 << 20;

  private final TestAuthority authority = TestAuthority.create("sidecars");
  private final AtomicInteger asked = new AtomicInteger();
  private final WireServer server;
  private volatile String image = "";

  private SidecarInjector() throws IOException {
    server =
        WireServer.startTls(
            WireServer.loopback(), authority.serverContext("127.0.0.1"), false, this::answer);
  }

  static SidecarInjector start() throws IOException {
    return new SidecarInjector();
  }

  /** Adds a container with this image from now on. */
  void inject(String name) {
    image = name;
  }

  int asked() {
    return asked.get();
  }

  void register(KubeServer cluster, String name) {
    new Registration(
            name,
            "https://127.0.0.1:" + server.address().getPort() + "/",
            authority.certificatePem(),
            "{\"matchLabels\": {\"sidecars\": \"yes\"}}",
            "Fail")
        .mutating(cluster, "Never");
  }

  private WireResponse answer(WireRequest request, Waiting waiting) throws IOException {
    asked.incrementAndGet();
    JsonObject review;
    try {
      review =
          JsonParser.parseObject(
              LimitedInput.readAll(request.body(), MAX_REVIEW, "review"), "review");
    } catch (dev.bulla.error.MalformedInputException e) {
      return WireResponse.of(400);
    }
    JsonValue asking = review.get("request").orElse(JsonObject.EMPTY);
    String uid =
        asking instanceof JsonObject object
                && object.get("uid").orElse(JsonObject.EMPTY) instanceof JsonString text
            ? text.value()
            : "";
    String patch =
        """
        [{"op": "add", "path": "/spec/containers/-", "value": %s}]
        """
            .formatted(KubeKind.container("sidecar", image));
    return WireResponse.of(200)
        .with("Content-Type", "application/json")
        .withBody(
            WireBody.of(
                Bytes.utf8(
                    """
                    {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                     "response": {"uid": "%s", "allowed": true, "patchType": "JSONPatch", "patch": "%s"}}
                    """
                        .formatted(
                            uid,
                            Base64.getEncoder()
                                .encodeToString(patch.getBytes(StandardCharsets.UTF_8))))));
  }

  @Override
  public void close() {
    server.close();
  }
}
