package dev.bulla.interop;

import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A registry that is reached over TLS, with a certificate of an authority of our own, and asks who
 * comes.
 */
final class SecuredRegistry implements AutoCloseable {

  static final String PASSWORD = "interop-8c1f";

  /** The password under bcrypt, which is all that this registry takes. */
  private static final String HTPASSWD =
      "alice:$2y$05$iOWgfvKSvtw6RgaeqeZJD.gOx4iqt9qn.KsU3NdruwchNBzWRLHa.\n";

  private final String host;
  private final Path authority;
  private final Supplier<String> log;
  private final Runnable closing;

  private SecuredRegistry(String host, Path authority, Supplier<String> log, Runnable closing) {
    this.host = host;
    this.authority = authority;
    this.log = log;
    this.closing = closing;
  }

  private static SecuredRegistry of(PeerRegistry registry, Path authority) {
    return new SecuredRegistry(registry.host(), authority, registry::log, registry::close);
  }

  /** What the registry asks for, as the {@code auth} part of its configuration. */
  interface Asking {
    String configuration(Workplace place);
  }

  /** A name and a password with every request. */
  static Asking passwords() {
    return place ->
        "auth: {htpasswd: {realm: interop, path: " + place.write("htpasswd", HTPASSWD) + "}}";
  }

  /** Tokens of a service. */
  static Asking tokens(TokenService service, Path certificate) {
    return place ->
        "auth: {token: {realm: \"%s\", service: %s, issuer: %s, rootcertbundle: %s}}"
            .formatted(service.realm(), TokenService.SERVICE, TokenService.ISSUER, certificate);
  }

  /**
   * Makes an authority and a certificate for 127.0.0.1 and localhost in a folder.
   *
   * @return the authority's certificate; the server's is {@code server.crt} beside it
   */
  static Path authority(Workplace place) {
    place.write("san.cnf", "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
    for (String line :
        List.of(
            "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=interop-authority"
                + " -keyout ca.key -out ca.crt",
            "openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key"
                + " -out server.csr",
            "openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2"
                + " -extfile san.cnf -out server.crt",
            "openssl req -newkey rsa:2048 -nodes -subj /CN=client -keyout client.key"
                + " -out client.csr",
            "openssl x509 -req -in client.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2"
                + " -out client.crt")) {
      place.shell(line).run().expect(0);
    }
    return place.folder().resolve("ca.crt");
  }

  /**
   * Starts a docker-registry.
   *
   * @param authority from {@link #authority}
   * @param clientCertificates whether only clients with a certificate of that authority come in
   */
  static SecuredRegistry start(
      Peers peers, Path authority, Asking asking, boolean clientCertificates) {
    Path folder = authority.getParent();
    PeerRegistry registry =
        PeerRegistry.start(
            Program.DOCKER_REGISTRY,
            peers,
            (data, port, place) -> {
              place.write(
                  "config.yml",
                  """
                  version: 0.1
                  log: {level: info}
                  storage:
                    filesystem: {rootdirectory: %s}
                    delete: {enabled: true}
                  http:
                    addr: "127.0.0.1:%d"
                    tls:
                      certificate: %s
                      key: %s
                  %s
                  %s
                  """
                      .formatted(
                          data.resolve("data"),
                          port,
                          folder.resolve("server.crt"),
                          folder.resolve("server.key"),
                          clientCertificates
                              ? "    clientcas: [" + authority + "]"
                              : "    minimumtls: tls1.2",
                          asking.configuration(place)));
              return List.of("serve", data.resolve("config.yml").toString());
            });
    return of(registry, authority);
  }

  /**
   * Starts an olareg.
   *
   * @param tokens whether it hands out tokens for the password instead of taking it each time
   */
  static SecuredRegistry startOlareg(Peers peers, Path authority, boolean tokens) {
    Path folder = authority.getParent();
    PeerRegistry registry =
        PeerRegistry.start(
            Program.OLAREG,
            peers,
            (data, port, place) -> {
              Path users =
                  place.write(
                      "users.yml",
                      """
                      users:
                        alice: {cred: "%s"}
                      groups: {}
                      acls:
                        - {repo: "*", members: [alice], access: ["*"]}
                        - {repo: "", members: [alice], access: [read]}
                      """
                          .formatted(HTPASSWD.strip().substring("alice:".length())));
              List<String> line = new ArrayList<>(RegistryKind.OLAREG.command(data, port, place));
              line.addAll(
                  List.of(
                      "--tls-cert",
                      folder.resolve("server.crt").toString(),
                      "--tls-key",
                      folder.resolve("server.key").toString(),
                      tokens ? "--auth-token-opaque" : "--auth-basic",
                      users.toString(),
                      "--external-url",
                      "https://127.0.0.1:" + port));
              return line;
            });
    return of(registry, authority);
  }

  /**
   * Starts the registry of the testkit, which has an authority of its own.
   *
   * @param tokens whether it hands out tokens for the password instead of taking it each time
   */
  static SecuredRegistry startEmbedded(Workplace place, boolean tokens) {
    TestAuthority authority = TestAuthority.create("interop");
    Path certificate = place.write("embedded.crt", authority.certificatePem());
    try {
      EmbeddedRegistry registry =
          EmbeddedRegistry.start(
              EmbeddedRegistry.options()
                  .tls(authority.serverContext("127.0.0.1"))
                  .auth(
                      tokens
                          ? Auth.bearer().user("alice", PASSWORD)
                          : Auth.basic().user("alice", PASSWORD)));
      return new SecuredRegistry(registry.host(), certificate, () -> "", registry::close);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String host() {
    return host;
  }

  /** What the registry wrote on its output so far. */
  String log() {
    return log.get();
  }

  Path authority() {
    return authority;
  }

  @Override
  public void close() {
    closing.run();
  }
}
