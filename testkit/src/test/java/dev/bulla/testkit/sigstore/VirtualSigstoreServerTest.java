package dev.bulla.testkit.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.key.KeyType;
import dev.bulla.key.Pem;
import dev.bulla.testkit.http.Delivery;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The services as a client meets them, and what they refuse. */
final class VirtualSigstoreServerTest {

  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
  private static final Bytes ARTIFACT = Bytes.utf8("hello\n");
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final VirtualSigstore sigstore = VirtualSigstore.at(NOW);
  private final VirtualKey key = VirtualKey.create(KeyType.EC_P256);
  private VirtualSigstoreServer server;

  @BeforeEach
  void start() throws IOException {
    server = VirtualSigstoreServer.start(sigstore);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<byte[]> send(
      Service service, String method, String path, Bytes body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url(service) + path))
            .method(method, BodyPublishers.ofByteArray(body.toByteArray()));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> get(Service service, String path)
      throws IOException, InterruptedException {
    return send(service, "GET", path, Bytes.EMPTY);
  }

  private HttpResponse<byte[]> post(Service service, String path, JsonValue json, String... more)
      throws IOException, InterruptedException {
    String[] headers = new String[more.length + 2];
    headers[0] = "Content-Type";
    headers[1] = "application/json";
    System.arraycopy(more, 0, headers, 2, more.length);
    return send(service, "POST", path, GoJson.write(json), headers);
  }

