package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.Waiting;
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
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A double of the transit secrets engine of HashiCorp Vault and OpenBao, as far as signing goes:
 * {@code keys/NAME}, {@code sign/NAME[/HASH]}, {@code verify/NAME[/HASH]} below one mount, in one
 * namespace.
 *
 * <p>Stricter than the real servers, to find a client's mistakes: members it does not know and
 * methods other than those of the published API are refused. Where the real servers have a default
 * that surprises, it has the same: RSA is PSS with the longest salt unless asked otherwise. It has
 * namespaces, which Vault's community edition ignores. What it says and with which status was
 * compared with Vault 1.14.3, against which {@code interop} runs the same suite.
 *
 * <p>Source: the HTTP API pages of Vault's and OpenBao's transit engine.
 */
public final class TransitServer implements AutoCloseable {

  private static final int MAX_BODY = 1 << 20;

  private final String token;
  private final String namespace;
  private final String mount;
  private final WireServer server;
  private final boolean tls;
  private final FaultSwitch faults = new FaultSwitch();
  private final Map<String, TransitServerKey> keys = new TreeMap<>();
  private volatile String unknownToken = "permission denied";

  private TransitServer(String token, String namespace, String mount, @Nullable SSLContext tls)
      throws IOException {
    this.token = token;
    this.namespace = namespace;
    this.mount = mount;
    this.tls = tls != null;
    this.server =
        tls == null
            ? WireServer.start(WireServer.loopback(), this::answer)
            : WireServer.startTls(WireServer.loopback(), tls, false, this::answer);
  }

  /**
   * Starts over plain HTTP.
   *
   * @param token the one token that may do everything
   * @param namespace the namespace that requests have to name; empty for none
   * @param mount where the engine is: {@code transit}
   */
  public static TransitServer start(String token, String namespace, String mount)
      throws IOException {
    return new TransitServer(token, namespace, mount, null);
  }

  /** As {@link #start}, over TLS. */
  public static TransitServer startTls(String token, String namespace, String mount, SSLContext tls)
      throws IOException {
    return new TransitServer(token, namespace, mount, tls);
  }

  /** {@code http://127.0.0.1:PORT}. */
  public String address() {
    return (tls ? "https" : "http") + "://127.0.0.1:" + server.address().getPort();
  }

  public int requests() {
    return faults.requests();
  }

  public void fail(KmsFault fault, int requests) {
    faults.set(fault, requests);
  }

  /**
   * Says about tokens it does not know what later releases say; 1.14 says {@code permission denied}
   * and no more.
   */
  public void explainUnknownTokens() {
    unknownToken = "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n";
  }

  /** Adds a key that encrypts and does not sign. */
  public synchronized void addSymmetricKey(String name) {
    keys.put(name, TransitServerKey.symmetric());
  }

  /** Adds a version; true when there is such a key. */
  public synchronized boolean rotate(String name) {
    TransitServerKey key = keys.get(name);
    if (key == null) {
      return false;
    }
    key.rotate();
    return true;
  }

  /** Raises {@code min_decryption_version} to the newest. */
  public synchronized void retireOldVersions(String name) {
    TransitServerKey key = keys.get(name);
    if (key != null) {
      key.retireOldVersions();
    }
  }

  public synchronized boolean delete(String name) {
    return keys.remove(name) != null;
  }

  /** A refusal. */
  private static final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;
    private final int status;
    private final String error;

