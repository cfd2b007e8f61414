package dev.bulla.kms.k8s;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.key.Password;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.StoredKeys;
import dev.bulla.kms.k8s.api.ApiServer;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The key pair in one secret: members {@code cosign.key}, {@code cosign.pub}, {@code
 * cosign.password}.
 */
final class SecretKeys implements StoredKeys {

  private static final String PRIVATE_KEY = "cosign.key";
  private static final String PUBLIC_KEY = "cosign.pub";
  private static final String PASSWORD = "cosign.password";

  private final String namespace;
  private final String name;
  private final KmsFailures failures;
  private final SecretApi api;
  private @Nullable JsonObject data;

  SecretKeys(ApiServer server, String namespace, String name, KmsFailures failures) {
    this.namespace = namespace;
    this.name = name;
    this.failures = failures;
    this.api = new SecretApi(server, namespace, name, failures);
  }

  @Override
  public Bytes privateKey() throws KeyException {
    return member(PRIVATE_KEY);
  }

  @Override
  public Password password() throws KeyException {
    return Password.owning(member(PASSWORD).toByteArray());
  }

  @Override
  public Bytes publicKey() throws KeyException {
    return member(PUBLIC_KEY);
  }

  private synchronized Bytes member(String member) throws KeyException {
    if (data == null) {
      data =
          data(
              existing()
                  .orElseThrow(() ->
                      failures
                          .notFound("secrets \"" + name + "\" not found in namespace " + namespace)
                          .in("checking if secret exists")));
    }
    if (!(data.get(member).orElse(JsonObject.EMPTY) instanceof JsonString text)) {
      throw failures.wrongKey(
          "the secret has no " + member,
          "`bulla generate-key-pair k8s://NAMESPACE/SECRET` makes one that has",
          null);
    }
    try {
      return Base64Text.decode(text.value(), member);
    } catch (MalformedInputException e) {
      // not its message, which may show a part of the key
      throw failures.badAnswer(member + " is not base64", null);
    }
  }

  private Optional<JsonObject> existing() throws KeyException {
    try {
      return api.read();
    } catch (KeyException e) {
      throw e.in("checking if secret exists");
    }
  }

  private static JsonObject data(JsonObject secret) {
    return secret.get("data").orElse(JsonObject.EMPTY) instanceof JsonObject object
        ? object
        : JsonObject.EMPTY;
  }

  /** A secret with other members keeps them; one that holds a key pair stays as it is. */
  @Override
  public void store(Bytes privateKey, Password password, Bytes publicKey, Consumer<String> done)
      throws KeyException {
    Optional<JsonObject> there = existing();
    if (there.isPresent() && data(there.get()).get(PRIVATE_KEY).isPresent()) {
      throw failures
          .wrongKey(
              "it holds a key pair already, which stays as it is",
              "take another name, or delete the secret once nobody needs its key",
              null)
          .in(updating());
    }
    boolean immutable = api.knowsImmutable();
    JsonObject.Builder members = JsonObject.builder();
    if (there.isPresent()) {
      data(there.get()).members().stream()
          .filter(member -> !member.name().equals(PUBLIC_KEY) && !member.name().equals(PASSWORD))
          .forEach(member -> members.put(member.name(), member.value()));
    }
    members
        .put(PRIVATE_KEY, Base64Text.encode(privateKey))
        .put(PASSWORD, Base64Text.encode(Bytes.owning(password.copyBytes())))
        .put(PUBLIC_KEY, Base64Text.encode(publicKey));
    if (there.isPresent()) {
      try {
        api.replace(there.get(), members.build(), immutable);
      } catch (KeyException e) {
        throw e.in(updating());
      }
    } else {
      try {
        api.create(members.build(), immutable);
      } catch (KeyException e) {
        throw e.in("creating secret " + name + " in ns " + namespace);
      }
    }
    done.accept("Successfully created secret " + name + " in namespace " + namespace);
  }

  private String updating() {
    return "updating secret " + name + " in ns " + namespace;
  }

  @Override
  public synchronized void close() {
    data = null;
    api.close();
  }
}
