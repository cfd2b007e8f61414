package dev.bulla.kms.azure;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.SigningInput;
import dev.bulla.kms.azure.KeyVaultClient.Answer;
import dev.bulla.kms.azure.KeyVaultClient.Right;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One key in a vault, or one version of it. */
final class AzureKmsKey implements KmsKey {

  private static final String ENABLE =
      "`az keyvault key set-attributes --enabled true` enables a version, `… rotate` makes a new"
          + " one";

  private final AzureKeyReference reference;
  private final boolean isHsm;
  private final KeyVaultClient client;
  private final KmsFailures failures;
  private final KmsContext context;
  private @Nullable List<VaultKeyDocument> fetched;

  AzureKmsKey(
      AzureKeyReference reference,
      boolean isHsm,
      KeyVaultClient client,
      KmsFailures failures,
      KmsContext context) {
    this.reference = reference;
    this.isHsm = isHsm;
    this.client = client;
    this.failures = failures;
    this.context = context;
  }

  @Override
  public List<KmsKeyVersion> versions() throws KeyException {
    return fetched().stream().map(AzureKmsKey::version).toList();
  }

  private static KmsKeyVersion version(VaultKeyDocument document) {
    return new KmsKeyVersion(document.version(), document.publicKey());
  }

  @Override
  public List<SignatureAlgorithm> algorithms() throws KeyException {
    return AzureAlgorithms.of(fetched().get(0).publicKey().type());
  }

  private synchronized List<VaultKeyDocument> fetched() throws KeyException {
    if (fetched == null) {
      fetched = fetch(read(reference.version().orElse("")));
    }
    return fetched;
  }

  /** The one that signs, and the older ones when the reference names none. */
  private List<VaultKeyDocument> fetch(VaultKeyDocument signing) throws KeyException {
    if (!signing.enabled()) {
      throw failures.wrongKey(
          "the key's version " + signing.version() + " is disabled", ENABLE, null);
    }
    if (!signing.allows("sign") && !signing.allows("verify")) {
      throw failures.wrongKey(
          "specified key cannot be used to sign: its key_ops are " + signing.operations(),
          "signing needs a key whose key_ops include sign",
          null);
    }
    List<VaultKeyDocument> all = new ArrayList<>(List.of(signing));
    if (reference.version().isEmpty()) {
      for (String older : OlderVersions.of(reference.name(), client, failures, context)) {
        if (!older.equals(signing.version())) {
          readOlder(older).ifPresent(all::add);
        }
      }
    }
    return List.copyOf(all);
  }

