package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.Waiting;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A double of AWS KMS in one region and one account, as far as signing goes: CreateKey,
 * CreateAlias, DescribeKey, GetPublicKey, Sign, Verify.
 *
 * <p>Stricter than the service, to find a client's mistakes: members it does not know are refused,
 * and every request has to be signed with the one access key for this region and for {@code kms}.
 * The signature of the request itself is not recomputed.
 *
 * <p>Source: the AWS KMS API reference.
 */
public final class AwsKmsServer implements AutoCloseable {

  /** Where it claims to be. */
  public static final String REGION = "us-east-2";

  /** Whose keys it has. */
  public static final String ACCOUNT = "111122223333";

  private static final int MAX_BODY = 1 << 20;
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([^/]+)/[0-9]{8}/([^/]+)/kms/aws4_request,"
              + " SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}");

  private final String accessKey;
  private final WireServer server;
  private final boolean tls;
  private final FaultSwitch faults = new FaultSwitch();
  private final Map<String, AwsKmsServerKey> keys = new TreeMap<>();
  private final Map<String, String> aliases = new TreeMap<>();

  private AwsKmsServer(String accessKey, @Nullable SSLContext tls) throws IOException {
    this.accessKey = accessKey;
    this.tls = tls != null;
    this.server =
        tls == null
            ? WireServer.start(WireServer.loopback(), this::answer)
            : WireServer.startTls(WireServer.loopback(), tls, false, this::answer);
  }

  /** Starts over plain HTTP, for one access key id. */
  public static AwsKmsServer start(String accessKey) throws IOException {
    return new AwsKmsServer(accessKey, null);
  }

  /** As {@link #start}, over TLS: what references with an endpoint want. */
  public static AwsKmsServer startTls(String accessKey, SSLContext tls) throws IOException {
    return new AwsKmsServer(accessKey, tls);
  }

  /** {@code 127.0.0.1:PORT}. */
  public String host() {
    return "127.0.0.1:" + server.address().getPort();
  }

  /** {@code http://127.0.0.1:PORT}. */
  public String address() {
    return (tls ? "https://" : "http://") + host();
  }

  public int requests() {
    return faults.requests();
  }

  public void fail(KmsFault fault, int requests) {
    faults.set(fault, requests);
  }

  /** Adds a key with an id of the caller's, for an alias; for the examples of documents. */
  public synchronized void add(String keyId, String alias, String spec) {
    keys.put(keyId, AwsKmsServerKey.of(spec));
    aliases.put("alias/" + alias, keyId);
  }

  /** Adds a key that encrypts. */
  public synchronized void addSymmetricKey(String alias) {
    add(UUID.randomUUID().toString(), alias, "SYMMETRIC_DEFAULT");
  }

  /** Lets the key of this alias wait for its deletion. */
  public synchronized boolean scheduleDeletion(String alias) {
    return setState(alias, "PendingDeletion");
  }

  /** Disables the key of this alias. */
  public synchronized boolean disable(String alias) {
    return setState(alias, "Disabled");
  }

  private boolean setState(String alias, String state) {
    String id = aliases.get("alias/" + alias);
    AwsKmsServerKey key = id == null ? null : keys.get(id);
    if (key == null) {
      return false;
    }
    key.setState(state);
    return true;
  }

  /** A refusal. */
  static final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;
    private final String type;
    private final String text;

    Refusal(String type, String text) {
      this.type = type;
      this.text = text;
    }
  }

  private WireResponse answer(WireRequest request, Waiting waiting) throws IOException {
    String operation =
        request.headers().first("X-Amz-Target").orElse("").replaceFirst("^TrentService\\.", "");
    Optional<KmsFault> fault = faults.next();
    if (fault.isPresent()) {
      switch (fault.get()) {
        case SILENCE -> waiting.untilClosed();
        case THROTTLED -> {
          return error(400, "ThrottlingException", "Rate exceeded");
        }
        case SERVER_ERROR -> {
          return error(500, "KMSInternalException", "internal failure");
        }
        case NOT_PERMITTED -> {
          return error(
              400,
              "AccessDeniedException",
              "User: arn:aws:iam::"
                  + ACCOUNT
                  + ":user/u is not authorized to perform: kms:"
                  + operation);
        }
        case CLOCK_SKEW -> {
          return error(
              400,
              "InvalidSignatureException",
              "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z");
        }
      }
    }
    try {
      return json(200, serve(request, operation));
    } catch (Refusal e) {
      return error(400, e.type, e.text);
    } catch (MalformedInputException e) {
      return error(400, "SerializationException", e.message());
    }
  }

  private static WireResponse error(int status, String type, String message) {
    return json(status, JsonObject.builder().put("__type", type).put("message", message).build());
  }

  private static WireResponse json(int status, JsonObject body) {
    return WireResponse.of(status)
        .with("Content-Type", "application/x-amz-json-1.1")
        .withBody(WireBody.of(GoJson.write(body)));
  }

  private synchronized JsonObject serve(WireRequest request, String operation)
      throws Refusal, IOException, MalformedInputException {
    if (!request.method().equals("POST") || !request.target().equals("/")) {
      throw new Refusal("UnknownOperationException", "POST / is all there is");
    }
    if (!request.headers().first("Content-Type").orElse("").equals("application/x-amz-json-1.1")) {
      throw new Refusal("SerializationException", "wrong content type");
    }
    Matcher authorization =
        AUTHORIZATION.matcher(request.headers().first("Authorization").orElse(""));
    if (!authorization.matches() || !request.headers().has("X-Amz-Date")) {
      throw new Refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    if (!authorization.group(1).equals(accessKey)) {
      throw new Refusal(
          "UnrecognizedClientException", "The security token included in the request is invalid.");
    }
    if (!authorization.group(2).equals(REGION)) {
      throw new Refusal(
          "InvalidSignatureException", "Credential should be scoped to a valid region.");
    }
    JsonObject body =
        JsonParser.parseObject(LimitedInput.readAll(request.body(), MAX_BODY, "body"), "body");
    return switch (operation) {
      case "CreateKey" -> createKey(body);
      case "CreateAlias" -> createAlias(body);
      case "DescribeKey" -> {
        allow(body, Set.of("KeyId"));
        String id = id(body);
        yield JsonObject.builder().put("KeyMetadata", key(id).metadata(id)).build();
      }
      case "GetPublicKey" -> {
        allow(body, Set.of("KeyId"));
        String id = id(body);
        yield key(id).publicKey(arn("key/" + id));
      }
      case "Sign" -> sign(body);
      case "Verify" -> verify(body);
      default -> throw new Refusal("UnknownOperationException", operation);
    };
  }

  static String arn(String resource) {
    return "arn:aws:kms:" + REGION + ":" + ACCOUNT + ":" + resource;
  }

  private JsonObject createKey(JsonObject body) throws Refusal {
    allow(body, Set.of("KeySpec", "KeyUsage", "Description"));
    if (!text(body, "KeyUsage").equals("SIGN_VERIFY")) {
      throw new Refusal("ValidationException", "KeyUsage");
    }
    String id = UUID.randomUUID().toString();
    AwsKmsServerKey key = AwsKmsServerKey.of(text(body, "KeySpec"));
    keys.put(id, key);
    return JsonObject.builder().put("KeyMetadata", key.metadata(id)).build();
  }

  private JsonObject createAlias(JsonObject body) throws Refusal {
    allow(body, Set.of("AliasName", "TargetKeyId"));
    String alias = text(body, "AliasName");
    if (!alias.matches("alias/[a-zA-Z0-9/_-]+") || alias.startsWith("alias/aws/")) {
      throw new Refusal("InvalidAliasNameException", alias);
    }
    if (aliases.containsKey(alias)) {
      throw new Refusal("AlreadyExistsException", "An alias with the name already exists");
    }
    aliases.put(alias, resolve(text(body, "TargetKeyId")));
    return JsonObject.EMPTY;
  }

  private JsonObject sign(JsonObject body) throws Refusal, MalformedInputException {
    allow(body, Set.of("KeyId", "Message", "MessageType", "SigningAlgorithm"));
    String id = id(body);
    Bytes signature =
        key(id)
            .sign(
                text(body, "SigningAlgorithm"),
                digest(body),
                Base64Text.decode(text(body, "Message"), "Message"));
    return JsonObject.builder()
        .put("KeyId", arn("key/" + id))
        .put("Signature", Base64Text.encode(signature))
        .put("SigningAlgorithm", text(body, "SigningAlgorithm"))
        .build();
  }

  private JsonObject verify(JsonObject body) throws Refusal, MalformedInputException {
    allow(body, Set.of("KeyId", "Message", "MessageType", "Signature", "SigningAlgorithm"));
    String id = id(body);
    if (!key(id)
        .verifies(
            text(body, "SigningAlgorithm"),
            digest(body),
            Base64Text.decode(text(body, "Message"), "Message"),
            Base64Text.decode(text(body, "Signature"), "Signature"))) {
      throw new Refusal("KMSInvalidSignatureException", "");
    }
    return JsonObject.builder().put("KeyId", arn("key/" + id)).put("SignatureValid", true).build();
  }

  private static boolean digest(JsonObject body) throws Refusal {
    String type = body.get("MessageType").isPresent() ? text(body, "MessageType") : "RAW";
    if (!type.equals("DIGEST") && !type.equals("RAW")) {
      throw new Refusal("ValidationException", "MessageType");
    }
    return type.equals("DIGEST");
  }

  private String id(JsonObject body) throws Refusal {
    return resolve(text(body, "KeyId"));
  }

  /** From any of the four forms of a key's name to its id. */
  private String resolve(String name) throws Refusal {
    String local = name;
    if (name.startsWith("arn:")) {
      if (!name.startsWith(arn(""))) {
        throw new Refusal("NotFoundException", "Invalid arn " + name.split(":", -1)[3]);
      }
      local = name.substring(arn("").length()).replaceFirst("^key/", "");
    }
    if (local.startsWith("alias/")) {
      String target = aliases.get(local);
      if (target == null) {
        throw new Refusal("NotFoundException", "Alias " + arn(local) + " is not found.");
      }
      return target;
    }
    if (!keys.containsKey(local)) {
      throw new Refusal("NotFoundException", "Key '" + arn("key/" + local) + "' does not exist");
    }
    return local;
  }

  private AwsKmsServerKey key(String id) throws Refusal {
    AwsKmsServerKey key = keys.get(id);
    if (key == null) {
      throw new Refusal("NotFoundException", "Key '" + arn("key/" + id) + "' does not exist");
    }
    return key;
  }

  private static void allow(JsonObject body, Set<String> names) throws Refusal {
    List<String> unknown = new ArrayList<>();
    body.members().forEach(member -> unknown.add(member.name()));
    unknown.removeAll(names);
    if (!unknown.isEmpty()) {
      throw new Refusal("SerializationException", "unknown members " + unknown);
    }
  }

  private static String text(JsonObject body, String name) throws Refusal {
    JsonValue value = body.get(name).orElse(JsonBoolean.FALSE);
    if (value instanceof JsonString text) {
      return text.value();
    }
    throw new Refusal("ValidationException", "missing or mistyped " + name);
  }

  static JsonArray texts(List<String> values) {
    return JsonArray.of(values.stream().map(JsonString::new).toList());
  }

  @Override
  public void close() {
    server.close();
  }
}
