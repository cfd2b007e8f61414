package dev.bulla.kms.gcp;

import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.testkit.kms.GcpKmsServer;
import dev.bulla.testkit.kms.KmsBench;
import dev.bulla.testkit.kms.KmsFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The provider in front of the double, as a service account. */
final class GcpKmsBench implements KmsBench {

  static final String TOKEN = "ya29.marked-token-5d1c";
  static final String REFRESH = "1//marked-refresh-77aa";
  static final String RING = "projects/" + GcpKmsServer.PROJECT + "/locations/global/keyRings/r";

  final GcpKmsServer server;
  final Path home;
  private final String accountFile;

  GcpKmsBench() {
    try {
      server = GcpKmsServer.start(TOKEN, REFRESH);
      home = Files.createTempDirectory("gcp");
      accountFile = server.serviceAccountFile();
      Files.writeString(home.resolve("account.json"), accountFile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String key(String name) {
    return RING + "/cryptoKeys/" + name;
  }

  /** The variables of somebody who has set up everything. */
  static Map<String, String> variables(GcpKmsServer server) {
    return new HashMap<>(
        Map.of(
            "HOME",
            "/no-such-home",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "account.json",
            "GCE_METADATA_HOST",
            "127.0.0.1:9",
            GcpClient.ENDPOINT,
            server.address() + "/"));
  }

  @Override
  public KmsKey open(String name, Duration timeout) throws KeyException {
    Map<String, String> variables = variables(server);
    return new GcpKmsProvider()
        .open(
            "gcpkms://" + key(name),
            new KmsContext(
                variable -> Optional.ofNullable(variables.get(variable)),
                home,
                timeout,
                warning -> {}));
  }

  @Override
  public Set<KeyType> types() {
    return EnumSet.complementOf(EnumSet.of(KeyType.EC_P521));
  }

  @Override
  public boolean makeKeyOfAnotherKind(String name) {
    server.add(key(name), "ENCRYPT_DECRYPT", "GOOGLE_SYMMETRIC_ENCRYPTION");
    return true;
  }

  @Override
  public boolean rotate(String name) {
    return server.rotate(key(name));
  }

  @Override
  public boolean retireOldVersions(String name) {
    return server.setState(key(name), "DISABLED", false);
  }

  @Override
  public boolean delete(String name) {
    return server.setState(key(name), "DESTROY_SCHEDULED", true);
  }

  @Override
  public boolean fail(KmsFault fault, int requests) {
    server.fail(fault, requests);
    return true;
  }

  @Override
  public List<String> permissions(String name, Operation operation) {
    return switch (operation) {
      case READ -> List.of("cloudkms.cryptoKeyVersions.list");
      case SIGN -> List.of("cloudkms.cryptoKeyVersions.useToSign");
      case CREATE -> List.of("cloudkms.cryptoKeys.get");
    };
  }

  @Override
  public Optional<Integer> requests() {
    return Optional.of(server.requests());
  }

  /** The token, and every line of the private key. */
  @Override
  public List<String> secrets() {
    return Stream.concat(
            Stream.of(TOKEN, REFRESH),
            Stream.of(accountFile.replaceAll("(?s).*BEGIN PRIVATE KEY-----", "").split("\\\\n"))
                .map(line -> line.replaceAll("-----.*", ""))
                .filter(line -> line.length() > 30)
                .limit(20))
        .toList();
  }

  @Override
  public void close() {
    server.close();
    try (Stream<Path> all = Files.walk(home)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