  /** One of another type than can be verified was never one of ours. */
  private Optional<VaultKeyDocument> readOlder(String version) throws KeyException {
    try {
      VaultKeyDocument document = read(version);
      // it may have been disabled in between, and its signatures count no more
      return document.enabled() ? Optional.of(document) : Optional.empty();
    } catch (KeyException e) {
      if (e.problem() == KeyException.Problem.WRONG_KEY) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private VaultKeyDocument read(String version) throws KeyException {
    String path = reference.name() + "/" + version;
    Answer answer =
        client.askPermitted(version.isEmpty() ? reference.name() : path, Right.GET, null);
    if (!answer.isOk()) {
      throw refused(answer);
    }
    VaultKeyDocument document = VaultKeyDocument.parse(answer.body(), reference.name(), failures);
    if (!version.isEmpty() && !document.version().equals(version)) {
      throw failures.badAnswer("it is about another version of the key", null);
    }
    return document;
  }

  private KeyException refused(Answer answer) {
    return answer.status() == 404
        ? failures.notFound(answer.message())
        : failures.wrongKey(
            answer.message(),
            "a deleted key keeps its name for a while: `az keyvault key recover`, `… purge`",
            null);
  }

  @Override
  public KmsKeyVersion create(Optional<KeyType> type) throws KeyException {
    Answer answer = client.askPermitted(reference.name(), Right.GET, null);
    if (!answer.isOk()) {
      if (answer.status() != 404) {
        throw refused(answer);
      }
      answer =
          client.askPermitted(
              reference.name() + "/create", Right.CREATE, wish(type.orElse(KeyType.EC_P256)));
      if (!answer.isOk()) {
        throw refused(answer);
      }
    }
    VaultKeyDocument newest = VaultKeyDocument.parse(answer.body(), reference.name(), failures);
    if (reference.version().isPresent()) {
      // a version is the service's to name: the one that was asked for is there or is not
      newest = read(reference.version().get());
    }
    List<VaultKeyDocument> now = fetch(newest);
    synchronized (this) {
      fetched = now;
    }
    return version(now.get(0));
  }

  private JsonObject wish(KeyType type) throws KeyException {
    JsonObject.Builder wish = JsonObject.builder();
    String suffix = isHsm ? "-HSM" : "";
    switch (type) {
      case EC_P256 -> wish.put("kty", "EC" + suffix).put("crv", "P-256");
      case EC_P384 -> wish.put("kty", "EC" + suffix).put("crv", "P-384");
      case EC_P521 -> wish.put("kty", "EC" + suffix).put("crv", "P-521");
      case RSA_2048 -> wish.put("kty", "RSA" + suffix).put("key_size", 2048);
      case RSA_3072 -> wish.put("kty", "RSA" + suffix).put("key_size", 3072);
      case RSA_4096 -> wish.put("kty", "RSA" + suffix).put("key_size", 4096);
      case ED25519 ->
          throw failures.wrongKey(
              "Key Vault makes no keys of type " + type.description(),
              "choose P-256, P-384, P-521 or RSA",
              null);
    }
    return wish.put(
            "key_ops", JsonArray.of(List.of(new JsonString("sign"), new JsonString("verify"))))
        .put("attributes", JsonObject.builder().put("enabled", true).build())
        .put("tags", JsonObject.builder().put("use", "sigstore").build())
        .build();
  }

  @Override
  public Bytes sign(SigningInput input) throws KeyException {
    VaultKeyDocument key = fetched().get(0);
    KeyType type = key.publicKey().type();
    if (!AzureAlgorithms.of(type).contains(input.algorithm())) {
      throw failures.wrongKey(
          "a key of type " + type.description() + " does not sign by " + input.algorithm(),
          "leave the choice of the algorithm to the key",
          null);
    }
    if (!key.allows("sign")) {
      throw failures.wrongKey(
          "specified key cannot be used to sign: its key_ops are " + key.operations(),
          "`az keyvault key set-attributes --ops` changes them",
          null);
    }
    Answer answer =
        client.askPermitted(
            reference.name() + "/" + key.version() + "/sign",
            Right.SIGN,
            JsonObject.builder()
                .put("alg", AzureAlgorithms.name(input.algorithm()).orElseThrow())
                .put("value", unpadded(input.bytes()))
                .build());
    if (!answer.isOk()) {
      throw refused(answer);
    }
    String signer =
        VaultKeyDocument.version(
            EntraAnswer.text(answer.body(), "kid"), reference.name(), failures);
    Bytes signature;
    try {
      signature =
          Base64Text.decodeAnyVariant(EntraAnswer.text(answer.body(), "value"), "signature");
    } catch (MalformedInputException e) {
      throw failures.badAnswer(e.message(), e);
    }
    if (!signer.equals(key.version()) || signature.size() != AzureAlgorithms.signatureBytes(type)) {
      throw failures.badAnswer("it is no signature by this version of the key", null);
    }
    return type.family() == KeyType.Family.EC ? RawEcdsa.toDer(signature) : signature;
  }

  @Override
  public boolean verify(KmsKeyVersion version, SigningInput input, Bytes signature)
      throws KeyException {
    KeyType type = version.publicKey().type();
    Optional<Bytes> raw = raw(type, signature);
    Optional<String> algorithm = AzureAlgorithms.name(input.algorithm());
    if (raw.isEmpty() || algorithm.isEmpty() || !input.algorithm().fits(type)) {
      return false;
    }
    Answer answer =
        client.askPermitted(
            reference.name() + "/" + version.name() + "/verify",
            Right.VERIFY,
            JsonObject.builder()
                .put("alg", algorithm.get())
                .put("digest", unpadded(input.bytes()))
                .put("value", unpadded(raw.get()))
                .build());
    if (!answer.isOk()) {
      throw refused(answer);
    }
    return answer.body().get("value").equals(Optional.of(JsonBoolean.TRUE));
  }

  /** Base64 as JOSE has it (RFC 7515 §2). */
  private static String unpadded(Bytes bytes) {
    return Base64Text.encodeUrlSafe(bytes).replace("=", "");
  }

  /**
   * As the service wants it. Older versions of cosign cut RSA signatures in two and wrapped the
   * halves as if they were the numbers of ECDSA.
   */
  private static Optional<Bytes> raw(KeyType type, Bytes signature) {
    int length = AzureAlgorithms.signatureBytes(type);
    if (type.family() == KeyType.Family.RSA && signature.size() == length) {
      return Optional.of(signature);
    }
    return RawEcdsa.fromDer(signature, length / 2);
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public String toString() {
    return "AzureKmsKey[" + reference.address() + "/keys/" + reference.name() + "]";
  }
}
