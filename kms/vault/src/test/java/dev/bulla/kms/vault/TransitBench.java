package dev.bulla.kms.vault;

import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.testkit.kms.KmsBench;
import dev.bulla.testkit.kms.KmsFault;
import dev.bulla.testkit.kms.TransitServer;
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
final class TransitBench implements KmsBench {

  static final String TOKEN = "hvs.marked-4f1c09ab";

  final TransitServer server;
  private final String scheme;

  TransitBench(String scheme) {
    this.scheme = scheme;
    try {
      server = TransitServer.start(TOKEN, "", "transit");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static KmsContext context(Map<String, String> variables, Duration timeout) {
    Map<String, String> all = new HashMap<>(Map.of("HOME", "/no-such-home"));
    all.putAll(variables);
    return new KmsContext(
        name -> Optional.ofNullable(all.get(name)), Path.of("/"), timeout, warning -> {});
  }

  @Override
  public KmsKey open(String name, Duration timeout) throws KeyException {
    return new VaultProvider()
        .open(
            scheme + "://" + name,
            context(Map.of("VAULT_ADDR", server.address(), "VAULT_TOKEN", TOKEN), timeout));
  }

  @Override
  public Set<KeyType> types() {
    return EnumSet.allOf(KeyType.class);
  }

  @Override
  public boolean makeKeyOfAnotherKind(String name) {
    server.addSymmetricKey(name);
    return true;
  }

  @Override
  public boolean rotate(String name) {
    return server.rotate(name);
  }

  @Override
  public boolean retireOldVersions(String name) {
    server.retireOldVersions(name);
    return true;
  }

  @Override
  public boolean delete(String name) {
    return server.delete(name);
  }

  @Override
  public boolean fail(KmsFault fault, int requests) {
    if (fault == KmsFault.CLOCK_SKEW) {
      return false; // a token says nothing about time
    }
    server.fail(fault, requests);
    return true;
  }

  @Override
  public List<String> permissions(String name, Operation operation) {
    return switch (operation) {
      case READ, CREATE -> List.of("read on transit/keys/" + name);
      case SIGN -> List.of("update on transit/sign/" + name + "/sha2-256");
    };
  }

  @Override
  public Optional<Integer> requests() {
    return Optional.of(server.requests());
  }

  @Override
  public List<String> secrets() {
    return List.of(TOKEN);
  }

  @Override
  public void close() {
    server.close();
  }
}
