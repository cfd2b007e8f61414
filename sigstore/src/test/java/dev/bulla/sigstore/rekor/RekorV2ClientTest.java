package dev.bulla.sigstore.rekor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.key.KeyType;
import dev.bulla.key.Signer;
import dev.bulla.sigstore.WireServices;
import dev.bulla.testkit.http.Delivery;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import dev.bulla.tlog.LogCheck;
import dev.bulla.trust.TrustedRoot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RekorV2ClientTest {

  private static WireServices services;
  private static TrustedRoot root;

  @BeforeAll
  static void start() throws Exception {
    services = new WireServices();
    root = TrustedRoot.parse(services.sigstore().trustedRoot().bytes());
  }

  @AfterAll
  static void stop() {
    services.close();
  }

  private static RekorV2Client client() throws Exception {
    return new RekorV2Client(services.caller(), services.url(Service.REKOR2));
  }

  private static void verify(LogProposal proposal, LogEntry entry) throws Exception {
    assertThat(LogCheck.verify(List.of(entry), root.logs(), proposal.claim())).hasSize(1);
  }

  private static ServiceException failure(UnaryOperator<WireResponse> fault) throws Exception {
    return failure(fault, Duration.ofSeconds(60));
  }

  private static ServiceException failure(UnaryOperator<WireResponse> fault, Duration time)
      throws Exception {
    LogProposal proposal =
        Proposals.message(Proposals.signer(KeyType.EC_P256), "text", Optional.empty());
    services.server.disturb(Service.REKOR2, 1, fault);
    return catchThrowableOfType(
        ServiceException.class,
        () ->
            new RekorV2Client(services.caller(time), services.url(Service.REKOR2))
                .record(proposal));
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void recordsMessagesOfEveryKindOfKey(KeyType type) throws Exception {
    LogProposal proposal = Proposals.message(Proposals.signer(type), "text", Optional.empty());

    LogEntry entry = client().record(proposal);

    verify(proposal, entry);
    assertThat(entry.integratedTime()).isZero();
    assertThat(entry.inclusionPromise()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"EC_P256", "EC_P384", "EC_P521", "RSA_2048", "ED25519"})
  void recordsEnvelopesAndCertificates(KeyType type) throws Exception {
    Signer signer = Proposals.signer(type);
    Optional<Bytes> certificate = Proposals.certificate(services.sigstore(), signer);
    LogProposal proposal = Proposals.envelope(signer, "{}", certificate);

    verify(proposal, client().record(proposal));
  }

  @Test
  void recordsInSeveralLogsAtOnce() throws Exception {
    LogProposal proposal =
        Proposals.message(Proposals.signer(KeyType.EC_P256), "text", Optional.empty());
    LogWriter first = new RekorV1Client(services.caller(), services.url(Service.REKOR1));

    List<LogEntry> entries = LogWriters.record(List.of(first, client()), proposal);

    assertThat(entries).extracting(LogEntry::version).containsExactly("0.0.1", "0.0.2");
    assertThat(LogCheck.verify(entries, root.logs(), proposal.claim())).hasSize(2);
  }

  @Test
  void saysWhichOfSeveralLogsHasItWhenOneFails() throws Exception {
    LogProposal proposal =
        Proposals.message(Proposals.signer(KeyType.EC_P256), "text", Optional.empty());
    LogWriter first = new RekorV1Client(services.caller(), services.url(Service.REKOR1));
    services.server.disturb(Service.REKOR2, 1, r -> r.withStatus(400));

    ServiceException e =
        catchThrowableOfType(
            ServiceException.class, () -> LogWriters.record(List.of(client(), first), proposal));

    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e.message())
        .startsWith("recorded in " + services.server.url(Service.REKOR1) + " with index ")
        .contains(services.server.url(Service.REKOR2));
  }

  @Test
  void saysWhyTheLogRefuses() throws Exception {
    Signer signer = Proposals.signer(KeyType.EC_P256);
    LogProposal.OfDigest right =
        (LogProposal.OfDigest) Proposals.message(signer, "text", Optional.empty());
    LogProposal wrong =
        LogProposal.ofDigest(
            right.algorithm(),
            right.digest(),
            signer.sign(Bytes.utf8("other")),
            signer.publicKey(),
            Optional.empty());

    ServiceException e = catchThrowableOfType(ServiceException.class, () -> client().record(wrong));

    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e.message())
        .isEqualTo(
            "POST "
                + services.server.url(Service.REKOR2)
                + "/api/v2/log/entries: HTTP 400: the signature does not verify");
  }

  @Test
  void believesNoEntryOfSomethingElse() throws Exception {
    String[] kept = new String[1];
    services.server.disturb(
        Service.REKOR2,
        1,
        r -> {
          kept[0] = Wire.text(r);
          return r;
        });
    client()
        .record(Proposals.message(Proposals.signer(KeyType.EC_P256), "other", Optional.empty()));

    ServiceException e = failure(r -> r.withText("application/json", kept[0]));

    assertThat(e.kind()).isEqualTo(Kind.BAD_ANSWER);
    assertThat(e.message()).contains("of something else than was sent");
  }

  @Test
  void believesNoAnswerThatIsNotWhatItHasToBe() throws Exception {
    for (UnaryOperator<String> change :
        List.<UnaryOperator<String>>of(
            text -> "",
            text -> "[]",
            text -> "{}",
            text -> text.substring(0, text.length() / 2),
            text -> text + text,
            text -> text.replaceFirst("\\{", "{\"logIndex\":\"0\","),
            text -> text.replaceFirst("\\{", "{\"unknown\":\"0\","),
            text -> text.replace("canonicalizedBody", "canonicalizedBodi"),
            text -> text.replaceFirst("\"inclusionProof\":\\{.*}}", "\"inclusionProof\":null"),
            text -> text.replace("\"hashedrekord\"", "7"),
            text -> text.replaceAll("\"rootHash\":\"....", "\"rootHash\":\"AAAA"),
            text -> text.replaceAll("\"treeSize\":\"", "\"treeSize\":\"9"),
            text -> "<html>" + text)) {
      ServiceException e = failure(r -> r.withText("application/json", change.apply(Wire.text(r))));

      assertThat(e).as(change.apply("{…")).isNotNull();
      assertThat(e.kind()).isEqualTo(Kind.BAD_ANSWER);
    }
  }

  @Test
  void readsNoGigabyte() throws Exception {
    assertThat(failure(r -> r.withBody(Wire.gigabyte())).kind()).isEqualTo(Kind.BAD_ANSWER);
  }

  @Test
  void givesUpOnASilentLog() throws Exception {
    assertThat(failure(r -> r.deliveredBy(Delivery.hang()), Duration.ofMillis(300)).kind())
        .isEqualTo(Kind.UNREACHABLE);
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 308})
  void goesNowhereElse(int status) throws Exception {
    assertThat(failure(r -> r.withStatus(status).with("Location", "http://127.0.0.1:1/")).kind())
        .isEqualTo(Kind.UNSAFE);
  }

  @Test
  void asksAgainWhenTheLogIsBusy() throws Exception {
    LogProposal proposal =
        Proposals.message(Proposals.signer(KeyType.EC_P256), "busy", Optional.empty());
    services.server.disturb(Service.REKOR2, 2, r -> r.withStatus(503).with("Retry-After", "0"));

    verify(proposal, client().record(proposal));
  }
}
