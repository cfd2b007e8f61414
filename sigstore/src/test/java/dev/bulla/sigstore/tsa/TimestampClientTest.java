package dev.bulla.sigstore.tsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.sigstore.WireServices;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.testkit.http.Delivery;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Served;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import dev.bulla.testkit.sigstore.VirtualTsa;
import dev.bulla.testkit.sigstore.VirtualTsa.Query;
import dev.bulla.timestamp.ProvenTime;
import dev.bulla.timestamp.TimestampToken;
import dev.bulla.trust.TrustedRoot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimestampClientTest {

  private static final Bytes SIGNATURE = Bytes.utf8("some signature");
  private static WireServices services;

  @BeforeAll
  static void start() throws Exception {
    services = new WireServices();
  }

  @AfterAll
  static void stop() {
    services.close();
  }

  private static TimestampClient client() throws Exception {
    return client(Duration.ofSeconds(60));
  }

  private static TimestampClient client(Duration timeout) throws Exception {
    return new TimestampClient(
        services.caller(timeout), ServiceUrl.parse(services.server.tsaUrl()));
  }

  private static ServiceException failure(UnaryOperator<WireResponse> fault) throws Exception {
    return failure(fault, Duration.ofSeconds(60));
  }

  private static ServiceException failure(UnaryOperator<WireResponse> fault, Duration time)
      throws Exception {
    services.server.disturb(Service.TSA, 1, fault);
    return catchThrowableOfType(ServiceException.class, () -> client(time).stamp(SIGNATURE));
  }

  private static WireResponse with(WireResponse response, Bytes body) {
    return response.withBody(WireBody.of(body));
  }

  @Test
  void bringsATimestampThatProvesATime() throws Exception {
    TrustedRoot root = TrustedRoot.parse(services.sigstore().trustedRoot().bytes());

    Bytes answer = client().stamp(SIGNATURE);

    assertThat(TimestampToken.parse(answer).verify(SIGNATURE, root.timestampAuthorities()))
        .isInstanceOf(ProvenTime.class);
  }

  @Test
  void asksWithADifferentNonceEachTimeAndForCertificates() throws Exception {
    Bytes first = client().stamp(SIGNATURE);
    client().stamp(SIGNATURE);

    List<Served> served = services.server.served(Service.TSA);
    Served one = served.get(served.size() - 2);
    Served two = served.get(served.size() - 1);
    assertThat(one.body()).isNotEqualTo(two.body());
    assertThat(one.headers().first("Content-Type")).hasValue("application/timestamp-query");
    assertThat(one.headers().first("Accept")).hasValue("application/timestamp-reply");
    // the chain is in it
    assertThat(first.size()).isGreaterThan(1000);
  }

  @Test
  void believesNoAnswerToAnotherQuestion() throws Exception {
    VirtualTsa tsa = services.sigstore().tsa();
    Query plain = Query.of(SIGNATURE);

    for (Query other :
        List.of(
            plain,
            plain.withNonce(BigInteger.ONE),
            Query.of(Bytes.utf8("another signature")).withNonce(BigInteger.TEN))) {
      ServiceException e = failure(r -> with(r, tsa.stamp(other, services.sigstore().now())));

      assertThat(e.kind()).isEqualTo(Kind.BAD_ANSWER);
      assertThat(e.message()).contains("it answers another question");
    }
  }

  @Test
  void believesNoAnswerOfYesterday() throws Exception {
    Bytes yesterday = client().stamp(SIGNATURE);

    assertThat(failure(r -> with(r, yesterday)).kind()).isEqualTo(Kind.BAD_ANSWER);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 5, 14, 25})
  void saysThatItIsRefused(int failureBit) throws Exception {
    ServiceException e = failure(r -> with(r, VirtualTsa.refusal(failureBit)));

    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e.message()).endsWith("the authority refused, with status 2");
  }

  @Test
  void saysWhatAFailingAuthorityAnswers() throws Exception {
    ServiceException e = failure(r -> r.withStatus(400).withText("text/plain", "no such policy"));

    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e.message()).endsWith("/api/v1/timestamp: HTTP 400: no such policy");
  }

  @Test
  void believesNoAnswerThatIsNotWhatItHasToBe() throws Exception {
    for (UnaryOperator<Bytes> change :
        List.<UnaryOperator<Bytes>>of(
            body -> Bytes.EMPTY,
            body -> Bytes.utf8("<html>"),
            body -> body.slice(0, body.size() / 2),
            body -> body.slice(0, body.size() - 1),
            body -> Bytes.concat(body, body),
            body -> Bytes.concat(body, Bytes.of((byte) 0)),
            body -> Bytes.of(new byte[100_000]))) {
      ServiceException e =
          failure(r -> {
            try {
              ByteArrayOutputStream out = new ByteArrayOutputStream();
              r.body().writeTo(out);
              return with(r, change.apply(Bytes.owning(out.toByteArray())));
            } catch (IOException broken) {
              throw new AssertionError(broken);
            }
          });

      assertThat(e).isNotNull();
      assertThat(e.kind()).isEqualTo(Kind.BAD_ANSWER);
    }
  }

  @Test
  void readsNoGigabyte() throws Exception {
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
  void givesUpOnASilentAuthority() throws Exception {
    assertThat(failure(r -> r.deliveredBy(Delivery.hang()), Duration.ofMillis(300)).kind())
        .isEqualTo(Kind.UNREACHABLE);
  }

  @Test
  void takesACreatedAnswer() throws Exception {
    services.server.disturb(Service.TSA, 1, r -> r.withStatus(201));

    assertThat(client().stamp(SIGNATURE)).isNotNull();
  }

  @Test
  void asksAgainWhenTheAuthorityIsBusy() throws Exception {
    services.server.disturb(Service.TSA, 2, r -> r.withStatus(503).with("Retry-After", "0"));

    assertThat(client().stamp(SIGNATURE)).isNotNull();
  }
}
