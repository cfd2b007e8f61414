package dev.bulla.kms.vault;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.SigningInput;
import dev.bulla.kms.vault.TransitClient.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One key of a transit engine. */
final class TransitKey implements KmsKey {

  private static final String READ = "read";
  private static final String UPDATE = "update";

  private final String reference;
  private final String name;
  private final VaultSettings settings;
  private final KmsFailures failures;
  private final TransitClient client;
  private @Nullable List<KmsKeyVersion> versions;

  TransitKey(String reference, String name, VaultSettings settings) {
    this.reference = reference;
    this.name = name;
    this.settings = settings;
    this.failures =
        new KmsFailures(reference.startsWith("openbao") ? "OpenBao" : "Vault", reference);
    this.client = new TransitClient(settings, failures);
  }

  @Override
  public synchronized List<KmsKeyVersion> versions() throws KeyException {
    if (versions == null) {
      Answer answer = read();
      if (answer.status() == 404) {
        throw failures.notFound(
            "could not read data from transit key path: /" + settings.mount() + "/keys/" + name);
      }
      versions = TransitKeyDocument.versions(accepted(answer), settings.onlyVersion(), failures);
    }
    return versions;
  }

  private Answer read() throws KeyException {
    return client.ask("keys/" + name, READ, null);
  }

  private JsonObject accepted(Answer answer) throws KeyException {
    if (!answer.isOk()) {
      throw failures.refused(answer.shown(), null);
    }
    return answer.data();
  }

  @Override
  public List<SignatureAlgorithm> algorithms() throws KeyException {
    KeyType type = versions().get(0).publicKey().type();
    List<SignatureAlgorithm> algorithms = new ArrayList<>();
    algorithms.add(SignatureAlgorithm.natural(type));
    for (HashAlgorithm hash : HashAlgorithm.values()) {
      SignatureAlgorithm.of(type, hash)
          .filter(other -> !algorithms.contains(other))
          .ifPresent(algorithms::add);
    }
    if (type.family() == KeyType.Family.RSA) {
      algorithms.add(SignatureAlgorithm.RSA_PSS_SHA256);
    }
    return algorithms;
  }

  @Override
  public KmsKeyVersion create(Optional<KeyType> type) throws KeyException {
    // a key that is there needs no right to make one
    if (read().status() == 404) {
      JsonObject body =
          JsonObject.builder()
              .put("type", TransitKeyDocument.typeName(type.orElse(KeyType.EC_P256)))
              .build();
      accepted(client.ask("keys/" + name, UPDATE, body));
    }
    forget();
    return versions().get(0);
  }

  private synchronized void forget() {
    versions = null;
  }

  @Override
  public Bytes sign(SigningInput input) throws KeyException {
    KmsKeyVersion version = versions().get(0);
    Answer answer =
        client.ask(
            path("sign/", input),
            UPDATE,
            body(input).put("key_version", Long.parseLong(version.name())).build());
    if (!answer.isOk()) {
      throw refusal(answer);
    }
    String prefix = prefix(version);
    if (!(answer.data().get("signature").orElse(JsonObject.EMPTY) instanceof JsonString text)
        || !text.value().startsWith(prefix)) {
      throw failures.badAnswer("no signature by version " + version.name(), null);
    }
    try {
      return Base64Text.decode(text.value().substring(prefix.length()), "signature");
    } catch (MalformedInputException e) {
      throw failures.badAnswer(e.message(), e);
    }
  }

  @Override
  public boolean verify(KmsKeyVersion version, SigningInput input, Bytes signature)
      throws KeyException {
    Answer answer =
        client.ask(
            path("verify/", input),
            UPDATE,
            body(input).put("signature", prefix(version) + Base64Text.encode(signature)).build());
    if (!answer.isOk()) {
      if (answer.status() == 400 && answer.mentions("signature")) {
        // what is no signature at all is refused with an error instead of a false
        return false;
      }
      throw refusal(answer);
    }
    return answer.data().get("valid").orElse(JsonObject.EMPTY) instanceof JsonBoolean valid
        && valid.value();
  }

  private String path(String operation, SigningInput input) {
    String path = operation + name;
    return input.isDigest() ? path + "/sha2-" + input.hash().lengthBytes() * 8 : path;
  }

  private static JsonObject.Builder body(SigningInput input) {
    JsonObject.Builder body =
        JsonObject.builder()
            .put("input", Base64Text.encode(input.bytes()))
            .put("prehashed", input.isDigest());
    switch (input.algorithm()) {
      case RSA_PSS_SHA256 ->
          // the server's own choice is the longest salt, which few others read
          body.put("signature_algorithm", "pss").put("salt_length", "hash");
      case RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512 ->
          // also on verifying, where the server would take PSS for granted
          body.put("signature_algorithm", "pkcs1v15");
      default -> {}
    }
    return body;
  }

  private static String prefix(KmsKeyVersion version) {
    return "vault:v" + version.name() + ":";
  }

  private KeyException refusal(Answer answer) {
    if (answer.status() == 404 || answer.mentions("key not found")) {
      return failures.notFound("there is no such key any more");
    }
    if (answer.mentions("does not support")
        || answer.mentions("too old")
        || answer.mentions("disabled")
        || answer.mentions("soft deleted")
        || answer.mentions("minimum")) {
      return failures.wrongKey(
          answer.shown(),
          "see what the key may do: `vault read " + settings.mount() + "/keys/" + name + "`",
          null);
    }
    return failures.refused(answer.shown(), null);
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public String toString() {
    return "TransitKey[" + reference + "]";
  }
}