  private static JsonObject json(HttpResponse<byte[]> response) throws MalformedInputException {
    return JsonParser.parseObject(Bytes.of(response.body()), "answer");
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private static JsonObject object(String... namesAndValues) {
    JsonObject.Builder object = JsonObject.builder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return object.build();
  }

  private static JsonObject of(String name, JsonValue value) {
    return JsonObject.builder().put(name, value).build();
  }

  private static JsonObject in(JsonObject object, String name) {
    return (JsonObject) object.get(name).orElseThrow();
  }

  // --- Fulcio

  private JsonObject publicKeyRequest(VirtualKey own, String challenge) {
    return JsonObject.builder()
        .put(
            "publicKeyRequest",
            JsonObject.builder()
                .put("publicKey", object("algorithm", "ECDSA", "content", own.publicPem()))
                .put("proofOfPossession", Base64Text.encode(own.sign(Bytes.utf8(challenge))))
                .build())
        .build();
  }

  private HttpResponse<byte[]> certify(String token, JsonObject request)
      throws IOException, InterruptedException {
    return post(Service.FULCIO, "/api/v2/signingCert", request, "Authorization", "Bearer " + token);
  }

  private String token() {
    return server.oidc().emailToken("me@example.com", NOW);
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void fulcioCertifiesTheHolderOfATokenAndAKey(KeyType type) throws Exception {
    VirtualKey own = VirtualKey.create(type);
    X509Certificate leaf = leaf(certify(token(), publicKeyRequest(own, "me@example.com")));
    assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(1, "me@example.com"));
    assertThat(leaf.getPublicKey()).isEqualTo(own.publicKey());
    assertThat(leaf.getExtensionValue("1.3.6.1.4.1.11129.2.4.2")).isNotNull();
  }

  private static X509Certificate leaf(HttpResponse<byte[]> answer) throws MalformedInputException {
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    JsonObject chain = in(in(json(answer), "signedCertificateEmbeddedSct"), "chain");
    List<JsonValue> pems = ((JsonArray) chain.get("certificates").orElseThrow()).values();
    assertThat(pems).hasSize(3);
    String first = ((JsonString) pems.get(0)).value();
    return CertificateWriter.parse(Pem.parseFirst(Bytes.utf8(first), "leaf").content());
  }

  private void isRefused(int status, String problem, HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
    assertThat(text(answer)).contains(problem);
  }

  private String token(String claim, JsonValue value) {
    JsonObject claims = server.oidc().emailClaims("me@example.com", NOW);
    Map<String, JsonValue> all = new TreeMap<>();
    claims.members().forEach(m -> all.put(m.name(), m.value()));
    all.put(claim, value);
    return server.oidc().token(JsonObject.sorted(all));
  }

  @Test
  void fulcioRefusesTokensThatAreNotForIt() throws Exception {
    JsonObject request = publicKeyRequest(key, "me@example.com");
    isRefused(401, "audience", certify(token("aud", new JsonString("other")), request));
    isRefused(
        400, "issuer", certify(token("iss", new JsonString("https://other.example")), request));
    isRefused(
        401,
        "expired",
        certify(server.oidc().emailToken("me@example.com", NOW.minusSeconds(601)), request));
    isRefused(
        401,
        "future",
        certify(server.oidc().emailToken("me@example.com", NOW.plusSeconds(5)), request));
    isRefused(400, "not verified", certify(token("email_verified", JsonBoolean.FALSE), request));
    VirtualKey other = VirtualKey.create(KeyType.RSA_3072);
    JsonObject claims = server.oidc().emailClaims("me@example.com", NOW);
    isRefused(401, "not signed", certify(server.oidc().token(claims, other), request));
    isRefused(401, "no token", post(Service.FULCIO, "/api/v2/signingCert", request));
    isRefused(400, "not a JSON Web Token", certify("rubbish", request));
  }

  @Test
  void fulcioRefusesWhoDoesNotHoldTheKey() throws Exception {
    isRefused(
        400, "could not be verified", certify(token(), publicKeyRequest(key, "you@example.com")));
    JsonObject more =
        JsonObject.builder()
            .put(
                "publicKeyRequest", in(publicKeyRequest(key, "me@example.com"), "publicKeyRequest"))
            .put("unheardOf", "x")
            .build();
    isRefused(400, "unknown member", certify(token(), more));
    isRefused(400, "either a public key", certify(token(), JsonObject.EMPTY));
  }

  @Test
  void fulcioCertifiesTheKeyOfASigningRequest() throws Exception {
    Bytes info = Asn1.sequence(Asn1.integer(0), Asn1.sequence(), key.spki(), Asn1.explicit(0));
    Bytes algorithm = key.algorithmIdentifier(HashAlgorithm.SHA256);
    Bytes whole = Asn1.sequence(info, algorithm, Asn1.bits(key.sign(info)));
    Bytes wrong = Asn1.sequence(info, algorithm, Asn1.bits(key.sign(algorithm)));
    assertThat(certify(token(), signingRequest(whole)).statusCode()).isEqualTo(200);
    isRefused(400, "not signed by its key", certify(token(), signingRequest(wrong)));
  }

  private static JsonObject signingRequest(Bytes der) {
    String pem = PemText.of("CERTIFICATE REQUEST", der);
    return object("certificateSigningRequest", Base64Text.encode(Bytes.utf8(pem)));
  }

  @Test
  void fulcioHandsTimestampsOutBesideTheCertificateWhenToldTo() throws Exception {
    server.detachedTimestamps(true);
    JsonObject answer = json(certify(token(), publicKeyRequest(key, "me@example.com")));
    JsonObject detached = in(answer, "signedCertificateDetachedSct");
    Bytes sct =
        Base64Text.decode(
            ((JsonString) detached.get("signedCertificateTimestamp").orElseThrow()).value(), "");
    assertThat(JsonParser.parseObject(sct, "sct").get("id"))
        .contains(new JsonString(Base64Text.encode(sigstore.ctLog().logId())));
  }

  @Test
  void fulcioCertifiesWorkflowsWithTheirClaims() throws Exception {
    JsonObject claims =
        server
            .oidc()
            .claims(
                NOW,
                Map.of(
                    "sub", new JsonString("repo:octo/app:ref:refs/heads/main"),
                    "job_workflow_ref",
                        new JsonString("octo/app/.github/workflows/b.yml@refs/heads/main"),
                    "event_name", new JsonString("push"),
                    "repository", new JsonString("octo/app"),
                    "run_id", new JsonString("7"),
                    "run_attempt", new JsonString("2")));
    HttpResponse<byte[]> answer =
        certify(
            server.oidc().token(claims),
            publicKeyRequest(key, "repo:octo/app:ref:refs/heads/main"));
    X509Certificate leaf = leaf(answer);
    assertThat(leaf.getSubjectAlternativeNames())
        .containsExactly(
            List.of(6, "https://github.com/octo/app/.github/workflows/b.yml@refs/heads/main"));
    String extensions = "1.3.6.1.4.1.57264.1.";
    assertThat(leaf.getExtensionValue(extensions + 2))
        .endsWith("push".getBytes(StandardCharsets.UTF_8));
    assertThat(leaf.getExtensionValue(extensions + 12))
        .endsWith("https://github.com/octo/app".getBytes(StandardCharsets.UTF_8));
    assertThat(leaf.getExtensionValue(extensions + 21))
        .endsWith(
            "https://github.com/octo/app/actions/runs/7/attempts/2"
                .getBytes(StandardCharsets.UTF_8));
    assertThat(text(get(Service.FULCIO, "/api/v2/configuration"))).contains(server.oidc().issuer());
    assertThat(text(get(Service.FULCIO, "/api/v2/trustBundle"))).contains("BEGIN CERTIFICATE");
    assertThat(get(Service.FULCIO, "/api/v2/other").statusCode()).isEqualTo(404);
  }

  // --- Rekor v1

  private static JsonObject parsed(Bytes json) {
    try {
      return JsonParser.parseObject(json, "entry");
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  private JsonObject hashedrekord(VirtualKey own, Bytes artifact) {
    return parsed(
        Rekor1Bodies.hashedrekord(
            HashAlgorithm.SHA256, PemText.sha256(artifact), own.sign(artifact), own.publicPem()));
  }

  @Test
  void theOldLogTakesAnEntryOnceAndFindsIt() throws Exception {
    JsonObject proposal = hashedrekord(key, ARTIFACT);
    HttpResponse<byte[]> created = post(Service.REKOR1, "/api/v1/log/entries", proposal);
    assertThat(created.statusCode()).as(text(created)).isEqualTo(201);
    String id = created.headers().firstValue("ETag").orElseThrow();
    assertThat(json(created).members().get(0).name()).isEqualTo(id).hasSize(80);
    String location = created.headers().firstValue("Location").orElseThrow();
    assertThat(location).isEqualTo("/api/v1/log/entries/" + id);
    assertThat(in(json(get(Service.REKOR1, location)), id).get("logIndex"))
        .contains(JsonNumber.of(1000));
    String uuid = id.substring(16);
    assertThat(get(Service.REKOR1, "/api/v1/log/entries/" + uuid).statusCode()).isEqualTo(200);
    assertThat(get(Service.REKOR1, "/api/v1/log/entries?logIndex=1000").statusCode())
        .isEqualTo(200);
    assertThat(get(Service.REKOR1, "/api/v1/log/entries?logIndex=1001").statusCode())
        .isEqualTo(404);
    assertThat(get(Service.REKOR1, "/api/v1/log/entries/" + "0".repeat(64)).statusCode())
        .isEqualTo(404);

    HttpResponse<byte[]> again = post(Service.REKOR1, "/api/v1/log/entries", proposal);
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.headers().firstValue("Location")).contains(location);
    assertThat(sigstore.rekor1().size()).isEqualTo(1);

    JsonObject asked = of("entries", JsonArray.of(proposal));
    assertThat(text(post(Service.REKOR1, "/api/v1/log/entries/retrieve", asked))).contains(id);
    JsonObject byHash = object("hash", "sha256:" + HexText.encode(PemText.sha256(ARTIFACT)));
    assertThat(text(post(Service.REKOR1, "/api/v1/index/retrieve", byHash)))
        .isEqualTo("[\"" + id + "\"]");
    JsonObject byKey =
        of(
            "publicKey",
            object("format", "x509", "content", Base64Text.encode(Bytes.utf8(key.publicPem()))));
    assertThat(text(post(Service.REKOR1, "/api/v1/index/retrieve", byKey))).contains(id);
    assertThat(
            text(
                post(
                    Service.REKOR1,
                    "/api/v1/index/retrieve",
                    object("email", "nobody@example.com"))))
        .isEqualTo("[]");
    assertThat(text(get(Service.REKOR1, "/api/v1/log"))).contains("\"treeSize\":1");
    assertThat(text(get(Service.REKOR1, "/api/v1/log/publicKey")))
        .isEqualTo(sigstore.rekor1().key().publicPem());
    assertThat(get(Service.REKOR1, "/api/v1/log/proof?firstSize=1&lastSize=1").statusCode())
        .isEqualTo(200);
  }

  @Test
  void theOldLogRefusesWhatDoesNotVerify() throws Exception {
    JsonObject wrong =
        parsed(
            Rekor1Bodies.hashedrekord(
                HashAlgorithm.SHA256,
                PemText.sha256(ARTIFACT),
                key.sign(Bytes.utf8("other")),
                key.publicPem()));
    isRefused(400, "does not verify", post(Service.REKOR1, "/api/v1/log/entries", wrong));
    JsonObject.Builder more = JsonObject.builder();
    hashedrekord(key, ARTIFACT).members().forEach(m -> more.put(m.name(), m.value()));
    isRefused(
        400,
        "unknown member",
        post(Service.REKOR1, "/api/v1/log/entries", more.put("x", "y").build()));
    isRefused(
        400,
        "unknown kind",
        post(
            Service.REKOR1,
            "/api/v1/log/entries",
            JsonObject.builder()
                .put("kind", "rpm")
                .put("apiVersion", "0.0.1")
                .put("spec", JsonObject.EMPTY)
                .build()));
    isRefused(
        415,
        "content type",
        send(
            Service.REKOR1,
            "POST",
            "/api/v1/log/entries",
            GoJson.write(hashedrekord(key, ARTIFACT))));
    assertThat(sigstore.rekor1().size()).isZero();
  }

  @Test
  void theOldLogTakesEnvelopes() throws Exception {
    Bytes payload = Bytes.utf8("{}");
    Bytes signature = key.sign(Bytes.utf8("DSSEv1 1 t 2 {}"));
    String envelope =
        new String(
            GoJson.write(VirtualBundle.envelopeJson("t", payload, signature)).toByteArray(),
            StandardCharsets.UTF_8);
    JsonObject content =
        JsonObject.builder()
            .put("envelope", envelope)
            .put(
                "verifiers",
                JsonArray.of(new JsonString(Base64Text.encode(Bytes.utf8(key.publicPem())))))
            .build();
    JsonObject proposal =
        JsonObject.builder()
            .put("apiVersion", "0.0.1")
            .put("kind", "dsse")
            .put("spec", of("proposedContent", content))
            .build();
    HttpResponse<byte[]> created = post(Service.REKOR1, "/api/v1/log/entries", proposal);
    assertThat(created.statusCode()).as(text(created)).isEqualTo(201);
    VirtualEntry entry = sigstore.rekor1().entry(0).orElseThrow();
    assertThat(entry.body().toUtf8String("body"))
        .contains(HexText.encode(PemText.sha256(Bytes.utf8(envelope))));
    assertThat(entry.kind()).isEqualTo("dsse");
  }

  // --- Rekor v2

  private JsonObject newEntry(String details, Bytes digest, Bytes signature) {
    return of(
        "hashedRekordRequestV002",
        JsonObject.builder()
            .put("digest", Base64Text.encode(digest))
            .put(
                "signature",
                JsonObject.builder()
                    .put("content", Base64Text.encode(signature))
                    .put(
                        "verifier",
                        JsonObject.builder()
                            .put("publicKey", object("rawBytes", Base64Text.encode(key.spki())))
                            .put("keyDetails", details)
                            .build())
                    .build())
            .build());
  }

  @Test
  void theNewLogTakesEntriesAndServesTiles() throws Exception {
    Bytes digest = PemText.sha256(ARTIFACT);
    String path = "/api/v2/log/entries";
    for (int i = 0; i < 2; i++) {
      HttpResponse<byte[]> created =
          post(
              Service.REKOR2,
              path,
              newEntry("PKIX_ECDSA_P256_SHA_256", digest, key.sign(ARTIFACT)));
      assertThat(created.statusCode()).as(text(created)).isEqualTo(201);
      assertThat(json(created).get("logIndex")).contains(new JsonString(Integer.toString(i)));
    }
    assertThat(text(get(Service.REKOR2, "/api/v2/checkpoint")))
        .startsWith("rekor2.virtual.test\n2\n");
    Bytes hashes = Bytes.of(get(Service.REKOR2, "/api/v2/tile/0/000.p/2").body());
    Bytes bodies = Bytes.of(get(Service.REKOR2, "/api/v2/tile/entries/000.p/2").body());
    int length = (bodies.at(0) & 0xff) << 8 | (bodies.at(1) & 0xff);
    assertThat(PemText.sha256(Bytes.of((byte) 0), bodies.slice(2, 2 + length)))
        .isEqualTo(hashes.slice(0, 32));
    assertThat(hashes.size()).isEqualTo(64);
    assertThat(get(Service.REKOR2, "/api/v2/tile/0/000").statusCode()).isEqualTo(404);
    assertThat(get(Service.REKOR2, "/api/v2/tile/0/x001/000").statusCode()).isEqualTo(404);
  }

  @Test
  void theNewLogRefusesWhatDoesNotVerify() throws Exception {
    Bytes digest = PemText.sha256(ARTIFACT);
    String path = "/api/v2/log/entries";
    String details = "PKIX_ECDSA_P256_SHA_256";
    isRefused(
        400,
        "does not verify",
        post(Service.REKOR2, path, newEntry(details, digest, key.sign(digest))));
    isRefused(
        400,
        "not of the type",
        post(
            Service.REKOR2, path, newEntry("PKIX_ECDSA_P384_SHA_384", digest, key.sign(ARTIFACT))));
    isRefused(
        400, "only hashedrekord", post(Service.REKOR2, path, of("dsseRequestV002", object())));
  }

  @Test
  void tilesOfHigherLevelsAreRootsOfWholeTiles() throws Exception {
    for (int i = 0; i < 256; i++) {
      sigstore.rekor2().add("other", Bytes.utf8("entry " + i), NOW);
    }
    Bytes top = Bytes.of(get(Service.REKOR2, "/api/v2/tile/1/000.p/1").body());
    assertThat(text(get(Service.REKOR2, "/api/v2/checkpoint")))
        .startsWith("rekor2.virtual.test\n256\n" + Base64Text.encode(top) + "\n");
    assertThat(get(Service.REKOR2, "/api/v2/tile/0/000").body()).hasSize(256 * 32);
  }

  // --- timestamps

  @Test
  void timestampsAreGivenForQueries() throws Exception {
    Bytes query =
        Asn1.sequence(
            Asn1.integer(1),
            Asn1.sequence(
                VirtualTsa.algorithm(HashAlgorithm.SHA256), Asn1.octets(PemText.sha256(ARTIFACT))),
            Asn1.integer(77),
            Asn1.TRUE);
    HttpResponse<byte[]> answer =
        send(
            Service.TSA,
            "POST",
            "/api/v1/timestamp",
            query,
            "Content-Type",
            "application/timestamp-query");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/timestamp-reply");
    assertThat(answer.body().length).isGreaterThan(1000);
    isRefused(415, "content type", send(Service.TSA, "POST", "/api/v1/timestamp", query));
    isRefused(
        400,
        "longer",
        send(
            Service.TSA,
            "POST",
            "/api/v1/timestamp",
            query.slice(0, 20),
            "Content-Type",
            "application/timestamp-query"));
    assertThat(text(get(Service.TSA, "/api/v1/timestamp/certchain")))
        .isEqualTo(sigstore.tsa().certificate().chainPem());
  }

  // --- the certificate log

  @Test
  void ctLogPromisesWhatIsSubmittedToIt() throws Exception {
    Instant now = sigstore.now();
    IssuedCertificate leaf =
        sigstore
            .fulcio()
            .leaf(VirtualKey.create(KeyType.EC_P256).spki(), now)
            .identity(VirtualIdentity.email("me@example.com", "https://issuer.test"))
            .issue();
    JsonObject chain =
        JsonObject.builder()
            .put(
                "chain",
                JsonArray.of(
                    leaf.chain().stream()
                        .map(der -> new JsonString(Base64Text.encode(der)))
                        .toList()))
            .build();
    JsonObject nothing = JsonObject.builder().put("chain", JsonArray.EMPTY).build();
    HttpResponse<byte[]> promised = post(Service.CT_LOG, "/ct/v1/add-chain", chain);
    assertThat(promised.statusCode()).isEqualTo(200);
    assertThat(text(promised))
        .contains("\"id\":\"" + Base64Text.encode(sigstore.ctLog().logId()) + "\"");
    isRefused(400, "not a precertificate", post(Service.CT_LOG, "/ct/v1/add-pre-chain", chain));
    isRefused(400, "without an issuer", post(Service.CT_LOG, "/ct/v1/add-chain", nothing));
    isRefused(404, "no such path", get(Service.CT_LOG, "/ct/v1/add-chain"));
  }

  // --- tokens

  private HttpResponse<byte[]> form(String path, String form)
      throws IOException, InterruptedException {
    return send(
        Service.OIDC,
        "POST",
        path,
        Bytes.utf8(form),
        "Content-Type",
        "application/x-www-form-urlencoded");
  }

  private static JsonObject claims(HttpResponse<byte[]> granted) throws MalformedInputException {
    String token = ((JsonString) json(granted).get("id_token").orElseThrow()).value();
    return JsonParser.parseObject(
        Base64Text.decodeAnyVariant(token.split("\\.", -1)[1], "claims"), "claims");
  }

  private String code(String verifier) throws IOException, InterruptedException {
    HttpResponse<byte[]> redirected =
        get(
            Service.OIDC,
            "/auth?response_type=code&client_id=sigstore&scope=openid%20email&state=s%26t"
                + "&nonce=n&code_challenge_method=S256&redirect_uri=http://localhost:1/cb"
                + "&code_challenge="
                + VirtualOidc.part(PemText.sha256(Bytes.utf8(verifier))));
    String location = redirected.headers().firstValue("Location").orElseThrow();
    assertThat(location).startsWith("http://localhost:1/cb?code=").endsWith("&state=s%26t");
    return location.substring(location.indexOf("code=") + 5, location.indexOf('&'));
  }

  @Test
  void aCodeIsGoodOnceForWhoAskedForIt() throws Exception {
    assertThat(text(get(Service.OIDC, "/.well-known/openid-configuration")))
        .contains("\"issuer\":\"" + server.url(Service.OIDC) + "\"");
    server.logIn("you@example.com");
    String form =
        "grant_type=authorization_code&redirect_uri=http://localhost:1/cb&client_id=sigstore";
    String first = code("secret");
    String granted = form + "&code_verifier=secret&code=" + first;
    HttpResponse<byte[]> answer = form("/token", granted);
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    assertThat(claims(answer).get("nonce")).contains(new JsonString("n"));
    assertThat(claims(answer).get("email")).contains(new JsonString("you@example.com"));
    isRefused(400, "invalid_grant", form("/token", granted));
    isRefused(
        400,
        "invalid_grant",
        form("/token", form + "&code_verifier=guessed&code=" + code("secret")));
    isRefused(400, "invalid_request", get(Service.OIDC, "/auth?response_type=code"));
  }

  @Test
  void aDeviceWaitsUntilItsUserIsDone() throws Exception {
    server.devicesWait(1);
    JsonObject asked = json(form("/device/code", "client_id=sigstore&scope=openid+email"));
    String device = ((JsonString) asked.get("device_code").orElseThrow()).value();
    String form = "grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=" + device;
    isRefused(400, "authorization_pending", form("/token", form));
    HttpResponse<byte[]> answer = form("/token", form);
    assertThat(claims(answer).get("email")).contains(new JsonString("me@example.com"));
    isRefused(400, "invalid_grant", form("/token", form));
    assertThat(text(get(Service.OIDC, "/keys"))).contains("\"kty\":\"RSA\"");
  }

  // --- all of them

  @Test
  void answersAreDisturbedAsOftenAsAskedFor() throws Exception {
    server.disturb(Service.REKOR1, 1, r -> WireResponse.of(503));
    server.disturb(Service.REKOR1, 1, r -> r.deliveredBy(Delivery.cutAfter(10)));
    assertThat(get(Service.FULCIO, "/api/v2/trustBundle").statusCode()).isEqualTo(200);
    assertThat(get(Service.REKOR1, "/api/v1/log").statusCode()).isEqualTo(503);
    assertThatThrownBy(() -> get(Service.REKOR1, "/api/v1/log")).isInstanceOf(IOException.class);
    assertThat(get(Service.REKOR1, "/api/v1/log").statusCode()).isEqualTo(200);
    assertThat(server.served(Service.REKOR1)).hasSize(3);
    assertThat(server.served()).hasSize(4);
    assertThat(server.served(Service.FULCIO).get(0))
        .hasToString("FULCIO GET /api/v2/trustBundle 200");
  }

  @Test
  void itIsServedOverTlsToo() throws Exception {
    TestAuthority authority = TestAuthority.create("services");
    try (VirtualSigstoreServer secure =
            VirtualSigstoreServer.startTls(sigstore, authority.serverContext("127.0.0.1"));
        HttpClient client = HttpClient.newBuilder().sslContext(authority.clientContext()).build()) {
      assertThat(secure.oidc().issuer()).startsWith("https://");
      URI uri = URI.create(secure.url(Service.REKOR1) + "/api/v1/log");
      assertThat(
              client
                  .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void configurationsLeadToTheServices() throws Exception {
    String config = GoJson.write(server.signingConfig(Service.REKOR2, true)).toUtf8String("config");
    assertThat(config)
        .contains(server.url(Service.REKOR2), server.url(Service.FULCIO), server.tsaUrl())
        .contains("\"majorApiVersion\":2")
        .doesNotContain(server.url(Service.REKOR1));
    assertThat(server.signingConfig(null, false).get("rekorTlogUrls")).isEmpty();
  }
}
