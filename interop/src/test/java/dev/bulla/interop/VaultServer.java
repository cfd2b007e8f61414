package dev.bulla.interop;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.testkit.http.TestAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Vault's core and transit engine as a process of ours, with a root token of its own. */
final class VaultServer implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(30);
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final Workplace place;
  private final Process process;
  private final String address;
  private final String token;
  private final HttpClient http;

  private VaultServer(
      Workplace place, Process process, String address, String token, HttpClient http) {
    this.place = place;
    this.process = process;
    this.address = address;
    this.token = token;
    this.http = http;
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stops vault"));
  }

  /** Starts one with a transit engine at {@code transit/}. */
  static VaultServer start(Peers peers) throws IOException, InterruptedException {
    return start(peers, "");
  }

  /** As {@link #start(Peers)}, over TLS with a certificate of its own. */
  static VaultServer startTls(Peers peers) throws IOException, InterruptedException {
    return start(peers, " tls.crt tls.key");
  }

  private static VaultServer start(Peers peers, String tls)
      throws IOException, InterruptedException {
    peers.path(Program.VAULT);
    Workplace place = Workplace.create(peers);
    HttpClient.Builder http = HttpClient.newBuilder();
    if (!tls.isEmpty()) {
      TestAuthority authority = TestAuthority.create("vault");
      TestAuthority.Issued identity = authority.issueServer("127.0.0.1");
      place.write("ca.crt", authority.certificatePem());
      place.write("tls.crt", identity.certificatePem());
      place.write("tls.key", identity.keyPem());
      http.sslContext(authority.clientContext());
    }
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String token = "t" + Base64Text.encode(Bytes.owning(random)).replaceAll("[^A-Za-z0-9]", "x");
    Path said = place.folder().resolve("address");
    Process process =
        place
            .shell("exec " + Program.VAULT.command() + " 127.0.0.1:0" + tls + " >address")
            .env("VAULT_TOKEN", token)
            .start();
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (!Files.exists(said) || !Files.readString(said).endsWith("\n")) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        Call.stop(process);
        throw new AssertionError("Vault did not come up");
      }
    }
    VaultServer server =
        new VaultServer(place, process, Files.readString(said).strip(), token, http.build());
    server.admin("POST", "sys/mounts/transit", "{\"type\":\"transit\"}");
    return server;
  }

  String address() {
    return address;
  }

  /** The authority of its certificate, when it was started over TLS. */
  String authority() {
    return place.folder().resolve("ca.crt").toString();
  }

  String token() {
    return token;
  }

  /** What a program needs to reach it as root. */
  Map<String, String> variables() {
    return Map.of("VAULT_ADDR", address, "VAULT_TOKEN", token);
  }

  /** A request as root, which has to succeed. */
  void admin(String method, String path, String body) {
    HttpResponse<String> answer = ask(method, path, body);
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(method + " " + path + ": " + answer.body());
    }
  }

  /** A request as root. */
  HttpResponse<String> ask(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + "/v1/" + path))
            .timeout(REQUEST_LIMIT)
            .header("X-Vault-Token", token)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Makes or replaces a policy. */
  void policy(String name, String rules) {
    admin(
        "PUT",
        "sys/policies/acl/" + name,
        new String(
            GoJson.write(JsonObject.builder().put("policy", rules).build()).toByteArray(),
            StandardCharsets.UTF_8));
  }

  /** A new token that has this policy and no other. */
  String tokenFor(String policy) {
    String made = "limited" + NAMES.incrementAndGet() + token;
    admin(
        "POST",
        "auth/token/create",
        """
        {"id": "%s", "policies": ["%s"], "no_default_policy": true}
        """
            .formatted(made, policy));
    return made;
  }

  /** Mounts another transit engine; returns where. */
  String mount() {
    String path = "transit" + NAMES.incrementAndGet();
    admin("POST", "sys/mounts/" + path, "{\"type\":\"transit\"}");
    return path;
  }

  void make(String key, String type) {
    admin("POST", "transit/keys/" + key, "{\"type\":\"" + type + "\"}");
  }

  /** Makes it answer nothing, or answer again. */
  void freeze(boolean frozen) {
    place.shell("kill -" + (frozen ? "STOP" : "CONT") + " " + process.pid()).run().expect(0);
  }

  @Override
  public void close() {
    http.close();
    Call.stop(process);
    place.close();
  }
}
