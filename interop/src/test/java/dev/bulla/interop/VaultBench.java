package dev.bulla.interop;

import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsProvider;
import dev.bulla.testkit.kms.KmsBench;
import dev.bulla.testkit.kms.KmsFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;

/** Our provider in front of the real server, with an engine and a token of its own. */
final class VaultBench implements KmsBench {

  private final VaultServer server;
  private final String mount;
  private final String token;
  private boolean frozen;

  VaultBench(VaultServer server) {
    this.server = server;
    this.mount = server.mount();
    server.policy(
        mount, "path \"" + mount + "/*\" { capabilities = [\"read\", \"create\", \"update\"] }");
    this.token = server.tokenFor(mount);
  }

  @Override
  public KmsKey open(String name, Duration timeout) throws KeyException {
    Map<String, String> variables =
        Map.of(
            "HOME",
            "/no-such-home",
            "VAULT_ADDR",
            server.address(),
            "VAULT_TOKEN",
            token,
            "TRANSIT_SECRET_ENGINE_PATH",
            mount);
    KmsContext context =
        new KmsContext(
            variable -> Optional.ofNullable(variables.get(variable)),
            Path.of("/"),
            timeout,
            warning -> {});
    for (KmsProvider provider : ServiceLoader.load(KmsProvider.class)) {
      if (provider.schemes().contains("hashivault")) {
        return provider.open("hashivault://" + name, context);
      }
    }
    throw new IllegalStateException("no provider of hashivault://");
  }

  @Override
  public Set<KeyType> types() {
    return EnumSet.allOf(KeyType.class);
  }

  @Override
  public boolean makeKeyOfAnotherKind(String name) {
    server.admin("POST", mount + "/keys/" + name, "{\"type\":\"aes256-gcm96\"}");
    return true;
  }

  @Override
  public boolean rotate(String name) {
    server.admin("POST", mount + "/keys/" + name + "/rotate", "");
    return true;
  }

  @Override
  public boolean retireOldVersions(String name) {
    server.admin("POST", mount + "/keys/" + name + "/config", "{\"min_decryption_version\":2}");
    return true;
  }

  @Override
  public boolean delete(String name) {
    server.admin("POST", mount + "/keys/" + name + "/config", "{\"deletion_allowed\":true}");
    server.admin("DELETE", mount + "/keys/" + name, "");
    return true;
  }

  @Override
  public boolean fail(KmsFault fault, int requests) {
    boolean forGood = requests > 100;
    switch (fault) {
      case NOT_PERMITTED ->
          server.policy(mount, "path \"" + mount + "/*\" { capabilities = [\"deny\"] }");
      case THROTTLED -> {
        if (!forGood) {
          return false; // a quota cannot be told to end after so many requests
        }
        server.admin(
            "POST",
            "sys/quotas/rate-limit/" + mount,
            "{\"path\":\""
                + mount
                + "/sign/*\",\"rate\":1,\"interval\":\"1h\",\"block_interval\":\"1h\"}");
        server.ask("POST", mount + "/sign/none", "{}"); // the one that the quota allows
      }
      case SILENCE -> {
        server.freeze(true);
        frozen = true;
      }
      case SERVER_ERROR, CLOCK_SKEW -> {
        return false; // it does not break on demand, and looks at no clock
      }
    }
    return true;
  }

  @Override
  public List<String> permissions(String name, Operation operation) {
    return switch (operation) {
      case READ, CREATE -> List.of("read on " + mount + "/keys/" + name);
      case SIGN -> List.of("update on " + mount + "/sign/" + name + "/sha2-256");
    };
  }

  @Override
  public Optional<Integer> requests() {
    return Optional.empty();
  }

  @Override
  public List<String> secrets() {
    return List.of(token);
  }

  @Override
  public void close() {
    if (frozen) {
      server.freeze(false);
    }
  }
}
