package dev.bulla.kms.gcp;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.SigningInput;
import dev.bulla.kms.gcp.GcpClient.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** One key in Cloud KMS, or one version of it. */
final class GcpKmsKey implements KmsKey {

  private static final String VIEW = "cloudkms.cryptoKeyVersions.viewPublicKey";
  private static final String ENABLE =
      "`gcloud kms keys versions enable` and `… restore` bring a version back";
  private static final Duration GENERATION = Duration.ofSeconds(20);
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  /** What was fetched: a version, and how it signs. */
  private record Fetched(KmsKeyVersion version, SignatureAlgorithm algorithm) {}

  private final GcpKeyReference reference;
  private final GcpClient client;
  private final KmsFailures failures;
  private @Nullable List<Fetched> fetched;

  GcpKmsKey(GcpKeyReference reference, GcpClient client, KmsFailures failures) {
    this.reference = reference;
    this.client = client;
    this.failures = failures;
  }

  @Override
  public List<KmsKeyVersion> versions() throws KeyException {
    return fetched().stream().map(Fetched::version).toList();
  }

  /** A version signs in one way only. */
  @Override
  public List<SignatureAlgorithm> algorithms() throws KeyException {
    return List.of(fetched().get(0).algorithm());
  }

  private synchronized List<Fetched> fetched() throws KeyException {
    if (fetched == null) {
      fetched = fetch();
    }
    return fetched;
  }

  /** A reference to one version asks for its public key and nothing else: one right is enough. */
  private List<Fetched> fetch() throws KeyException {
    if (reference.version().isPresent()) {
      return List.of(read(reference.version().get()));
    }
    List<GcpVersions.Listed> listed = GcpVersions.enabled(reference, client, failures);
    List<Fetched> read = new ArrayList<>();
    for (GcpVersions.Listed version : listed) {
      boolean signs = read.isEmpty();
      if (signs) {
        read.add(read(version.number()));
      } else if (GcpAlgorithms.of(version.algorithm()).isPresent()) {
        Answer answer = askForPublicKey(version.number());
        if (answer.isOk()) {
          // else it was disabled in between, and its signatures count no more
          read.add(parse(version.number(), answer));
        }
      }
    }
    return List.copyOf(read);
  }

  private Fetched read(String number) throws KeyException {
    Answer answer = askForPublicKey(number);
    if (!answer.isOk()) {
      throw refused(answer);
    }
    return parse(number, answer);
  }

  private Answer askForPublicKey(String number) throws KeyException {
    return client.ask(reference.version(number) + "/publicKey", VIEW, null);
  }

  private KeyException refused(Answer answer) {
    return answer.status().equals("NOT_FOUND")
        ? failures.notFound(answer.message())
        : failures.wrongKey(answer.message(), ENABLE, null);
  }

  private Fetched parse(String number, Answer answer) throws KeyException {
    String name = answer.text("algorithm");
    SignatureAlgorithm algorithm =
        GcpAlgorithms.of(name).orElseThrow(() -> GcpVersions.unsupported(failures, name));
    Bytes pem = Bytes.utf8(answer.text("pem"));
    expectSameVersion(number, answer);
    if (!crc32c(pem).equals(answer.text("pemCrc32c"))) {
      throw failures.badAnswer("GetPublicKey: response corrupted in-transit", null);
    }
    try {
      VerificationKey key = VerificationKey.parsePem(pem, "public key");
      if (!algorithm.fits(key.type())) {
        throw failures.badAnswer("the public key does not fit " + Quoted.plain(name), null);
      }
      return new Fetched(new KmsKeyVersion(number, key.signingBy(algorithm)), algorithm);
    } catch (MalformedInputException e) {
      throw failures.badAnswer(e.message(), e);
    }
  }

  /** The project may be answered by its number where it was asked by its id, and the reverse. */
  private void expectSameVersion(String number, Answer answer) throws KeyException {
    String asked = reference.version(number);
    if (!answer.text("name").endsWith(asked.substring(asked.indexOf("/locations/")))) {
      throw failures.badAnswer("it is about another version of a key", null);
    }
  }

  @Override
  public KmsKeyVersion create(Optional<KeyType> type) throws KeyException {
    Answer key = client.ask(reference.key(), "cloudkms.cryptoKeys.get", null);
    if (!key.isOk()) {
      if (!key.status().equals("NOT_FOUND")) {
        throw refused(key);
      }
      make(type.orElse(KeyType.EC_P256));
    } else if (!key.text("purpose").equals("ASYMMETRIC_SIGN")) {
      throw failures.wrongKey(
          "specified key cannot be used to sign: its purpose is " + key.text("purpose"),
          "signing needs a key with purpose ASYMMETRIC_SIGN",
          null);
    }
    List<Fetched> now = fetch();
    synchronized (this) {
      fetched = now;
    }
    return now.get(0).version();
  }

