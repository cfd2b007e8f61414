package dev.bulla.sigstore.fulcio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.error.KeyException;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.Signer;
import dev.bulla.sigstore.WireServices;
import dev.bulla.sigstore.oidc.IdentityToken;
import dev.bulla.testkit.http.Delivery;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.sigstore.VirtualKey;
import dev.bulla.testkit.sigstore.VirtualOidc;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Served;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FulcioClientTest {

  private static final String SCT_LIST = "1.3.6.1.4.1.11129.2.4.2";
  private static final String ME = "me@example.com";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static WireServices services;

  private final Signer key = PrivateKey.generate(KeyType.EC_P256, RANDOM).toSigner();

  @BeforeAll
  static void start() throws Exception {
    services = new WireServices();
  }

  @AfterAll
  static void stop() {
    services.close();
  }

  /** Making RSA keys takes long, so there is one. */
  private static Signer signer(KeyType type) throws Exception {
    return PrivateKey.importPem(Bytes.utf8(VirtualKey.create(type).privatePem())).toSigner();
  }

  private static String token() {
    return services.server.oidc().emailToken(ME, services.sigstore().now());
  }

  private static FulcioClient client() throws Exception {
    return new FulcioClient(services.caller(), services.url(Service.FULCIO));
  }

  private ServiceException failure(UnaryOperator<WireResponse> fault) {
    return failure(fault, 1, Duration.ofSeconds(60));
  }

  private ServiceException failure(UnaryOperator<WireResponse> fault, int times, Duration time) {
    services.server.disturb(Service.FULCIO, times, fault);
    return catchThrowableOfType(
        ServiceException.class,
        () ->
            new FulcioClient(services.caller(time), services.url(Service.FULCIO))
                .certificate(token(), ME, key));
  }

  private static String text(WireResponse response) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      response.body().writeTo(out);
      return out.toString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"EC_P256", "EC_P384", "EC_P521", "ED25519", "RSA_2048"})
  void certifiesKeysOfEveryFamily(KeyType type) throws Exception {
    try (Signer mine = signer(type)) {
      List<Bytes> chain = client().certificate(token(), ME, mine);

      Certificate leaf = Certificate.parse(chain.get(0));
      assertThat(leaf.publicKey()).isEqualTo(mine.publicKey());
      assertThat(leaf.extension(SCT_LIST)).isPresent();
      assertThat(chain).hasSizeGreaterThan(1);
    }
  }

  @Test
  void signsWhatTheTokenSays() throws Exception {
    IdentityToken token = IdentityToken.parse(token());

    Certificate leaf = Certificate.parse(client().certificate(token, key).get(0));

    assertThat(leaf.names().toString()).contains(ME);
  }

  @Test
  void takesACertificateWhosePromiseComesBesideIt() throws Exception {
    services.server.detachedTimestamps(true);
    try {
      Certificate leaf = Certificate.parse(client().certificate(token(), ME, key).get(0));

      assertThat(leaf.publicKey()).isEqualTo(key.publicKey());
      assertThat(leaf.extension(SCT_LIST)).isEmpty();
    } finally {
      services.server.detachedTimestamps(false);
    }
  }

  @Test
  void asksAsCosignDoes() throws Exception {
    String token = token();
    client().certificate(token, ME, key);

    Served last =
        services
            .server
            .served(Service.FULCIO)
            .get(services.server.served(Service.FULCIO).size() - 1);
    assertThat(last.toString()).isEqualTo("FULCIO POST /api/v2/signingCert 200");
    assertThat(last.headers().first("Authorization")).hasValue("Bearer " + token);
    assertThat(last.body().toUtf8String("body"))
        .startsWith(
            "{\"publicKeyRequest\":{\"publicKey\":{\"algorithm\":\"ECDSA\",\"content\":\"-----BEGIN")
        .contains("\"proofOfPossession\":")
        .doesNotContain(token);
  }

  @Test
  void saysWhyItIsRefusedAndShowsNoToken() throws Exception {
    String foreign =
        VirtualOidc.create("https://elsewhere.example").emailToken(ME, services.sigstore().now());

    ServiceException e =
        catchThrowableOfType(ServiceException.class, () -> client().certificate(foreign, ME, key));

    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e.message()).contains("/api/v2/signingCert: HTTP 4").doesNotContain(foreign);
  }

  @Test
  void cannotBeGivenAnotherSubject() throws Exception {
    ServiceException e =
        catchThrowableOfType(
            ServiceException.class, () -> client().certificate(token(), "you@example.com", key));

    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e.status()).hasValue(400);
  }

  @Test
  void asksNothingForAKeyThatSignsInAnotherWay() throws Exception {
    int before = services.server.served(Service.FULCIO).size();
    Signer prehashed =
        PrivateKey.generate(KeyType.ED25519, RANDOM).toSigner(SignatureAlgorithm.ED25519PH);
    Signer older =
        PrivateKey.generate(KeyType.EC_P384, RANDOM).toSigner(SignatureAlgorithm.ECDSA_P384_SHA256);

    for (Signer signer : List.of(prehashed, older)) {
      assertThat(
              catchThrowableOfType(
                      KeyException.class, () -> client().certificate(token(), ME, signer))
                  .problem())
          .isEqualTo(KeyException.Problem.WRONG_KEY);
    }
    assertThat(services.server.served(Service.FULCIO)).hasSize(before);
  }

  @Test
  void callsAnRsaKeyByItsOtherNameWhenTheFirstIsRefused() throws Exception {
    services.server.disturb(Service.FULCIO, 1, r -> r.withStatus(400).withText("text/plain", "no"));
    try (Signer rsa = signer(KeyType.RSA_2048)) {
      assertThat(client().certificate(token(), ME, rsa)).isNotEmpty();
    }
    List<Served> served = services.server.served(Service.FULCIO);
    assertThat(served.get(served.size() - 1).body().toUtf8String("body")).contains("RSA_PSS");
  }

  @Test
  void believesNoCertificateForAnotherKey() throws Exception {
    try (Signer other = signer(KeyType.EC_P256)) {
      services.server.disturb(
          Service.FULCIO,
          1,
          r -> {
            kept = text(r);
            return r;
          });
      client().certificate(token(), ME, other);
    }

    ServiceException e = failure(r -> r.withText("application/json", kept));

    assertThat(e.kind()).isEqualTo(Kind.BAD_ANSWER);
    assertThat(e.message()).contains("another key");
  }

  private String kept = "";

  @Test
  void believesNoAnswerThatIsNotWhatItHasToBe() {
    for (UnaryOperator<String> change :
        List.<UnaryOperator<String>>of(
            text -> "",
            text -> "[]",
            text -> "{}",
            text -> text.substring(0, text.length() / 2),
            text -> text + text,
            text -> text.replace("signedCertificateEmbeddedSct", "somethingElse"),
            text -> text.replace("certificates", "certificatez"),
            text -> text.replace("BEGIN CERTIFICATE", "BEGIN PUBLIC KEY"),
            text -> text.replace("[\"", "[\"\",\""),
            text -> text.replace("[\"", "[7,\""),
            text -> text.replaceAll("\\[.*]", "[]"),
            text -> text.replaceAll("\\[(\"[^\"]*\").*]", "[$1,$1,$1,$1,$1,$1,$1,$1,$1]"),
            text -> "{\"signedCertificateDetachedSct\":{}," + text.substring(1),
            text -> text.substring(0, text.length() - 1) + "," + text.substring(1),
            text -> "<html>" + text)) {
      ServiceException e = failure(r -> r.withText("application/json", change.apply(text(r))));

      assertThat(e).as(change.apply("…")).isNotNull();
      assertThat(e.kind()).isEqualTo(Kind.BAD_ANSWER);
    }
  }

  @Test
  void doesNotMindAnotherContentType() throws Exception {
    services.server.disturb(Service.FULCIO, 1, r -> r.with("Content-Type", "text/plain"));

    assertThat(client().certificate(token(), ME, key)).isNotEmpty();
  }

  @Test
  void readsNoGigabyte() {
    byte[] megabyte = new byte[1 << 20];
    WireBody endless =
        WireBody.streamed(out -> {
          for (int i = 0; i < 1024; i++) {
            out.write(megabyte);
          }
        });

    assertThat(failure(r -> r.withBody(endless)).kind()).isEqualTo(Kind.BAD_ANSWER);
  }

  @Test
  void givesUpOnASilentAuthority() {
    assertThat(failure(r -> r.deliveredBy(Delivery.hang()), 1, Duration.ofMillis(300)).kind())
        .isEqualTo(Kind.UNREACHABLE);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 307})
  void carriesNoTokenElsewhere(int status) {
    assertThat(failure(r -> r.withStatus(status).with("Location", "http://127.0.0.1:1/")).kind())
        .isEqualTo(Kind.UNSAFE);
  }

  @Test
  void asksAgainWhenTheAuthorityIsBusy() throws Exception {
    services.server.disturb(Service.FULCIO, 2, r -> r.withStatus(503).with("Retry-After", "0"));

    assertThat(client().certificate(token(), ME, key)).isNotEmpty();
  }
}
