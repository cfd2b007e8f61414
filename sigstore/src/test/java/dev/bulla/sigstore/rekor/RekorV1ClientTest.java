package dev.bulla.sigstore.rekor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.key.KeyType;
import dev.bulla.key.Signer;
import dev.bulla.sigstore.WireServices;
import dev.bulla.testkit.http.Delivery;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Served;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import dev.bulla.tlog.LogCheck;
import dev.bulla.tlog.MerkleTree;
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

final class RekorV1ClientTest {

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

  private static RekorV1Client client() throws Exception {
    return client(Duration.ofSeconds(60));
  }

  private static RekorV1Client client(Duration timeout) throws Exception {
    return new RekorV1Client(services.caller(timeout), services.url(Service.REKOR1));
  }

  private static LogProposal message(String text) throws Exception {
    return Proposals.message(Proposals.signer(KeyType.EC_P256), text, Optional.empty());
  }

  private static void verify(LogProposal proposal, LogEntry entry) throws Exception {
    assertThat(LogCheck.verify(List.of(entry), root.logs(), proposal.claim()))
        .singleElement()
        .satisfies(fact -> assertThat(fact.time()).isPresent());
  }

  private static String uuid(LogEntry entry) {
    return HexText.encode(MerkleTree.leafHash(entry.canonicalizedBody()));
  }

  private static ServiceException failure(UnaryOperator<WireResponse> fault) throws Exception {
    return failure(fault, Duration.ofSeconds(60));
  }

  private static ServiceException failure(UnaryOperator<WireResponse> fault, Duration time)
      throws Exception {
    LogProposal proposal = message("text");
    services.server.disturb(Service.REKOR1, 1, fault);
    return catchThrowableOfType(ServiceException.class, () -> client(time).record(proposal));
  }

