package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.oci.Repository;
import dev.bulla.registry.ScriptedTransport.Reply;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.TransportException;
import dev.bulla.registry.transport.TransportKind;
import dev.bulla.registry.transport.TransportRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A hostile registry leads us everywhere; no secret leaves for a place that the user did not
 * choose.
 */
class CredentialEgressTest {

  private static final String SECRET = "correct horse battery staple";
  private static final SampleImage IMAGE = SampleImage.image("hello");
  private static final Bytes BLOB = Bytes.utf8("blob");
  private static final Digest DIGEST = Digest.sha256(BLOB);

  private static RegistryClient.Builder builder(ScriptedTransport internet) {
    return RegistryClient.builder(internet)
        .pace(new TestPace())
        .names(CredentialEgressTest::lookUp)
        .credentials(
            CredentialSource.always(new Credentials.Basic("ci", SECRET), "the command line"));
  }

  /** Reads addresses, knows one treacherous name, and asks nobody. */
  private static InetAddress[] lookUp(String host, Duration within) throws UnknownHostException {
    if (host.equals("treacherous.example")) {
      return new InetAddress[] {
        InetAddress.getByName("192.0.2.1"), InetAddress.getByName("169.254.169.254")
      };
    }
    boolean address = host.indexOf(':') >= 0 || host.chars().noneMatch(Character::isLetter);
    if (address || host.equals("localhost")) {
      return InetAddress.getAllByName(host);
    }
    throw new UnknownHostException(host);
  }

