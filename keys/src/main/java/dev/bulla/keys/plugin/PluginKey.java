package dev.bulla.keys.plugin;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.SigningInput;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One key behind a plugin program. Nothing is repeated: a program may ask a person each time. */
final class PluginKey implements KmsKey {

  private final PluginProcess process;
  private final PluginRequests requests;
  private @Nullable KmsKeyVersion version;

  PluginKey(PluginProcess process, PluginRequests requests) {
    this.process = process;
    this.requests = requests;
  }

  @Override
  public synchronized List<KmsKeyVersion> versions() throws KeyException {
    if (version == null) {
      version = publicKey("publicKey", process.ask(requests.publicKey(deadline()), Bytes.EMPTY));
    }
    return List.of(version);
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
    return algorithms;
  }

  @Override
  public KmsKeyVersion create(Optional<KeyType> type) throws KeyException {
    String algorithm = type.isPresent() ? algorithmFor(type.get()) : defaultAlgorithm();
    KmsKeyVersion made =
        publicKey("createKey", process.ask(requests.createKey(algorithm, deadline()), Bytes.EMPTY));
    synchronized (this) {
      version = made;
    }
    return made;
  }

  private String defaultAlgorithm() throws KeyException {
    String method = "defaultAlgorithm";
    JsonObject answer = process.ask(requests.plain(method, deadline()), Bytes.EMPTY);
    return text(member(answer, method), method);
  }

  /** The first of the program's own names that reads like this type. */
  private String algorithmFor(KeyType type) throws KeyException {
    String method = "supportedAlgorithms";
    JsonObject answer = process.ask(requests.plain(method, deadline()), Bytes.EMPTY);
    if (member(answer, method).get(method).orElse(JsonObject.EMPTY) instanceof JsonArray names) {
      for (JsonValue name : names.values()) {
        if (name instanceof JsonString text && readsLike(text.value(), type)) {
          return text.value();
        }
      }
    }
    throw KeyException.of(
        Problem.WRONG_KEY, "the key plugin makes no keys of type " + type, null, null);
  }

  private static boolean readsLike(String name, KeyType type) {
    String plain = name.toLowerCase(Locale.ROOT);
    return switch (type) {
      case EC_P256 -> plain.contains("p256") || plain.contains("p-256");
      case EC_P384 -> plain.contains("p384") || plain.contains("p-384");
      case EC_P521 -> plain.contains("p521") || plain.contains("p-521");
      case RSA_2048 -> plain.contains("rsa") && plain.contains("2048");
      case RSA_3072 -> plain.contains("rsa") && plain.contains("3072");
      case RSA_4096 -> plain.contains("rsa") && plain.contains("4096");
      case ED25519 -> plain.equals("ed25519");
    };
  }

  @Override
  public Bytes sign(SigningInput input) throws KeyException {
    JsonObject answer = process.ask(requests.sign(input, deadline()), message(input));
    try {
      return Base64Text.decode(text(member(answer, "signMessage"), "signature"), "signature");
    } catch (MalformedInputException e) {
      throw process.unusable(e.message(), e);
    }
  }

  /**
   * True, or a failure: the protocol has one word, an error, for "no" and for "could not find out",
   * and nobody is told "no" who may not have been looked at.
   */
  @Override
  public boolean verify(KmsKeyVersion asked, SigningInput input, Bytes signature)
      throws KeyException {
    JsonObject answer = process.ask(requests.verify(input, signature, deadline()), message(input));
    member(answer, "verifySignature");
    return true;
  }

  private static Bytes message(SigningInput input) {
    return input.isDigest() ? Bytes.EMPTY : input.bytes();
  }

  private Instant deadline() {
    return Instant.now().plus(process.patience());
  }

  private KmsKeyVersion publicKey(String method, JsonObject answer) throws KeyException {
    try {
      Bytes pem = Base64Text.decode(text(member(answer, method), "publicKeyPEM"), "publicKeyPEM");
      return new KmsKeyVersion("", VerificationKey.parsePem(pem, "public key"));
    } catch (MalformedInputException e) {
      throw process.unusable(e.message(), e);
    }
  }

  private JsonObject member(JsonObject answer, String method) throws KeyException {
    if (answer.get(method).orElse(JsonArray.EMPTY) instanceof JsonObject member) {
      return member;
    }
    throw process.unusable("no member " + method, null);
  }

  private String text(JsonObject member, String name) throws KeyException {
    if (member.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text) {
      return text.value();
    }
    throw process.unusable("no text " + name, null);
  }

  @Override
  public void close() {
    // each run of the program ended before its answer was read
  }
}
