package dev.bulla.interop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Gives out the tokens that a docker-registry wants: to Alice for everything, to nobody in
 * particular for pulling. Knows names with passwords (GET) and refresh tokens (POST), as the
 * registry's token and OAuth2 specifications describe them.
 */
final class TokenService implements AutoCloseable {

  static final String ISSUER = "bulla-interop";
  static final String SERVICE = "registry";
  static final String REFRESH_TOKEN = "refresh-token-41d7";

  private final HttpServer server;
  private final PrivateKey key;
  private final String certificate;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private final String scheme;

  private TokenService(String scheme, HttpServer server, PrivateKey key, String certificate) {
    this.scheme = scheme;
    this.server = server;
    this.key = key;
    this.certificate = certificate;
  }

  /** As {@link #start}, over TLS, with a key of its own that is made here. */
  static TokenService startWithOwnKey(Workplace place) {
    place
        .shell(
            "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tokens"
                + " -keyout token.key -out token.crt")
        .run()
        .expect(0);
    return start(place, true);
  }

  /**
   * Starts one on a free port. It signs with {@code token.key}, whose certificate {@code token.crt}
   * the registry trusts, both in the place's folder.
   *
   * @param tls whether to be reached over TLS, with {@code server.key} and {@code server.crt}
   */
  static TokenService start(Workplace place, boolean tls) {
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      HttpServer server = tls ? HttpsServer.create(address, 0) : HttpServer.create(address, 0);
      if (server instanceof HttpsServer https) {
        https.setHttpsConfigurator(new HttpsConfigurator(context(place)));
      }
      TokenService service =
          new TokenService(
              tls ? "https" : "http",
              server,
              key(place.read("token.key")),
              body(place.read("token.crt")));
      server.createContext("/token", service::answer);
      server.start();
      return service;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PrivateKey key(byte[] pem) throws GeneralSecurityException {
    return KeyFactory.getInstance("RSA")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body(pem))));
  }

  private static SSLContext context(Workplace place) throws GeneralSecurityException, IOException {
    Certificate certificate =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(place.read("server.crt")));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "server", key(place.read("server.key")), new char[0], new Certificate[] {certificate});
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static String body(byte[] pem) {
    return new String(pem, StandardCharsets.US_ASCII)
        .replaceAll("-----[A-Z ]+-----", "")
        .replaceAll("\\s", "");
  }

  String realm() {
    return scheme + "://127.0.0.1:" + server.getAddress().getPort() + "/token";
  }

  /** Method and kind of proof of every request since the last call. */
  List<String> takeRequests() {
    List<String> taken = new ArrayList<>(requests);
    requests.clear();
    return taken;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean post = exchange.getRequestMethod().equals("POST");
      String fields =
          post
              ? new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
              : String.valueOf(exchange.getRequestURI().getRawQuery());
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      String expected =
          "Basic "
              + Base64.getEncoder()
                  .encodeToString(
                      ("alice:" + SecuredRegistry.PASSWORD).getBytes(StandardCharsets.UTF_8));
      boolean alice =
          post
              ? values(fields, "refresh_token").contains(REFRESH_TOKEN)
              : expected.equals(authorization);
      requests.add(
          exchange.getRequestMethod()
              + (post ? " refresh" : authorization == null ? " anonymous" : " basic"));
      boolean refused = !alice && (post || authorization != null);
      byte[] body =
          (refused ? "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}" : token(fields, alice))
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(refused ? 401 : 200, body.length);
      exchange.getResponseBody().write(body);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static List<String> values(String fields, String name) {
    List<String> found = new ArrayList<>();
    for (String field : fields.split("&")) {
      if (field.startsWith(name + "=")) {
        found.add(URLDecoder.decode(field.substring(name.length() + 1), StandardCharsets.UTF_8));
      }
    }
    return found;
  }

  private String token(String fields, boolean alice) throws GeneralSecurityException {
    List<String> access = new ArrayList<>();
    for (String scope : String.join(" ", values(fields, "scope")).split(" ")) {
      int first = scope.indexOf(':');
      int last = scope.lastIndexOf(':');
      if (first > 0 && last > first) {
        String actions = alice ? scope.substring(last + 1) : "pull";
        access.add(
            "{\"type\":\"%s\",\"name\":\"%s\",\"actions\":[\"%s\"]}"
                .formatted(
                    scope.substring(0, first),
                    scope.substring(first + 1, last),
                    actions.replace(",", "\",\"")));
      }
    }
    long now = Instant.now().getEpochSecond();
    String header = "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5c\":[\"" + certificate + "\"]}";
    String claims =
        ("{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"iat\":%d,\"nbf\":%d,\"exp\":%d,"
                + "\"jti\":\"%s\",\"access\":[%s]}")
            .formatted(
                ISSUER,
                alice ? "alice" : "",
                SERVICE,
                now,
                now - 60,
                now + 300,
                UUID.randomUUID(),
                String.join(",", access));
    String signed = url(header) + "." + url(claims);
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(key);
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    String token =
        signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    return "{\"token\":\"%s\",\"access_token\":\"%s\",\"expires_in\":300,\"issued_at\":\"%s\"}"
        .formatted(token, token, Instant.ofEpochSecond(now));
  }

  private static String url(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