  private static Repository repository(String text) {
    try {
      return Repository.parse(text);
    } catch (dev.bulla.error.MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  private static final Repository APP = repository("registry.example/acme/app");

  private static void assertNoSecretLeftFor(ScriptedTransport internet, String... allowedHosts) {
    for (TransportRequest request : internet.requests()) {
      if (!List.of(allowedHosts).contains(request.url().origin().host())) {
        assertThat(request.headers().first("Authorization")).as(request.toString()).isEmpty();
      }
      assertThat(request.url().toString()).doesNotContain("battery");
    }
  }

  /** A registry that wants a bearer token from a realm of its choice and then has the blob. */
  private static ScriptedTransport bearerRegistry(String realm) {
    return new ScriptedTransport(request -> {
      if (request.url().origin().host().equals("registry.example")
          && request.url().path().startsWith("/v2/")) {
        return request.headers().first("Authorization").isPresent()
            ? Reply.of(200).saying("blob")
            : Reply.of(401)
                .with("WWW-Authenticate", "Bearer realm=\"" + realm + "\",service=\"s\"");
      }
      return Reply.of(200).saying("{\"token\":\"t0ken\"}");
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://registry.example/token",
        "https://registry.example:8443/token",
        "/token",
        "https://REGISTRY.example/token"
      })
  void aRealmOnTheRegistrysOwnHostSeesTheCredentials(String realm) throws Exception {
    ScriptedTransport internet = bearerRegistry(realm);
    try (RegistryClient client = builder(internet).build()) {
      assertThat(client.getBlob(APP, DIGEST, 100)).isEqualTo(BLOB);
      assertThat(internet.lines().get(1)).contains("/token").endsWith("+auth");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/token", "https://registry.example.evil.example/token",
        "https://auth.registry.example/token", "https://example/token",
        "https://auth.docker.io/token", "https://gitlab.com/jwt/auth"
      })
  void aRealmElsewhereIsAskedForAnAnonymousTokenOnly(String realm) throws Exception {
    ScriptedTransport internet = bearerRegistry(realm);
    try (RegistryClient client = builder(internet).build()) {
      assertThat(client.getBlob(APP, DIGEST, 100)).isEqualTo(BLOB);
      assertNoSecretLeftFor(internet, "registry.example");
      assertThat(internet.lines().get(1)).doesNotContain("+auth");
    }
  }

  @Test
  void theRefusalSaysWhichOptionWouldAllowTheRealm() throws Exception {
    ScriptedTransport internet =
        new ScriptedTransport(request ->
            request.url().path().equals("/token")
                ? Reply.of(401)
                : Reply.of(401)
                    .with("WWW-Authenticate", "Bearer realm=\"https://auth.corp/token\""));
    try (RegistryClient client = builder(internet).build()) {
      RegistryException refused =
          catchThrowableOfType(RegistryException.class, () -> client.getBlob(APP, DIGEST, 100));
      assertThat(refused.kind()).isEqualTo(Kind.UNAUTHORIZED);
      assertThat(refused.hint().orElseThrow())
          .contains("were not sent", "auth.corp", "--allow-realm auth.corp");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "auth.corp,https://auth.corp/token,true",
    "auth.corp:8443,https://auth.corp:8443/token,true",
    "auth.corp,https://auth.corp:8443/token,true",
    "auth.corp:8443,https://auth.corp/token,false",
    "AUTH.corp,https://auth.CORP/token,true",
    "corp,https://auth.corp/token,false"
  })
  void anAllowedRealmSeesTheCredentials(String allowed, String realm, boolean sees)
      throws Exception {
    ScriptedTransport internet = bearerRegistry(realm);
    try (RegistryClient client = builder(internet).allowRealm(allowed).build()) {
      client.getBlob(APP, DIGEST, 100);
      assertThat(internet.lines().get(1).endsWith("+auth")).isEqualTo(sees);
    }
  }

  @Test
  void dockerHubsTokenServiceIsKnown() throws Exception {
    ScriptedTransport internet =
        new ScriptedTransport(request ->
            request.url().origin().host().equals("auth.docker.io")
                ? Reply.of(200).saying("{\"token\":\"t\"}")
                : request.headers().first("Authorization").isPresent()
                    ? Reply.of(200).saying("blob")
                    : Reply.of(401)
                        .with(
                            "WWW-Authenticate",
                            "Bearer realm=\"https://auth.docker.io/token\","
                                + "service=\"registry.docker.io\""));
    try (RegistryClient client = builder(internet).build()) {
      client.getBlob(repository("alpine"), DIGEST, 100);
      assertThat(internet.lines())
          .containsExactly(
              "GET https://index.docker.io/v2/library/alpine/blobs/" + DIGEST,
              "GET https://auth.docker.io/token?service=registry.docker.io"
                  + "&scope=repository%3Alibrary%2Falpine%3Apull +auth",
              "GET https://index.docker.io/v2/library/alpine/blobs/" + DIGEST + " +auth");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://registry.example/token",
        "http://evil.example/token",
        "https://ci:x@registry.example/token",
        "https://registry.example@evil.example/token",
        "ftp://registry.example/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fe80::1]/token",
        "https://127.0.0.1/token",
        "https://[::1]/token",
        "https://0.0.0.0/token",
        "https://2852039166/token",
        "https://[::ffff:169.254.169.254]/t",
        "https://[fd00:ec2::254]/latest",
        "https://100.100.100.200/latest",
        "",
        "   "
      })
  void aRealmThatLeadsAstrayIsNotAskedAtAll(String realm) {
    ScriptedTransport internet = bearerRegistry(realm);
    try (RegistryClient client = builder(internet).build()) {
      RegistryException refused =
          catchThrowableOfType(RegistryException.class, () -> client.getBlob(APP, DIGEST, 100));
      assertThat(refused.kind()).isEqualTo(Kind.UNSAFE);
      assertThat(internet.requests()).hasSize(1);
    }
  }

  @Test
  void anIdentityTokenGoesToNoForeignRealm() throws Exception {
    ScriptedTransport internet = bearerRegistry("https://evil.example/token");
    try (RegistryClient client =
        RegistryClient.builder(internet)
            .names(CredentialEgressTest::lookUp)
            .credentials(CredentialSource.always(new Credentials.IdentityToken(SECRET), "a file"))
            .build()) {
      client.getBlob(APP, DIGEST, 100);
      assertThat(internet.requests()).noneMatch(request -> request.method().equals("POST"));
      assertNoSecretLeftFor(internet, "registry.example");
    }
  }

  /** A service that knows no refresh tokens may not send them on either. */
  @ParameterizedTest
  @CsvSource({
    "https://registry.example/token,404,true",
    "https://registry.example/token,405,true",
    "https://registry.example/token,401,false",
    "https://registry.example/token,307,false",
    "https://evil.example/token,404,false"
  })
  void anIdentityTokenIsShownAsAPasswordToTheTrustedRealmOnly(
      String realm, int status, boolean shown) {
    ScriptedTransport internet =
        new ScriptedTransport(request -> {
          if (request.method().equals("POST")) {
            return Reply.of(status).with("Location", "https://evil.example/token");
          }
          if (request.url().path().equals("/token")) {
            return Reply.of(200).saying("{\"token\":\"t0ken\"}");
          }
          return request.headers().first("Authorization").isPresent()
              ? Reply.of(200).saying("blob")
              : Reply.of(401).with("WWW-Authenticate", "Bearer realm=\"" + realm + "\"");
        });
    try (RegistryClient client =
        RegistryClient.builder(internet)
            .pace(new TestPace())
            .names(CredentialEgressTest::lookUp)
            .credentials(CredentialSource.always(new Credentials.IdentityToken(SECRET), "a file"))
            .build()) {
      try {
        client.getBlob(APP, DIGEST, 100);
      } catch (RegistryException e) {
        assertThat(e.kind()).isIn(Kind.UNAUTHORIZED, Kind.BAD_RESPONSE);
      }
      assertNoSecretLeftFor(internet, "registry.example");
      assertThat(internet.lines())
          .filteredOn(line -> line.startsWith("GET https://registry.example/token"))
          .hasSize(shown ? 1 : 0)
          .allMatch(line -> line.endsWith("+auth"));
      assertThat(internet.requests())
          .noneMatch(request ->
              request.method().equals("POST")
                  && request.url().origin().host().equals("evil.example"));
    }
  }

  /** A registry that wants basic credentials and sends on whoever has them. */
  private static ScriptedTransport redirecting(String location) {
    return new ScriptedTransport(request -> {
      if (request.url().path().startsWith("/v2/acme/app/")) {
        return request.headers().first("Authorization").isEmpty()
            ? Reply.of(401).with("WWW-Authenticate", "Basic realm=\"r\"")
            : Reply.of(307).with("Location", location);
      }
      return Reply.of(200).saying("blob");
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://cdn.example/blob?X-Signature=abc", "https://registry.example:8443/blob",
        "//cdn.example/blob", "https://10.1.2.3/blob"
      })
  void aRedirectElsewhereIsFollowedWithoutCredentials(String location) throws Exception {
    ScriptedTransport internet = redirecting(location);
    try (RegistryClient client = builder(internet).build()) {
      assertThat(client.getBlob(APP, DIGEST, 100)).isEqualTo(BLOB);
      assertThat(internet.lines()).hasSize(3);
      assertThat(internet.lines().get(1)).endsWith("+auth");
      assertThat(internet.lines().get(2)).doesNotContain("+auth");
    }
  }

  /** Bearer tokens, fetched or given, are bound as names and passwords are. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRedirectElsewhereIsFollowedWithoutTheToken(boolean given) throws Exception {
    ScriptedTransport internet =
        new ScriptedTransport(request -> {
          if (request.url().path().equals("/token")) {
            return Reply.of(200).saying("{\"token\":\"" + SECRET.replace(' ', '-') + "\"}");
          }
          if (request.url().origin().host().equals("cdn.example")) {
            return Reply.of(200).saying("blob");
          }
          return request.headers().first("Authorization").isEmpty()
              ? Reply.of(401).with("WWW-Authenticate", "Bearer realm=\"/token\"")
              : Reply.of(307).with("Location", "https://cdn.example/blob");
        });
    Credentials credentials =
        given
            ? new Credentials.RegistryToken(SECRET.replace(' ', '-'))
            : new Credentials.Basic("ci", SECRET);
    try (RegistryClient client =
        builder(internet).credentials(CredentialSource.always(credentials, "a file")).build()) {
      assertThat(client.getBlob(APP, DIGEST, 100)).isEqualTo(BLOB);
      assertNoSecretLeftFor(internet, "registry.example");
      assertThat(internet.lines()).last().isEqualTo("GET https://cdn.example/blob");
    }
  }

  /** What login and doctor ask is no other conversation. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/v2/",
        "https://registry.example:8443/v2/",
        "http://registry.example/v2/",
        "https://127.0.0.1/v2/",
        "https://169.254.169.254/"
      })
  void askingWhoMayComeInShowsNothingElsewhere(String location) {
    ScriptedTransport redirecting =
        new ScriptedTransport(request ->
            request.url().toString().equals("https://registry.example/v2/")
                ? request.headers().first("Authorization").isEmpty()
                    ? Reply.of(401).with("WWW-Authenticate", "Basic realm=\"r\"")
                    : Reply.of(307).with("Location", location)
                : Reply.of(401).with("WWW-Authenticate", "Basic realm=\"r\""));
    try (RegistryClient client = builder(redirecting).build()) {
      AccessReport report = client.checkAccess(APP, false);
      assertThat(report.refusal()).isPresent();
      for (TransportRequest request : redirecting.requests()) {
        if (request.headers().first("Authorization").isPresent()) {
          assertThat(request.url().origin().toString()).isEqualTo("https://registry.example");
        }
      }
    }
    ScriptedTransport naming = bearerRegistry(location);
    try (RegistryClient client = builder(naming).build()) {
      client.checkAccess(APP, false);
      for (TransportRequest request : naming.requests()) {
        assertThat(request.headers().first("Authorization").orElse(""))
            .satisfiesAnyOf(
                shown -> assertThat(shown).doesNotStartWith("Basic"),
                shown ->
                    assertThat(request.url().origin().toString())
                        .startsWith("https://registry.example"));
      }
    }
  }

  @Test
  void aRedirectAtHomeKeepsTheCredentials() throws Exception {
    ScriptedTransport internet = redirecting("/storage/blob");
    try (RegistryClient client = builder(internet).build()) {
      client.getBlob(APP, DIGEST, 100);
      assertThat(internet.lines().get(2))
          .isEqualTo("GET https://registry.example/storage/blob +auth");
    }
  }

  @Test
  void comingHomeAgainTheCredentialsAreShownAgain() throws Exception {
    ScriptedTransport internet =
        new ScriptedTransport(request ->
            switch (request.url().origin().host() + request.url().path()) {
              case "hop.example/" ->
                  Reply.of(302).with("Location", "https://registry.example/storage/blob");
              case "registry.example/storage/blob" -> Reply.of(200).saying("blob");
              default ->
                  request.headers().first("Authorization").isEmpty()
                      ? Reply.of(401).with("WWW-Authenticate", "Basic realm=\"r\"")
                      : Reply.of(302).with("Location", "https://hop.example/");
            });
    try (RegistryClient client = builder(internet).build()) {
      client.getBlob(APP, DIGEST, 100);
      assertNoSecretLeftFor(internet, "registry.example");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://registry.example/blob",
        "http://cdn.example/blob",
        "http://127.0.0.1/blob",
        "https://user:pw@cdn.example/",
        "https://169.254.169.254/",
        "https://[fe80::1]/",
        "https://treacherous.example/blob",
        "https://[fd00:ec2::254]/",
        "https://localhost/",
        "https://127.1.2.3:5000/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://cdn.example\\@evil.example/"
      })
  void aRedirectThatLeadsAstrayIsNotFollowed(String location) {
    ScriptedTransport internet = redirecting(location);
    try (RegistryClient client = builder(internet).build()) {
      RegistryException refused =
          catchThrowableOfType(RegistryException.class, () -> client.getBlob(APP, DIGEST, 100));
      assertThat(refused.kind()).isEqualTo(Kind.UNSAFE);
      assertThat(refused.message()).contains("the redirect is not followed");
      assertThat(internet.requests()).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://cdn.example/blob,false,false", "http://cdn.example/blob,true,true",
    "http://127.0.0.1:6000/blob,false,true", "https://cdn.example/blob,false,true"
  })
  void plainHttpElsewhereNeedsTheSamePermission(String location, boolean allowed, boolean goes)
      throws Exception {
    ScriptedTransport internet = redirecting(location);
    try (RegistryClient client = builder(internet).insecureAllowHttp(allowed).build()) {
      Repository local = repository("127.0.0.1:5000/acme/app");
      if (goes) {
        assertThat(client.getBlob(local, DIGEST, 100)).isEqualTo(BLOB);
        assertThat(internet.lines().get(2)).doesNotContain("+auth");
      } else {
        assertThatThrownBy(() -> client.getBlob(local, DIGEST, 100))
            .hasMessageContaining("is plain HTTP");
        assertThat(internet.requests()).hasSize(2);
      }
    }
  }

  @Test
  void aChallengeFromElsewhereIsNotAnswered() {
    ScriptedTransport internet =
        new ScriptedTransport(request ->
            request.url().origin().host().equals("cdn.example")
                ? Reply.of(401).with("WWW-Authenticate", "Basic realm=\"r\"")
                : Reply.of(307).with("Location", "https://cdn.example/blob"));
    try (RegistryClient client = builder(internet).build()) {
      RegistryException refused =
          catchThrowableOfType(RegistryException.class, () -> client.getBlob(APP, DIGEST, 100));
      assertThat(refused.kind()).isEqualTo(Kind.UNAUTHORIZED);
      assertThat(internet.requests()).hasSize(2);
      assertNoSecretLeftFor(internet);
    }
  }

  @Test
  void redirectsEnd() {
    ScriptedTransport internet =
        new ScriptedTransport(request ->
            Reply.of(302).with("Location", "https://cdn.example" + request.url().path() + "x"));
    try (RegistryClient client = builder(internet).build()) {
      RegistryException refused =
          catchThrowableOfType(RegistryException.class, () -> client.getBlob(APP, DIGEST, 100));
      assertThat(refused.kind()).isEqualTo(Kind.BAD_RESPONSE);
      assertThat(refused.message()).contains("more than 5 redirects");
      assertThat(internet.requests()).hasSize(6);
    }
  }

  @Test
  void aSignedQueryIsNotShown() {
    ScriptedTransport internet =
        new ScriptedTransport(request ->
            request.url().origin().host().equals("cdn.example")
                ? Reply.of(403)
                : Reply.of(307)
                    .with("Location", "https://cdn.example/b?X-Amz-Signature=s3cr3t&n=1"));
    try (RegistryClient client = builder(internet).build()) {
      RegistryException refused =
          catchThrowableOfType(RegistryException.class, () -> client.getBlob(APP, DIGEST, 100));
      assertThat(refused.message())
          .contains("https://cdn.example/b?X-Amz-Signature=REDACTED&n=1")
          .doesNotContain("s3cr3t");
    }
  }

  @Test
  void writesFollowNoRedirect() {
    ScriptedTransport internet =
        new ScriptedTransport(
            request -> Reply.of(307).with("Location", "https://registry.example/elsewhere"));
    try (RegistryClient client = builder(internet).build()) {
      RegistryException refused =
          catchThrowableOfType(
              RegistryException.class,
              () ->
                  client.putManifest(
                      APP, "v1", dev.bulla.oci.MediaType.OCI_MANIFEST, Bytes.utf8("{}")));
      assertThat(refused.kind()).isEqualTo(Kind.BAD_RESPONSE);
      assertThat(internet.requests()).hasSize(1);
    }
  }

  /** A registry that wants basic credentials and names a place for uploads. */
  private static ScriptedTransport uploading(String location) {
    return new ScriptedTransport(request -> {
      if (request.method().equals("PUT")) {
        return Reply.of(201);
      }
      return request.headers().first("Authorization").isEmpty()
          ? Reply.of(401).with("WWW-Authenticate", "Basic realm=\"r\"")
          : Reply.of(202).with("Location", location);
    });
  }

  @ParameterizedTest
  @CsvSource({
    "https://upload.example/session?_state=abc,false",
    "https://registry.example:8443/session,false",
    "https://registry.example/v2/acme/app/blobs/uploads/1?_state=abc,true",
    "/v2/acme/app/blobs/uploads/1,true",
    "1?_state=abc,true"
  })
  void anUploadElsewhereGoesWithoutCredentials(String location, boolean home) throws Exception {
    ScriptedTransport internet = uploading(location);
    try (RegistryClient client = builder(internet).build()) {
      client.putBlob(APP, BLOB);
      TransportRequest put = internet.requests().get(2);
      assertThat(put.method()).isEqualTo("PUT");
      assertThat(put.headers().first("Authorization").isPresent()).isEqualTo(home);
      assertThat(put.url().query()).endsWith("digest=" + DIGEST.toString().replace(":", "%3A"));
      if (location.contains("_state")) {
        assertThat(put.url().query()).startsWith("_state=abc&");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://registry.example/session",
        "http://upload.example/",
        "https://169.254.169.254/",
        "https://u:p@upload.example/",
        "https://127.0.0.1/"
      })
  void anUploadThatLeadsAstrayIsNotSent(String location) {
    ScriptedTransport internet = uploading(location);
    try (RegistryClient client = builder(internet).build()) {
      RegistryException refused =
          catchThrowableOfType(RegistryException.class, () -> client.putBlob(APP, BLOB));
      assertThat(refused.kind()).isEqualTo(Kind.UNSAFE);
      assertThat(internet.requests()).noneMatch(request -> request.method().equals("PUT"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example/list", "http://registry.example/list", "//evil/"})
  void theNextPageIsAtHomeOrAnError(String next) {
    ScriptedTransport internet =
        new ScriptedTransport(request ->
            Reply.of(200)
                .with("Content-Type", "application/vnd.oci.image.index.v1+json")
                .with("Link", "<" + next + ">; rel=\"next\"")
                .saying("{\"schemaVersion\":2,\"manifests\":[]}"));
    try (RegistryClient client = builder(internet).build()) {
      RegistryException refused =
          catchThrowableOfType(RegistryException.class, () -> client.referrers(APP, DIGEST));
      assertThat(refused.kind()).isEqualTo(Kind.UNSAFE);
      assertThat(internet.requests()).hasSize(1);
    }
  }

  @Test
  void tokensOfOneRegistryAreNotShownToAnother() throws Exception {
    ScriptedTransport internet =
        new ScriptedTransport(request -> {
          if (request.url().path().equals("/token")) {
            return Reply.of(200)
                .saying("{\"token\":\"for-" + request.url().origin().host() + "\"}");
          }
          return request.headers().first("Authorization").isEmpty()
              ? Reply.of(401).with("WWW-Authenticate", "Bearer realm=\"/token\"")
              : Reply.of(200).saying("blob");
        });
    try (RegistryClient client = builder(internet).build()) {
      client.getBlob(repository("one.example/app"), DIGEST, 100);
      client.getBlob(repository("two.example/app"), DIGEST, 100);
      client.getBlob(repository("one.example:8443/app"), DIGEST, 100);
      for (TransportRequest request : internet.requests()) {
        request
            .headers()
            .first("Authorization")
            .filter(value -> value.startsWith("Bearer"))
            .ifPresent(value ->
                assertThat(value).isEqualTo("Bearer for-" + request.url().origin().host()));
      }
      assertThat(internet.requests()).hasSize(9);
    }
  }

  // ---- plain HTTP

  private static ScriptedTransport only(String scheme) {
    return new ScriptedTransport(request -> {
      if (!request.url().origin().scheme().equals(scheme)) {
        throw new TransportException(
            scheme.equals("http")
                ? TransportException.Kind.NOT_TLS
                : TransportException.Kind.BROKEN,
            "wrong door",
            null);
      }
      return request.headers().first("Authorization").isEmpty()
          ? Reply.of(401).with("WWW-Authenticate", "Basic realm=\"r\"")
          : Reply.of(200).saying("blob");
    });
  }

  @Test
  void plainHttpIsNotTriedUnlessAllowed() {
    ScriptedTransport internet = only("http");
    try (RegistryClient client = builder(internet).build()) {
      RegistryException refused =
          catchThrowableOfType(RegistryException.class, () -> client.getBlob(APP, DIGEST, 100));
      assertThat(refused.kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(refused.hint().orElseThrow()).contains("--allow-http-registry");
      assertThat(internet.requests()).allMatch(request -> request.url().origin().isHttps());
    }
  }

  @Test
  void allowedPlainHttpIsTriedAfterTlsAndRemembered() throws Exception {
    ScriptedTransport internet = only("http");
    try (RegistryClient client = builder(internet).insecureAllowHttp(true).build()) {
      client.getBlob(APP, DIGEST, 100);
      client.getBlob(APP, DIGEST, 100);
      String url = "://registry.example/v2/acme/app/blobs/" + DIGEST;
      assertThat(internet.lines())
          .containsExactly(
              "GET https" + url,
              "GET http" + url,
              "GET http" + url + " +auth",
              "GET http" + url + " +auth");
    }
  }

  @Test
  void whoHasAnsweredOverTlsIsNeverAskedWithout() throws Exception {
    int[] requests = {0};
    ScriptedTransport internet =
        new ScriptedTransport(request -> {
          if (++requests[0] > 1) {
            throw new TransportException(TransportException.Kind.NO_CONNECTION, "gone", null);
          }
          return Reply.of(200).saying("blob");
        });
    try (RegistryClient client = builder(internet).insecureAllowHttp(true).build()) {
      client.getBlob(APP, DIGEST, 100);
      RegistryException gone =
          catchThrowableOfType(RegistryException.class, () -> client.getBlob(APP, DIGEST, 100));
      assertThat(gone.kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(internet.requests())
          .hasSize(5)
          .allMatch(request -> request.url().origin().isHttps());
    }
  }

  @Test
  void aBadCertificateIsNoReasonForPlainHttp() {
    ScriptedTransport internet =
        new ScriptedTransport(request -> {
          throw new TransportException(TransportException.Kind.TLS, "untrusted", null);
        });
    try (RegistryClient client = builder(internet).insecureAllowHttp(true).build()) {
      RegistryException refused =
          catchThrowableOfType(RegistryException.class, () -> client.getBlob(APP, DIGEST, 100));
      assertThat(refused.kind()).isEqualTo(Kind.TLS);
      assertThat(internet.lines())
          .containsExactly("GET https://registry.example/v2/acme/app/blobs/" + DIGEST);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost/app", "localhost:5000/app", "127.0.0.1:5000/app", "127.9.9.9/app"})
  void loopbackIsAskedOverPlainHttpAtOnce(String name) throws Exception {
    ScriptedTransport internet = only("http");
    try (RegistryClient client = builder(internet).build()) {
      client.getBlob(repository(name), DIGEST, 100);
      assertThat(internet.requests())
          .hasSize(2)
          .allMatch(request -> request.url().origin().scheme().equals("http"));
    }
  }

  /** A port that speaks TLS answers 400 to plain text; that says nothing of what went wrong. */
  @ParameterizedTest
  @CsvSource({
    "TLS, TLS",
    "BROKEN, UNREACHABLE",
    "CUT, BAD_RESPONSE",
    "TIMEOUT, TIMEOUT",
    "NOT_HTTP, BAD_RESPONSE"
  })
  void onLoopbackTheFailureOverTlsIsTold(TransportException.Kind how, Kind told) {
    ScriptedTransport internet =
        new ScriptedTransport(request -> {
          if (request.url().origin().isHttps()) {
            throw new TransportException(how, "certificate_required", null);
          }
          return Reply.of(400)
              .with("Content-Type", "text/plain")
              .saying("Client sent an HTTP request to an HTTPS server.");
        });
    try (RegistryClient client = builder(internet).build()) {
      assertThatThrownBy(() -> client.getBlob(repository("localhost:5000/app"), DIGEST, 100))
          .hasMessageContaining("certificate_required")
          .extracting(e -> ((RegistryException) e).kind())
          .isEqualTo(told);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TransportException.Kind.class,
      names = {"NOT_TLS", "NO_CONNECTION", "CONNECT_TIMEOUT"})
  void onLoopbackARefusalInPlainTextIsToldWhereThereIsNoTls(TransportException.Kind how)
      throws Exception {
    ScriptedTransport internet =
        new ScriptedTransport(request -> {
          if (request.url().origin().isHttps()) {
            throw new TransportException(how, "no TLS here", null);
          }
          return Reply.of(400).with("Content-Type", "text/plain").saying("go away");
        });
    try (RegistryClient client = builder(internet).build()) {
      assertThatThrownBy(() -> client.getBlob(repository("localhost:5000/app"), DIGEST, 100))
          .hasMessageContaining("400");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1:5000/app",
        "192.168.1.1/app",
        "registry.local/app",
        "127.0.0.1.evil.example/app",
        "localhost.evil.example/app",
        "127.evil.example/app"
      })
  void nothingElseIsLoopback(String name) {
    ScriptedTransport internet = only("http");
    try (RegistryClient client = builder(internet).build()) {
      assertThatThrownBy(() -> client.getBlob(repository(name), DIGEST, 100))
          .isInstanceOf(RegistryException.class);
      assertThat(internet.requests())
          .isNotEmpty()
          .allMatch(request -> request.url().origin().isHttps());
    }
  }

  // ---- the same over real sockets

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void overTheWireASecretStaysWithItsRegistry(TransportKind kind) throws Exception {
    try (EmbeddedRegistry home =
            EmbeddedRegistry.start(
                EmbeddedRegistry.options().auth(Auth.basic().user("ci", SECRET)));
        EmbeddedRegistry elsewhere = EmbeddedRegistry.start();
        RegistryClient client =
            RegistryClient.builder(kind.create())
                .credentials(CredentialSource.always(new Credentials.Basic("ci", SECRET), "test"))
                .build()) {
      IMAGE.pushTo(home.repository("app"), "v1");
      IMAGE.pushTo(elsewhere.repository("app"), "v1");
      Repository app = repository(home.host() + "/app");
      String there = elsewhere.uri() + "/v2/app/manifests/v1";
      home.faults()
          .on(RequestMatch.manifests().header("Authorization"))
          .does(Effects.redirect(307, there));
      assertThat(client.getManifest(app, "v1")).isPresent();
      home.faults().clear();
      home.faults()
          .on(RequestMatch.uploads().method("POST").header("Authorization"))
          .does(
              Effects.answer(
                  WireResponse.of(202)
                      .with("Location", elsewhere.uri() + "/v2/app/blobs/uploads/none")));
      assertThatThrownBy(() -> client.putBlob(app, BLOB)).isInstanceOf(RegistryException.class);
      assertThat(elsewhere.log().count()).isEqualTo(2);
      assertThat(elsewhere.log().withCredentials()).isEmpty();
      assertThat(elsewhere.log().carrying(SECRET)).isEmpty();
      assertThat(home.log().carrying(SECRET)).isNotEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void overTheWireTheLogHoldsNoSecret(TransportKind kind) throws Exception {
    Queue<String> log = new ConcurrentLinkedQueue<>();
    try (EmbeddedRegistry home =
            EmbeddedRegistry.start(
                EmbeddedRegistry.options().auth(Auth.bearer().user("ci", SECRET)));
        RegistryClient client =
            RegistryClient.builder(kind.create())
                .wireLog(log::addAll)
                .credentials(CredentialSource.always(new Credentials.Basic("ci", SECRET), "test"))
                .build()) {
      IMAGE.pushTo(home.repository("app"), "v1");
      client.getManifest(repository(home.host() + "/app"), "v1");
      String text = String.join("\n", log);
      assertThat(text)
          .contains("--> GET http://" + home.host() + "/v2/app/manifests/v1")
          .contains("<-- 401 Unauthorized GET ")
          .contains("Authorization: <redacted>")
          .contains("<-- 200 OK GET ");
      for (var request : home.log().withCredentials()) {
        assertThat(text).doesNotContain(request.headers().first("Authorization").orElseThrow());
      }
      assertThat(text).doesNotContain(SECRET).doesNotContain("Basic Y2k6");
    }
  }

  @Test
  void theLogEscapesWhatServersSay() throws Exception {
    Queue<String> log = new ConcurrentLinkedQueue<>();
    ScriptedTransport internet =
        new ScriptedTransport(request ->
            Reply.of(200)
                .with("Content-Type", "text/\u009b31mplain")
                .with("X-Secret", "unheard of")
                .with("Location", "https://cdn.example/?sig=abc")
                .saying("blob"));
    try (RegistryClient client = builder(internet).wireLog(log::addAll).build()) {
      client.getBlob(APP, DIGEST, 100);
      assertThat(String.join("\n", log))
          .contains("text/\\u{9b}31mplain")
          .contains("X-Secret: <redacted>")
          .contains("Location: https://cdn.example/?sig=REDACTED")
          .doesNotContain("\u009b");
    }
  }

  @Test
  void urlsHaveNoUserInformationAnywhere() throws Exception {
    assertThat(
            catchThrowableOfType(
                dev.bulla.error.MalformedInputException.class,
                () -> HttpUrl.parse("https://ci:" + SECRET.replace(" ", "") + "@h/")))
        .hasMessageNotContaining("horse");
  }
}
