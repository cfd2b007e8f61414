package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.Waiting;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A double of the variables of GitLab ({@code /api/v4}) and of the Actions secrets of a GitHub
 * Enterprise server ({@code /api/v3}), in one project {@code team/app}, number 7, and one group or
 * organisation {@code team}. Strict: a missing token, unknown members and unknown paths are
 * refused; a variable that is there is not made again; secrets have to be sealed for the key that
 * was handed out, and come back to no caller.
 *
 * <p>Source: the REST references of GitLab (project-level and group-level variables) and GitHub
 * (Actions secrets).
 */
public final class GitHostServer implements AutoCloseable {

  private static final int MAX_BODY = 1 << 20;
  private static final String KEY_ID = "568250167242549743";
  private static final Set<String> GITLAB_PLACES =
      Set.of("projects/team/app", "projects/7", "groups/team");
  private static final Set<String> GITHUB_PLACES = Set.of("repos/team/app", "orgs/team");

  private final String token;
  private final WireServer server;
  private final FaultSwitch faults = new FaultSwitch();
  private final SealedBoxOpener opener = new SealedBoxOpener();
  private final Map<String, String> values = new TreeMap<>();
  private final List<String> order = new ArrayList<>();

  private GitHostServer(String token) throws IOException {
    this.token = token;
    this.server = WireServer.start(WireServer.loopback(), this::answer);
  }

  /**
   * Starts over plain HTTP.
   *
   * @param token the one that may do everything
   */
  public static GitHostServer start(String token) throws IOException {
    return new GitHostServer(token);
  }

  /** {@code http://127.0.0.1:PORT}. */
  public String address() {
    return "http://127.0.0.1:" + server.address().getPort();
  }

  public void fail(KmsFault fault, int requests) {
    faults.set(fault, requests);
  }

  /**
   * A value, opened where it came sealed.
   *
   * @param place {@code projects/team/app}, {@code groups/team}, {@code repos/team/app}, {@code
   *     orgs/team}
   */
  public synchronized Optional<String> value(String place, String name) {
    return Optional.ofNullable(values.get(place + " " + name));
  }

  /** The names in the order in which they were written. */
  public synchronized List<String> written() {
    return List.copyOf(order);
  }

  /** A refusal. */
  private static final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;
    private final int status;

