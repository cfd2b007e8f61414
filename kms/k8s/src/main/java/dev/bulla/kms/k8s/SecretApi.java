package dev.bulla.kms.k8s;

import dev.bulla.error.KeyException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.kms.k8s.api.ApiServer;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The four requests: the server's version; one secret, read, made and changed. */
final class SecretApi implements AutoCloseable {

  private static final Pattern VERSION = Pattern.compile("v?([0-9]{1,4})\\.([0-9]{1,4}).*");

  /** Since this minor version of 1, secrets can be made immutable for good. */
  private static final int IMMUTABLE_SINCE = 21;

  private final ApiServer server;
  private final String namespace;
  private final String name;
  private final KmsFailures failures;

  SecretApi(ApiServer server, String namespace, String name, KmsFailures failures) {
    this.server = server;
    this.namespace = namespace;
    this.name = name;
    this.failures = failures;
  }

  boolean knowsImmutable() throws KeyException {
    Optional<JsonObject> version = server.get("/version", "get /version");
    Matcher parts = VERSION.matcher(version.map(found -> text(found, "gitVersion")).orElse(""));
    if (!parts.matches()) {
      throw failures.badAnswer("no version", null);
    }
    int major = Integer.parseInt(parts.group(1));
    return major > 1 || (major == 1 && Integer.parseInt(parts.group(2)) >= IMMUTABLE_SINCE);
  }

  Optional<JsonObject> read() throws KeyException {
    return server.get(path() + "/" + name, verb("get"));
  }

  void create(JsonObject data, boolean immutable) throws KeyException {
    JsonObject.Builder secret =
        JsonObject.builder()
            .put("kind", "Secret")
            .put("apiVersion", "v1")
            .put(
                "metadata",
                JsonObject.builder().put("name", name).put("namespace", namespace).build())
            .put("data", data)
            .put("type", "Opaque");
    if (immutable) {
      secret.put("immutable", true);
    }
    server.create(path(), secret.build(), verb("create"));
  }

  /** Its resource version goes along, so that a change in between is noticed and not undone. */
  void replace(JsonObject secret, JsonObject data, boolean immutable) throws KeyException {
    JsonObject.Builder changed = JsonObject.builder();
    secret.members().stream()
        .filter(member -> !member.name().equals("data") && !member.name().equals("immutable"))
        .forEach(member -> changed.put(member.name(), member.value()));
    changed.put("data", data);
    if (immutable) {
      changed.put("immutable", true);
    }
    server.replace(path() + "/" + name, changed.build(), verb("update"));
  }

  private String path() {
    return "/api/v1/namespaces/" + namespace + "/secrets";
  }

  private String verb(String verb) {
    return verb + " on secrets in namespace " + namespace;
  }

  private static String text(JsonObject object, String name) {
    return object.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text ? text.value() : "";
  }

  @Override
  public void close() {
    server.close();
  }
}
