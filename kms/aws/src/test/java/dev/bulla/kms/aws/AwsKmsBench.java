package dev.bulla.kms.aws;

import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.testkit.kms.AwsKmsServer;
import dev.bulla.testkit.kms.KmsBench;
import dev.bulla.testkit.kms.KmsFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The provider in front of the double. */
final class AwsKmsBench implements KmsBench {

  static final String ACCESS_KEY = "AKIAMARKED0000000001";
  static final String SECRET_KEY = "marked/0c7e1a90bb+secret";
  static final String SESSION = "marked-session-41d2";

  final AwsKmsServer server;

  AwsKmsBench() {
    try {
      server = AwsKmsServer.start(ACCESS_KEY);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The variables of somebody who has set up everything. */
  static Map<String, String> variables() {
    return new HashMap<>(
        Map.of(
            "HOME", "/no-such-home",
            "AWS_REGION", AwsKmsServer.REGION,
            "AWS_ACCESS_KEY_ID", ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY", SECRET_KEY,
            "AWS_SESSION_TOKEN", SESSION));
  }

  @Override
  public KmsKey open(String name, Duration timeout) throws KeyException {
    Map<String, String> variables = variables();
    variables.put("AWS_ENDPOINT_URL_KMS", server.address());
    return new AwsKmsProvider()
        .open(
            "awskms:///alias/" + name,
            new KmsContext(
                variable -> Optional.ofNullable(variables.get(variable)),
                Path.of("/"),
                timeout,
                warning -> {}));
  }

  @Override
  public Set<KeyType> types() {
    return EnumSet.complementOf(EnumSet.of(KeyType.ED25519));
  }

  @Override
  public boolean makeKeyOfAnotherKind(String name) {
    server.addSymmetricKey(name);
    return true;
  }

  @Override
  public boolean rotate(String name) {
    return false; // AWS does not rotate keys that sign
  }

  @Override
  public boolean retireOldVersions(String name) {
    return false;
  }

  @Override
  public boolean delete(String name) {
    return server.scheduleDeletion(name);
  }

  @Override
  public boolean fail(KmsFault fault, int requests) {
    server.fail(fault, requests);
    return true;
  }

  @Override
  public List<String> permissions(String name, Operation operation) {
    return operation == Operation.SIGN ? List.of("kms:Sign") : List.of("kms:GetPublicKey");
  }

  @Override
  public Optional<Integer> requests() {
    return Optional.of(server.requests());
  }

  @Override
  public List<String> secrets() {
    return List.of(SECRET_KEY, SESSION);
  }

  @Override
  public void close() {
    server.close();
  }
}