    Refusal(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  private WireResponse answer(WireRequest request, Waiting waiting) throws IOException {
    Optional<KmsFault> fault = faults.next();
    if (fault.isPresent()) {
      switch (fault.get()) {
        case SILENCE -> waiting.untilClosed();
        case THROTTLED -> {
          return refusal(429, "Too Many Requests");
        }
        case SERVER_ERROR -> {
          return refusal(500, "Internal Server Error");
        }
        case NOT_PERMITTED -> {
          return refusal(403, "403 Forbidden");
        }
        case CLOCK_SKEW -> throw new IOException("a Git host looks at no clock");
      }
    }
    try {
      if (request.target().startsWith("/api/v4/")) {
        return gitLab(request, request.target().substring("/api/v4/".length()));
      }
      if (request.path().startsWith("/api/v3/")) {
        return gitHub(request, request.path().substring("/api/v3/".length()));
      }
      throw new Refusal(404, "404 Not Found");
    } catch (Refusal e) {
      return refusal(e.status, String.valueOf(e.getMessage()));
    } catch (MalformedInputException e) {
      return refusal(400, e.message());
    }
  }

  private static WireResponse refusal(int status, String message) {
    return json(status, JsonObject.builder().put("message", message).build());
  }

  private static WireResponse json(int status, JsonObject body) {
    return WireResponse.of(status)
        .with("Content-Type", "application/json")
        .withBody(WireBody.of(GoJson.write(body)));
  }

  private synchronized WireResponse gitLab(WireRequest request, String path)
      throws Refusal, IOException, MalformedInputException {
    String given = request.headers().first("PRIVATE-TOKEN").orElse("");
    if (!given.equals(token)) {
      throw new Refusal(401, "401 Unauthorized");
    }
    String[] parts = path.split("/", -1);
    if (parts.length < 2) {
      throw new Refusal(404, "404 Not Found");
    }
    String place = parts[0] + "/" + URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
    if (!GITLAB_PLACES.contains(place)) {
      throw new Refusal(
          404, "404 " + (parts[0].equals("groups") ? "Group" : "Project") + " Not Found");
    }
    place = place.equals("projects/7") ? "projects/team/app" : place;
    boolean variables = parts.length > 2 && parts[2].equals("variables");
    if (request.method().equals("GET") && parts.length == 2) {
      return json(200, JsonObject.builder().put("id", 7).put("path", "app").build());
    }
    if (request.method().equals("GET") && variables && parts.length == 4) {
      String value = values.get(place + " " + parts[3]);
      if (value == null) {
        throw new Refusal(404, "404 Variable Not Found");
      }
      return json(200, JsonObject.builder().put("key", parts[3]).put("value", value).build());
    }
    if (!request.method().equals("POST") || !variables || parts.length != 3) {
      throw new Refusal(405, "405 Method Not Allowed");
    }
    JsonObject body = body(request);
    allow(body, "key", "value", "variable_type", "protected", "masked", "environment_scope");
    String name = text(body, "key");
    if (values.containsKey(place + " " + name)) {
      return json(
          400,
          JsonObject.builder()
              .put(
                  "message",
                  JsonObject.builder()
                      .put(
                          "key",
                          JsonArray.of(new JsonString("(" + name + ") has already been taken")))
                      .build())
              .build());
    }
    if (!text(body, "variable_type").equals("env_var")
        || !body.get("protected").orElse(JsonNull.INSTANCE).equals(JsonBoolean.FALSE)
        || !body.get("masked").orElse(JsonNull.INSTANCE).equals(JsonBoolean.FALSE)) {
      throw new Refusal(400, "this double takes plain variables only");
    }
    keep(place, name, text(body, "value"));
    return json(201, body);
  }

  private synchronized WireResponse gitHub(WireRequest request, String path)
      throws Refusal, IOException, MalformedInputException {
    if (!request.headers().first("Authorization").orElse("").equals("Bearer " + token)) {
      throw new Refusal(401, "Bad credentials");
    }
    int actions = path.indexOf("/actions/secrets/");
    String place = actions < 0 ? path : path.substring(0, actions);
    if (actions < 0 || !GITHUB_PLACES.contains(place)) {
      throw new Refusal(404, "Not Found");
    }
    String name = path.substring(actions + "/actions/secrets/".length());
    if (request.method().equals("GET") && name.equals("public-key")) {
      return json(
          200,
          JsonObject.builder()
              .put("key_id", KEY_ID)
              .put("key", Base64Text.encode(opener.publicKey()))
              .build());
    }
    if (!request.method().equals("PUT") || !name.matches("[A-Z_]{1,64}")) {
      throw new Refusal(404, "Not Found");
    }
    JsonObject body = body(request);
    boolean organization = place.startsWith("orgs/");
    if (organization) {
      allow(body, "encrypted_value", "key_id", "visibility");
    } else {
      allow(body, "encrypted_value", "key_id");
    }
    if (!text(body, "key_id").equals(KEY_ID)) {
      throw new Refusal(422, "Bad request - Public key version mismatch");
    }
    Bytes opened =
        opener
            .open(Base64Text.decode(text(body, "encrypted_value"), "encrypted_value"))
            .orElseThrow(
                () -> new Refusal(422, "Improperly encrypted secret, please encrypt your secret"));
    keep(place, name, opened.toUtf8String("secret"));
    return json(201, JsonObject.EMPTY);
  }

  private void keep(String place, String name, String value) {
    values.put(place + " " + name, value);
    order.add(name);
  }

  private static JsonObject body(WireRequest request)
      throws IOException, MalformedInputException, Refusal {
    if (!request.headers().first("Content-Type").orElse("").startsWith("application/json")) {
      throw new Refusal(415, "only JSON is read here");
    }
    return JsonParser.parseObject(LimitedInput.readAll(request.body(), MAX_BODY, "body"), "body");
  }

  /** These members; one that clients may leave out is missing in the real host's documents too. */
  private static void allow(JsonObject body, String... names) throws Refusal {
    List<String> unknown = new ArrayList<>();
    body.members().forEach(member -> unknown.add(member.name()));
    unknown.removeAll(List.of(names));
    if (!unknown.isEmpty()) {
      throw new Refusal(400, "unknown members " + unknown);
    }
  }

  private static String text(JsonObject body, String name) throws Refusal {
    if (body.get(name).orElse(JsonNull.INSTANCE) instanceof JsonString text) {
      return text.value();
    }
    throw new Refusal(400, name + " is missing");
  }

  @Override
  public void close() {
    server.close();
  }
}