    Refusal(int status, String error) {
      this.status = status;
      this.error = error;
    }
  }

  private WireResponse answer(WireRequest request, Waiting waiting) throws IOException {
    Optional<KmsFault> fault = faults.next();
    if (fault.isPresent()) {
      switch (fault.get()) {
        case SILENCE -> waiting.untilClosed();
        case THROTTLED -> {
          return errors(429, "request path \"transit\": rate limit quota exceeded");
        }
        case SERVER_ERROR -> {
          return errors(500, "internal error");
        }
        case NOT_PERMITTED -> {
          return errors(403, "1 error occurred:\n\t* permission denied\n\n");
        }
        case CLOCK_SKEW -> throw new IOException("transit looks at no clock");
      }
    }
    try {
      JsonObject data = serve(request);
      return json(
          200,
          JsonObject.builder()
              .put("request_id", "r")
              .put("lease_id", "")
              .put("renewable", false)
              .put("lease_duration", 0)
              .put("data", data)
              .put("wrap_info", JsonNull.INSTANCE)
              .put("warnings", JsonNull.INSTANCE)
              .put("auth", JsonNull.INSTANCE)
              .build());
    } catch (Refusal e) {
      return errors(e.status, e.error);
    } catch (MalformedInputException e) {
      return errors(400, "error parsing JSON");
    }
  }

  private static WireResponse errors(int status, String error) {
    return json(
        status,
        JsonObject.builder()
            .put("errors", error.isEmpty() ? JsonArray.EMPTY : JsonArray.of(new JsonString(error)))
            .build());
  }

  private static WireResponse json(int status, JsonObject body) {
    return WireResponse.of(status)
        .with("Content-Type", "application/json")
        .withBody(dev.bulla.testkit.http.WireBody.of(GoJson.write(body)));
  }

  private synchronized JsonObject serve(WireRequest request)
      throws Refusal, IOException, MalformedInputException {
    if (!request.rawQuery().isEmpty() || !request.path().startsWith("/v1/")) {
      throw new Refusal(404, "");
    }
    String given = request.headers().first("X-Vault-Token").orElse("");
    if (!given.equals(token)) {
      throw new Refusal(403, unknownToken);
    }
    String path = request.path().substring("/v1/".length());
    if (!request.headers().first("X-Vault-Namespace").orElse("").equals(namespace)
        || !path.startsWith(mount + "/")) {
      throw new Refusal(404, "no handler for route \"" + path + "\". route entry not found.");
    }
    String[] parts = path.substring(mount.length() + 1).split("/", -1);
    boolean write = request.method().equals("PUT") || request.method().equals("POST");
    if (parts[0].equals("keys") && parts.length == 2 && request.method().equals("GET")) {
      TransitServerKey key = keys.get(parts[1]);
      if (key == null) {
        throw new Refusal(404, "");
      }
      return key.document(parts[1]);
    }
    if (!write) {
      throw new Refusal(405, "1 error occurred:\n\t* unsupported operation\n\n");
    }
    Bytes text = LimitedInput.readAll(request.body(), MAX_BODY, "body");
    JsonObject body = JsonParser.parseObject(text, "body");
    if (parts[0].equals("keys") && parts.length == 2) {
      return create(parts[1], body);
    }
    boolean sign = parts[0].equals("sign");
    if (!(sign || parts[0].equals("verify")) || parts.length < 2 || parts.length > 3) {
      throw new Refusal(404, "1 error occurred:\n\t* unsupported path\n\n");
    }
    TransitServerKey key = keys.get(parts[1]);
    if (key == null) {
      throw new Refusal(
          400, sign ? "signing key not found" : "signature verification key not found");
    }
    if (!key.isSigning()) {
      throw new Refusal(400, "key type " + key.typeName() + " does not support signing");
    }
    HashAlgorithm hash = hash(parts.length == 3 ? parts[2] : "sha2-256");
    return sign ? sign(key, hash, body) : verify(key, hash, body);
  }

  private JsonObject create(String name, JsonObject body) throws Refusal {
    allow(body, Set.of("type"));
    KeyType type = TransitServerKey.typeNamed(text(body, "type"));
    if (type == null) {
      throw new Refusal(400, "unknown key type " + text(body, "type"));
    }
    keys.putIfAbsent(name, TransitServerKey.signing(type));
    return keys.get(name).document(name);
  }

  private static JsonObject sign(TransitServerKey key, HashAlgorithm hash, JsonObject body)
      throws Refusal, MalformedInputException {
    allow(body, Set.of("input", "prehashed", "key_version", "signature_algorithm", "salt_length"));
    int version = 0;
    if (body.get("key_version").isPresent()) {
      version = (int) number(body, "key_version");
    }
    version = version == 0 ? key.latest() : version;
    if (version > key.latest()) {
      throw new Refusal(
          500,
          "1 error occurred:\n\t* requested version for signing is higher than the latest key"
              + " version\n\n");
    }
    if (version < key.oldest()) {
      throw new Refusal(500, "1 error occurred:\n\t* no such key version\n\n");
    }
    ServiceKey.Scheme scheme = scheme(key, body);
    Bytes made = key.version(version).sign(scheme, hash, input(key, hash, body));
    return JsonObject.builder()
        .put("key_version", version)
        .put("signature", "vault:v" + version + ":" + Base64Text.encode(made))
        .build();
  }

  private static JsonObject verify(TransitServerKey key, HashAlgorithm hash, JsonObject body)
      throws Refusal, MalformedInputException {
    allow(body, Set.of("input", "prehashed", "signature", "signature_algorithm", "salt_length"));
    String[] signature = text(body, "signature").split(":", -1);
    if (signature.length != 3 || !signature[0].equals("vault") || !signature[1].startsWith("v")) {
      throw new Refusal(400, "invalid signature: no prefix");
    }
    int version = Integer.parseInt(signature[1].substring(1));
    if (version > key.latest() || version < 1) {
      throw new Refusal(400, "invalid signature: version is too new");
    }
    if (version < key.oldest()) {
      throw new Refusal(400, "ciphertext or signature version is disallowed by policy (too old)");
    }
    Bytes made;
    try {
      made = Base64Text.decode(signature[2], "signature");
    } catch (MalformedInputException e) {
      throw new Refusal(400, "invalid base64 signature value");
    }
    ServiceKey.Scheme scheme = scheme(key, body);
    if (scheme == ServiceKey.Scheme.ECDSA && !made.startsWith(Bytes.of((byte) 0x30))) {
      throw new Refusal(400, "supplied signature is invalid");
    }
    boolean valid = key.version(version).verifies(scheme, hash, input(key, hash, body), made);
    return JsonObject.builder().put("valid", valid).build();
  }

  private static ServiceKey.Scheme scheme(TransitServerKey key, JsonObject body) throws Refusal {
    if (key.type().family() != KeyType.Family.RSA) {
      return key.type() == KeyType.ED25519 ? ServiceKey.Scheme.ED25519 : ServiceKey.Scheme.ECDSA;
    }
    if (body.get("signature_algorithm").isPresent()
        && text(body, "signature_algorithm").equals("pkcs1v15")) {
      return ServiceKey.Scheme.PKCS1;
    }
    if (body.get("salt_length").isEmpty() || !text(body, "salt_length").equals("hash")) {
      throw new Refusal(400, "this double has PSS with salt_length hash only");
    }
    return ServiceKey.Scheme.PSS;
  }

  private static Bytes input(TransitServerKey key, HashAlgorithm hash, JsonObject body)
      throws Refusal, MalformedInputException {
    Bytes input = Base64Text.decode(text(body, "input"), "input");
    boolean prehashed = body.get("prehashed").orElse(JsonBoolean.FALSE).equals(JsonBoolean.TRUE);
    if (key.type() == KeyType.ED25519) {
      if (prehashed) {
        throw new Refusal(400, "this double has no Ed25519ph");
      }
      return input;
    }
    if (!prehashed) {
      var digest = hash.newDigest();
      input.feed(digest);
      return Bytes.owning(digest.digest());
    }
    if (input.size() != hash.lengthBytes()) {
      throw new Refusal(400, "unexpected length of digest for hash function specified");
    }
    return input;
  }

  private static HashAlgorithm hash(String name) throws Refusal {
    return switch (name) {
      case "sha2-256" -> HashAlgorithm.SHA256;
      case "sha2-384" -> HashAlgorithm.SHA384;
      case "sha2-512" -> HashAlgorithm.SHA512;
      default -> throw new Refusal(400, "invalid hash algorithm \"" + name + "\"");
    };
  }

  private static void allow(JsonObject body, Set<String> names) throws Refusal {
    List<String> unknown = new ArrayList<>();
    body.members().forEach(member -> unknown.add(member.name()));
    unknown.removeAll(names);
    if (!unknown.isEmpty()) {
      throw new Refusal(400, "unknown members " + unknown);
    }
  }

  private static String text(JsonObject body, String name) throws Refusal {
    JsonValue value = body.get(name).orElse(JsonBoolean.FALSE);
    if (value instanceof JsonString text) {
      return text.value();
    }
    throw new Refusal(400, "missing or mistyped " + name);
  }

  private static long number(JsonObject body, String name) throws Refusal, MalformedInputException {
    JsonValue value = body.get(name).orElse(JsonBoolean.FALSE);
    if (value instanceof JsonNumber number) {
      return number.longValue();
    }
    // the real servers read numbers out of strings, and cosign writes them so
    if (value instanceof JsonString text && text.value().matches("[0-9]{1,9}")) {
      return Long.parseLong(text.value());
    }
    throw new Refusal(400, "missing or mistyped " + name);
  }

  /** The public key of the newest version, for comparison. */
  public synchronized VerificationKey publicKey(String name) throws MalformedInputException {
    TransitServerKey key = keys.get(name);
    if (key == null) {
      throw new MalformedInputException("key", "there is none");
    }
    return VerificationKey.ofSpki(key.version(key.latest()).spki());
  }

  @Override
  public void close() {
    server.close();
  }
}
