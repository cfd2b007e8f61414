package dev.bulla.kms.azure;

import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.EntraServer;
import dev.bulla.testkit.kms.KeyVaultServer;
import dev.bulla.testkit.kms.KmsBench;
import dev.bulla.testkit.kms.KmsFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The provider in front of the double, as a service principal with a secret. */
final class AzureKmsBench implements KmsBench {

  static final String TOKEN = "eyJ0.marked-token-5d1c.";
  static final String SECRET = "marked~secret-77aa";
  static final TestAuthority AUTHORITY = TestAuthority.create("azure test");

  final KeyVaultServer server = server();
  private final Path home;

  AzureKmsBench() {
    try {
      home = Files.createTempDirectory("azure");
      Files.writeString(home.resolve("ca.pem"), AUTHORITY.certificatePem());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static KeyVaultServer server() {
    try {
      return KeyVaultServer.start(TOKEN, SECRET, AUTHORITY.serverContext("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The variables of somebody who has set up everything. */
  static Map<String, String> variables(KeyVaultServer server) {
    return new HashMap<>(
        Map.of(
            "HOME",
            "/no-such-home",
            "SSL_CERT_FILE",
            "ca.pem",
            "AZURE_AUTHORITY_HOST",
            server.address() + "/",
            "AZURE_TENANT_ID",
            EntraServer.TENANT,
            "AZURE_CLIENT_ID",
            EntraServer.CLIENT,
            "AZURE_CLIENT_SECRET",
            SECRET));
  }

  @Override
  public KmsKey open(String name, Duration timeout) throws KeyException {
    Map<String, String> variables = variables(server);
    return new AzureKmsProvider()
        .open(
            "azurekms://" + server.host() + "/" + name,
            new KmsContext(
                variable -> Optional.ofNullable(variables.get(variable)),
                home,
                timeout,
                warning -> {}));
  }

  @Override
  public Set<KeyType> types() {
    return EnumSet.complementOf(EnumSet.of(KeyType.ED25519));
  }

  @Override
  public boolean makeKeyOfAnotherKind(String name) {
    server.add(name, KeyType.RSA_2048, "oct-HSM", "", List.of("encrypt", "decrypt"));
    return true;
  }

  @Override
  public boolean rotate(String name) {
    return server.rotate(name);
  }

  @Override
  public boolean retireOldVersions(String name) {
    return server.disable(name, false);
  }

  @Override
  public boolean delete(String name) {
    return server.delete(name);
  }

  @Override
  public boolean fail(KmsFault fault, int requests) {
    server.fail(fault, requests);
    return true;
  }

  @Override
  public List<String> permissions(String name, Operation operation) {
    return switch (operation) {
      case READ, CREATE -> List.of("keys/get");
      case SIGN -> List.of("keys/sign");
    };
  }

  @Override
  public Optional<Integer> requests() {
    return Optional.of(server.requests());
  }

  @Override
  public List<String> secrets() {
    return List.of(TOKEN, SECRET);
  }

  @Override
  public void close() {
    server.close();
    try {
      Files.delete(home.resolve("ca.pem"));
      Files.delete(home);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
