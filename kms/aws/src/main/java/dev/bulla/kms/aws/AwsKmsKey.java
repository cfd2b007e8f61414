package dev.bulla.kms.aws;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.SigningInput;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AlreadyExistsException;
import software.amazon.awssdk.services.kms.model.GetPublicKeyResponse;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsInvalidSignatureException;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.NotFoundException;

/** One key in AWS KMS. Its keys for signing have one version: AWS does not rotate them. */
final class AwsKmsKey implements KmsKey {

  /** What was fetched: the key itself, so that an alias that moves in between changes nothing. */
  private record Fetched(
      String keyId, KmsKeyVersion version, List<SignatureAlgorithm> algorithms) {}

  private final AwsKeyReference reference;
  private final KmsClient client;
  private final Consumer<String> warnings;
  private final KmsFailures failures;
  private final AwsFailures translate;
  private @Nullable Fetched fetched;

  AwsKmsKey(AwsKeyReference reference, KmsClient client, Consumer<String> warnings) {
    this.reference = reference;
    this.client = client;
    this.warnings = warnings;
    this.failures = new KmsFailures("AWS KMS", reference.text());
    this.translate = new AwsFailures(failures);
  }

  @Override
  public List<KmsKeyVersion> versions() throws KeyException {
    return List.of(fetched().version());
  }

  @Override
  public List<SignatureAlgorithm> algorithms() throws KeyException {
    return fetched().algorithms();
  }

  private synchronized Fetched fetched() throws KeyException {
    if (fetched == null) {
      fetched = fetch(reference.key());
    }
    return fetched;
  }

  private Fetched fetch(String keyId) throws KeyException {
    try {
      return read(client.getPublicKey(request -> request.keyId(keyId)));
    } catch (SdkException e) {
      throw translate.failure(e, "kms:GetPublicKey");
    }
  }

  private Fetched read(GetPublicKeyResponse answer) throws KeyException {
    if (answer.keyUsage() != KeyUsageType.SIGN_VERIFY) {
      throw failures.wrongKey(
          "specified key cannot be used to sign: its usage is " + answer.keyUsageAsString(),
          "signing needs a key with usage SIGN_VERIFY",
          null);
    }
    VerificationKey key;
    try {
      key = VerificationKey.ofSpki(Bytes.owning(answer.publicKey().asByteArray()));
    } catch (MalformedInputException e) {
      throw failures.wrongKey(
          "signing algorithm unsupported: " + e.message(),
          "signing needs a key of spec ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, RSA_2048,"
              + " RSA_3072 or RSA_4096",
          e);
    }
    List<SignatureAlgorithm> algorithms =
        AwsAlgorithms.of(key.type(), answer.signingAlgorithmsAsStrings());
    if (algorithms.isEmpty()) {
      throw failures.wrongKey(
          "signing algorithm unsupported: " + answer.signingAlgorithmsAsStrings(),
          "none of these can be verified by others",
          null);
    }
    String id = answer.keyId() == null ? reference.key() : answer.keyId();
    return new Fetched(id, new KmsKeyVersion("", key), algorithms);
  }

  @Override
  public KmsKeyVersion create(Optional<KeyType> type) throws KeyException {
    String alias =
        reference
            .alias()
            .orElseThrow(() ->
                new KeyException(
                    "must use alias key format",
                    "AWS chooses the ids of keys; name the new one awskms:///alias/NAME"));
    try {
      return remember(read(client.getPublicKey(request -> request.keyId(reference.key()))));
    } catch (NotFoundException e) {
      return remember(make(alias, type.orElse(KeyType.EC_P256)));
    } catch (SdkException e) {
      throw translate.failure(e, "kms:GetPublicKey");
    }
  }

  private Fetched make(String alias, KeyType type) throws KeyException {
    String spec =
        AwsAlgorithms.spec(type)
            .orElseThrow(() ->
                failures.wrongKey(
                    "AWS KMS makes no keys of type " + type.description() + " here",
                    "choose a curve of NIST or RSA",
                    null));
    String keyId;
    try {
      keyId =
          client
              .createKey(request ->
                  request
                      .keySpec(spec)
                      .keyUsage(KeyUsageType.SIGN_VERIFY)
                      .description("Created by bulla"))
              .keyMetadata()
              .keyId();
    } catch (SdkException e) {
      throw translate.failure(e, "kms:CreateKey");
    }
    try {
      client.createAlias(request -> request.aliasName(alias).targetKeyId(keyId));
    } catch (AlreadyExistsException e) {
      // somebody was quicker: theirs is the key
      warnings.accept("the AWS KMS key " + Quoted.plain(keyId) + " was made and is not used");
      return fetch(reference.key());
    } catch (SdkException e) {
      throw translate.failure(e, "kms:CreateAlias");
    }
    // by its id: a new alias takes a while to be known everywhere
    return fetch(keyId);
  }

  private synchronized KmsKeyVersion remember(Fetched newest) {
    fetched = newest;
    return newest.version();
  }

  @Override
  public Bytes sign(SigningInput input) throws KeyException {
    Fetched key = fetched();
    try {
      return Bytes.owning(
          client
              .sign(request ->
                  request
                      .keyId(key.keyId())
                      .messageType(MessageType.DIGEST)
                      .message(SdkBytes.fromByteArray(input.bytes().toByteArray()))
                      .signingAlgorithm(AwsAlgorithms.name(input.algorithm())))
              .signature()
              .asByteArray());
    } catch (SdkException e) {
      throw translate.failure(e, "kms:Sign");
    }
  }

  @Override
  public boolean verify(KmsKeyVersion version, SigningInput input, Bytes signature)
      throws KeyException {
    Fetched key = fetched();
    try {
      return Boolean.TRUE.equals(
          client
              .verify(request ->
                  request
                      .keyId(key.keyId())
                      .messageType(MessageType.DIGEST)
                      .message(SdkBytes.fromByteArray(input.bytes().toByteArray()))
                      .signature(SdkBytes.fromByteArray(signature.toByteArray()))
                      .signingAlgorithm(AwsAlgorithms.name(input.algorithm())))
              .signatureValid());
    } catch (KmsInvalidSignatureException e) {
      return false;
    } catch (SdkException e) {
      throw translate.failure(e, "kms:Verify");
    }
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public String toString() {
    return "AwsKmsKey[" + Quoted.plain(reference.text()) + "]";
  }
}