  private void make(KeyType type) throws KeyException {
    String algorithm =
        GcpAlgorithms.toMake(type)
            .orElseThrow(() ->
                failures.wrongKey(
                    "Cloud KMS makes no keys of type " + type.description(),
                    "choose P-256, P-384, RSA or Ed25519",
                    null));
    if (!client.ask(reference.ring(), "cloudkms.keyRings.get", null).isOk()) {
      expectMade(
          client.ask(
              reference.location() + "/keyRings?keyRingId=" + reference.ringId(),
              "cloudkms.keyRings.create",
              JsonObject.EMPTY));
    }
    Answer made =
        client.ask(
            reference.ring() + "/cryptoKeys?cryptoKeyId=" + reference.keyId(),
            "cloudkms.cryptoKeys.create",
            JsonObject.builder()
                .put("purpose", "ASYMMETRIC_SIGN")
                .put("versionTemplate", JsonObject.builder().put("algorithm", algorithm).build())
                .build());
    expectMade(made);
    if (made.isOk()) {
      awaitGeneration();
    }
  }

  /** Somebody may have been quicker: theirs is the key ring, or the key. */
  private void expectMade(Answer answer) throws KeyException {
    if (!answer.isOk() && !answer.status().equals("ALREADY_EXISTS")) {
      throw refused(answer);
    }
  }

  /** The service makes the first version in the background. */
  private void awaitGeneration() throws KeyException {
    for (long waited = 0; ; waited += LOOK_EVERY.toMillis()) {
      Answer version = client.ask(reference.version("1"), "cloudkms.cryptoKeyVersions.get", null);
      if (!version.isOk()) {
        throw refused(version);
      }
      if (!version.text("state").equals("PENDING_GENERATION")) {
        return;
      }
      if (waited > GENERATION.toMillis()) {
        throw failures.unreachable("Cloud KMS", "the new key is still being made", null);
      }
      try {
        Thread.sleep(LOOK_EVERY.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failures.unreachable("Cloud KMS", "interrupted", null);
      }
    }
  }

  @Override
  public Bytes sign(SigningInput input) throws KeyException {
    Fetched key = fetched().get(0);
    if (input.algorithm() != key.algorithm()) {
      throw failures.wrongKey(
          "this version signs by " + key.algorithm() + " only", "choose another version", null);
    }
    String sum = crc32c(input.bytes());
    String content = Base64Text.encode(input.bytes());
    JsonObject.Builder body = JsonObject.builder();
    if (input.isDigest()) {
      String kind = "sha" + input.hash().lengthBytes() * 8;
      body.put("digest", JsonObject.builder().put(kind, content).build()).put("digestCrc32c", sum);
    } else {
      body.put("data", content).put("dataCrc32c", sum);
    }
    String number = key.version().name();
    Answer answer =
        client.ask(
            reference.version(number) + ":asymmetricSign",
            "cloudkms.cryptoKeyVersions.useToSign",
            body.build());
    if (!answer.isOk()) {
      throw refused(answer);
    }
    expectSameVersion(number, answer);
    String verified = input.isDigest() ? "verifiedDigestCrc32c" : "verifiedDataCrc32c";
    if (!answer.body().get(verified).equals(Optional.of(JsonBoolean.TRUE))) {
      throw failures.badAnswer("AsymmetricSign: request corrupted in-transit", null);
    }
    try {
      Bytes signature = Base64Text.decode(answer.text("signature"), "signature");
      if (crc32c(signature).equals(answer.text("signatureCrc32c"))) {
        return signature;
      }
    } catch (MalformedInputException e) {
      throw failures.badAnswer(e.message(), e);
    }
    throw failures.badAnswer("AsymmetricSign: response corrupted in-transit", null);
  }

  /**
   * Cloud KMS checks no signatures. What it is asked is whether the version is enabled now and
   * still has this public key.
   */
  @Override
  public boolean verify(KmsKeyVersion version, SigningInput input, Bytes signature)
      throws KeyException {
    Answer answer = askForPublicKey(version.name());
    if (answer.status().equals("FAILED_PRECONDITION")) {
      return false;
    }
    if (!answer.isOk()) {
      throw refused(answer);
    }
    VerificationKey key = parse(version.name(), answer).version().publicKey();
    if (!key.equals(version.publicKey())) {
      return false;
    }
    return input.isDigest()
        ? key.matchesDigest(input.bytes(), signature, input.algorithm())
        : key.check(input.bytes(), signature, input.algorithm())
            instanceof dev.bulla.key.SignatureCheck.Matched;
  }

  /** As the API writes int64: decimal digits in a string. */
  private static String crc32c(Bytes bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes.toByteArray());
    return Long.toString(sum.getValue());
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public String toString() {
    return "GcpKmsKey[" + reference.key() + "]";
  }
}