  private static List<Served> served() {
    return services.server.served(Service.REKOR1);
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"EC_P256", "EC_P384", "EC_P521", "RSA_2048", "ED25519"})
  void recordsMessages(KeyType type) throws Exception {
    Signer signer = Proposals.signer(type);
    LogProposal byKey = Proposals.message(signer, "message of " + type, Optional.empty());
    LogProposal certified =
        Proposals.message(
            signer,
            "certified message of " + type,
            Proposals.certificate(services.sigstore(), signer));

    verify(byKey, client().record(byKey));
    verify(certified, client().record(certified));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void recordsEnvelopes(boolean intoto) throws Exception {
    Signer signer = Proposals.signer(KeyType.EC_P256);
    LogProposal byKey = Proposals.envelope(signer, "{}", Optional.empty());
    LogProposal certified =
        Proposals.envelope(signer, "{}", Proposals.certificate(services.sigstore(), signer));
    RekorV1Client client = intoto ? client().recordingIntoto() : client();

    LogEntry entry = client.record(byKey);

    verify(byKey, entry);
    verify(certified, client.record(certified));
    assertThat(entry.kind() + " " + entry.version())
        .isEqualTo(intoto ? "intoto 0.0.2" : "dsse 0.0.1");
  }

  @Test
  void takesTheEntryThatIsThereAlready() throws Exception {
    LogProposal proposal = message("twice");
    LogEntry first = client().record(proposal);

    LogEntry second = client().record(proposal);

    assertThat(second.logIndex()).isEqualTo(first.logIndex());
    verify(proposal, second);
    assertThat(served().get(served().size() - 2).status()).isEqualTo(409);
  }

  @Test
  void findsTheEntryThatIsThereAlsoWithoutItsName() throws Exception {
    for (String location : List.of("", "/", "https://elsewhere.example/api", "/../../x")) {
      LogProposal proposal = message("twice, at " + location);
      LogEntry first = client().record(proposal);
      services.server.disturb(Service.REKOR1, 1, r -> r.with("Location", location));

      assertThat(client().record(proposal).logIndex()).isEqualTo(first.logIndex());
    }
  }

  @Test
  void asksNobodyElseForTheEntryThatIsThereAlready() throws Exception {
    LogProposal proposal = message("twice, elsewhere");
    LogEntry first = client().record(proposal);
    String name = uuid(first);
    services.server.disturb(
        Service.REKOR1, 1, r -> r.with("Location", "http://127.0.0.1:1/x/" + name));

    assertThat(client().record(proposal).logIndex()).isEqualTo(first.logIndex());
  }

  @Test
  void believesNoForeignEntryThatIsThereAlready() throws Exception {
    LogEntry other = client().record(message("other"));
    LogProposal proposal = message("twice, wrong");
    client().record(proposal);
    services.server.disturb(Service.REKOR1, 1, r -> r.with("Location", "/x/" + uuid(other)));

    ServiceException e =
        catchThrowableOfType(ServiceException.class, () -> client().record(proposal));

    assertThat(e.kind()).isEqualTo(Kind.BAD_ANSWER);
  }

  @Test
  void findsWhatWasRecorded() throws Exception {
    Signer signer = Proposals.signer(KeyType.EC_P256);
    LogProposal message = Proposals.message(signer, "found", Optional.empty());
    LogProposal envelope = Proposals.envelope(signer, "[]", Optional.empty());
    LogEntry first = client().record(message);
    LogEntry dsse = client().record(envelope);
    LogEntry intoto = client().recordingIntoto().record(envelope);

    // the proofs differ, since the log has grown
    assertThat(client().find(message))
        .extracting(LogEntry::logIndex)
        .containsExactly(first.logIndex());
    assertThat(client().find(envelope))
        .extracting(LogEntry::logIndex)
        .containsExactlyInAnyOrder(dsse.logIndex(), intoto.logIndex());
    assertThat(client().find(message("never recorded"))).isEmpty();
    assertThat(client().byIndex(first.logIndex()).map(RekorV1ClientTest::uuid))
        .hasValue(uuid(first));
    assertThat(client().byIndex(999_999_999_999L)).isEmpty();
    assertThat(client().byUuid(uuid(first)).map(LogEntry::logIndex)).hasValue(first.logIndex());
    assertThat(client().byUuid("0".repeat(64))).isEmpty();
    assertThat(client().uuids(Digest.sha256(Bytes.utf8("found"))))
        .singleElement()
        .satisfies(id -> assertThat(id).endsWith(uuid(first)));
    assertThat(client().uuids(Digest.sha256(Bytes.utf8("nothing")))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "../../../etc", "%2e%2e"})
  void asksForNothingThatIsNoIdentifier(String uuid) throws Exception {
    RekorV1Client client = client();

    assertThat(catchThrowableOfType(MalformedInputException.class, () -> client.byUuid(uuid)))
        .isNotNull();
  }

  @Test
  void believesNoOtherEntryThanWasAskedFor() throws Exception {
    LogEntry one = client().record(message("one"));
    LogEntry two = client().record(message("two"));
    String[] kept = new String[1];
    services.server.disturb(
        Service.REKOR1,
        1,
        r -> {
          kept[0] = Wire.text(r);
          return r;
        });
    client().byIndex(one.logIndex());
    UnaryOperator<WireResponse> swap = r -> r.withText("application/json", kept[0]);

    for (Asked asked :
        List.<Asked>of(() -> client().byIndex(two.logIndex()), () -> client().byUuid(uuid(two)))) {
      services.server.disturb(Service.REKOR1, 1, swap);
      assertThat(catchThrowableOfType(ServiceException.class, asked::ask).kind())
          .isEqualTo(Kind.BAD_ANSWER);
    }
    services.server.disturb(Service.REKOR1, 1, r -> r.withText("a/b", "[" + kept[0] + "]"));
    assertThat(client().find(message("three"))).isEmpty();
    assertThat(failure(r -> r.withText("application/json", kept[0])).kind())
        .isEqualTo(Kind.BAD_ANSWER);
  }

  /** A question that may fail. */
  private interface Asked {
    void ask() throws Exception;
  }

  @Test
  void neverTakesAFailureForAbsence() throws Exception {
    LogProposal proposal = message("text");
    for (int status : new int[] {400, 401, 403, 404, 422}) {
      services.server.disturb(
          Service.REKOR1, 1, r -> r.withStatus(status).withText("text/plain", "no"));
      assertThat(catchThrowableOfType(BullaException.class, () -> client().find(proposal)))
          .isInstanceOf(ServiceException.class);
    }
    services.server.disturb(Service.REKOR1, 1, r -> r.withStatus(403));
    assertThat(catchThrowableOfType(BullaException.class, () -> client().byIndex(1)))
        .isInstanceOf(ServiceException.class);
  }

  /** An entry under its right identifier, of a kind that nobody knows. */
  private static String unreadableEntry() {
    Bytes body = Bytes.utf8("{\"kind\":\"hashedrekord\",\"apiVersion\":\"0.0.9\",\"spec\":{}}");
    return "{\""
        + HexText.encode(MerkleTree.leafHash(body))
        + "\":{\"body\":\""
        + Base64Text.encode(body)
        + "\",\"integratedTime\":1,\"logIndex\":1,\"logID\":\"00\","
        + "\"verification\":{\"signedEntryTimestamp\":\"AA==\"}}}";
  }

  @Test
  void takesAnEntryThatItCannotReadForNoAbsence() throws Exception {
    LogProposal proposal = message("with an entry that nobody can read");
    services.server.disturb(
        Service.REKOR1, 1, r -> r.withText("application/json", "[" + unreadableEntry() + "]"));

    ServiceException e =
        catchThrowableOfType(ServiceException.class, () -> client().find(proposal));

    assertThat(e).isNotNull();
    assertThat(e.kind()).isEqualTo(Kind.BAD_ANSWER);
    assertThat(e.message()).contains("unsupported kind \"hashedrekord 0.0.9\"");
  }

  @Test
  void findsAnEntryBesideOneThatItCannotRead() throws Exception {
    LogProposal proposal = message("beside an entry that nobody can read");
    LogEntry entry = client().record(proposal);
    services.server.disturb(
        Service.REKOR1,
        1,
        r ->
            r.withText(
                "application/json", "[" + unreadableEntry() + "," + Wire.text(r).substring(1)));

    assertThat(client().find(proposal))
        .extracting(LogEntry::logIndex)
        .containsExactly(entry.logIndex());
  }

  @Test
  void saysWhyTheLogRefuses() throws Exception {
    Signer signer = Proposals.signer(KeyType.EC_P256);
    LogProposal wrong =
        LogProposal.ofDigest(
            HashAlgorithm.SHA256,
            Digest.sha256(Bytes.utf8("text")).bytes(),
            signer.sign(Bytes.utf8("other")),
            signer.publicKey(),
            Optional.empty());

    ServiceException e = catchThrowableOfType(ServiceException.class, () -> client().record(wrong));

    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e.message())
        .endsWith("/api/v1/log/entries: HTTP 400: the signature does not verify");
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
            text -> text.replaceFirst("\\{\"[0-9a-f]", "{\"x"),
            text -> text.replaceFirst("\\{\"[0-9a-f]{80}", "{\"" + "0".repeat(80)),
            text -> text.substring(0, text.length() - 1) + ",\"" + "0".repeat(64) + "\":{}}",
            text -> text.replace("\"body\"", "\"bodi\""),
            text -> text.replace("\"logIndex\":", "\"logIndex\":-"),
            text -> text.replace("\"integratedTime\":", "\"integratedTime\":0,\"x\":"),
            text -> text.replace("\"integratedTime\"", "\"integratedtime\":1,\"integratedTime\""),
            text -> text.replace("\"verification\"", "\"verificatio\""),
            text -> text.replaceFirst("\"rootHash\":\"....", "\"rootHash\":\"0000"),
            text -> text.replaceFirst("\"treeSize\":", "\"treeSize\":9"),
            text -> text.replaceFirst("\"hashes\":\\[", "\"hashes\":[\"00\","),
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

  @Test
  void takesAnAnswerThatWasLostForRecorded() throws Exception {
    LogProposal proposal = message("lost");
    services.server.disturb(Service.REKOR1, 1, r -> r.withStatus(502).with("Retry-After", "0"));

    verify(proposal, client().record(proposal));
    assertThat(client().find(proposal)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 308})
  void goesNowhereElse(int status) throws Exception {
    assertThat(failure(r -> r.withStatus(status).with("Location", "http://127.0.0.1:1/")).kind())
        .isEqualTo(Kind.UNSAFE);
  }
}
