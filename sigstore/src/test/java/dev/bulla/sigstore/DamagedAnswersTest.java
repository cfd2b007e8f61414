package dev.bulla.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.ServiceException;
import dev.bulla.json.ProtoJson;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.sigstore.config.SigningConfig;
import dev.bulla.sigstore.fulcio.FulcioClient;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.sigstore.rekor.LogProposal;
import dev.bulla.sigstore.rekor.RekorV1Client;
import dev.bulla.sigstore.rekor.RekorV2Client;
import dev.bulla.sigstore.tsa.TimestampClient;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Right answers with a few bytes changed: every client takes them or says that they are bad, and
 * nothing else ever leaves it.
 */
final class DamagedAnswersTest {

  private static final int ROUNDS = 400;
  private static WireServices services;

  private final Random random = new Random(20_261_121);
  private final Signer key = PrivateKey.generate(KeyType.EC_P256, new SecureRandom()).toSigner();

  @BeforeAll
  static void start() throws Exception {
    services = new WireServices();
  }

  @AfterAll
  static void stop() {
    services.close();
  }

  /** What a client does with a caller. */
  private interface Use {
    void with(ServiceCaller caller) throws BullaException;
  }

  private void damage(Use use) throws BullaException {
    ServiceAnswer[] right = new ServiceAnswer[1];
    use.with(
        ServiceCaller.of((request, timeout) -> right[0] = answer(request), Duration.ofSeconds(60)));
    for (int i = 0; i < ROUNDS; i++) {
      ServiceAnswer wrong =
          new ServiceAnswer(right[0].status(), right[0].headers(), damaged(right[0].body()));
      try {
        use.with(ServiceCaller.of((request, timeout) -> wrong, Duration.ofSeconds(60)));
      } catch (ServiceException e) {
        assertThat(e.kind()).isIn(ServiceException.Kind.BAD_ANSWER, ServiceException.Kind.REFUSED);
        assertThat(e.message()).hasSizeLessThan(2000);
      }
    }
  }

  private static ServiceAnswer answer(ServiceRequest request) throws BullaException {
    return services.caller().ask(request);
  }

  private Bytes damaged(Bytes body) {
    byte[] bytes = body.toByteArray();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes[at] = (byte) "{}[]\",:0\\".charAt(random.nextInt(9));
        default -> {
          byte[] shorter = new byte[bytes.length - 1];
          System.arraycopy(bytes, 0, shorter, 0, at);
          System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
          bytes = shorter;
        }
      }
    }
    return Bytes.owning(bytes);
  }

  @Test
  void ofFulcio() throws Exception {
    String token = services.server.oidc().emailToken("me@example.com", services.sigstore().now());
    ServiceUrl url = services.url(Service.FULCIO);

    damage(c -> new FulcioClient(c, url).certificate(token, "me@example.com", key));
  }

  @Test
  void ofBothKindsOfLog() throws Exception {
    Bytes message = Bytes.utf8("text");
    LogProposal proposal =
        LogProposal.ofDigest(
            HashAlgorithm.SHA256,
            Digest.sha256(message).bytes(),
            key.sign(message),
            key.publicKey(),
            Optional.empty());
    ServiceUrl first = services.url(Service.REKOR1);
    ServiceUrl second = services.url(Service.REKOR2);

    damage(c -> new RekorV1Client(c, first).record(proposal));
    damage(c -> new RekorV1Client(c, first).find(proposal));
    damage(c -> new RekorV2Client(c, second).record(proposal));
  }

  @Test
  void ofTheTimestampAuthority() throws Exception {
    ServiceUrl url = ServiceUrl.parse(services.server.tsaUrl());

    damage(c -> new TimestampClient(c, url).stamp(Bytes.utf8("signature")));
  }

  @Test
  void ofTheSigningConfiguration() throws Exception {
    Bytes right = ProtoJson.write(services.server.signingConfig(Service.REKOR1, true));
    for (int i = 0; i < 10 * ROUNDS; i++) {
      try {
        SigningConfig config = SigningConfig.parse(damaged(right));
        assertThat(config.logs()).isInstanceOf(List.class);
      } catch (MalformedInputException | ConfigurationException e) {
        assertThat(e.message()).hasSizeLessThan(2000);
      }
    }
  }
}
