package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import dev.bulla.tlog.MerkleTree;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures of the older format that were logged and do not bring their entry. */
class LogLookupTest {

  @TempDir Path folder;

  private SigstoreBench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new SigstoreBench(folder);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private String log() {
    return bench.server.url(Service.REKOR1);
  }

  private int asked() {
    return bench.server.served(Service.REKOR1).size();
  }

  private static void assertDone(InProcess.Result result) {
    assertThat(result.exit()).as(result.stderr()).isZero();
  }

  private void signWithKey() {
    assertDone(
        bench.signByFlags(
            "--format=legacy", "--key=alice.key", "--upload=false", "--output-signature=s.b64"));
    assertDone(
        bench.run(List.of("attach", "signature", "--signature", "s.b64", bench.images.digested())));
  }

  private InProcess.Result verifyKey(String... more) {
    return bench.run(line(List.of("verify", "--trusted-root=root.json", "--key=alice.pub"), more));
  }

  private List<String> line(List<String> first, String... more) {
    return Stream.of(first, List.of(more), List.of(bench.images.tagged()))
        .flatMap(List::stream)
        .toList();
  }

  @Test
  void theNamedLogIsAsked() {
    signWithKey();
    int before = asked();

    InProcess.Result unasked = verifyKey();
    assertThat(unasked.exit()).isEqualTo(12);
    assertThat(unasked.stderr()).contains("signature not found in transparency log");
    assertThat(asked()).isEqualTo(before);

    InProcess.Result found = verifyKey("--rekor-url", log());
    assertDone(found);
    assertThat(found.stderr()).contains("transparency log");
    assertThat(asked()).isEqualTo(before + 1);
  }

  @Test
  void theVariableOfTheFirstReadmeNamesTheLog() {
    signWithKey();
    bench.images.environment("REKOR_SERVER", log());

    assertDone(verifyKey());
    assertThat(
            bench.run(line(List.of("verify", "--trusted-root=root.json", "-key=alice.pub"))).exit())
        .isZero();
  }

  @Test
  void aSignatureWithACertificateIsLookedUpByIt() {
    assertDone(
        bench.signByFlags(
            "--format=legacy",
            "--identity-token",
            bench.token,
            "--upload=false",
            "--output-signature=s.b64",
            "--output-certificate=cert.pem"));
    assertDone(
        bench.run(
            List.of(
                "attach",
                "signature",
                "--signature=s.b64",
                "--certificate=cert.pem",
                bench.images.digested())));

    assertThat(bench.verify(SigstoreBench.ME).exit()).isEqualTo(12);
    assertDone(bench.verify(SigstoreBench.ME, "--rekor-url", log()));
    assertThat(bench.verify("other@example.com", "--rekor-url", log()).exit()).isEqualTo(12);
  }

  @Test
  void offlineNoLogIsAsked() {
    signWithKey();
    int before = asked();

    assertThat(verifyKey("--offline", "--rekor-url", log()).exit()).isEqualTo(12);
    assertThat(asked()).isEqualTo(before);
  }

  @Test
  void aLogThatCannotBeAskedLeavesItUndecided() {
    signWithKey();
    bench.refuse(Service.REKOR1);

    InProcess.Result result = verifyKey("--rekor-url", log());

    assertThat(result.exit()).isEqualTo(20);
    assertThat(result.stderr()).contains("the transparency log could not be asked");
  }

  @Test
  void aLogThatHasNoEntrySaysSo() {
    signWithKey();
    bench.server.disturb(
        Service.REKOR1, 1, response -> WireResponse.of(200).withText("application/json", "[]"));

    InProcess.Result result = verifyKey("--rekor-url", log());

    assertThat(result.exit()).isEqualTo(12);
    assertThat(result.stderr()).contains("signature not found in transparency log");
  }

  @Test
  void anEntryThatCannotBeReadLeavesItUndecided() {
    signWithKey();
    Bytes body = Bytes.utf8("{\"kind\":\"hashedrekord\",\"apiVersion\":\"0.0.9\",\"spec\":{}}");
    String entry =
        "[{\""
            + HexText.encode(MerkleTree.leafHash(body))
            + "\":{\"body\":\""
            + Base64Text.encode(body)
            + "\",\"integratedTime\":1,\"logIndex\":1,\"logID\":\"00\","
            + "\"verification\":{\"signedEntryTimestamp\":\"AA==\"}}}]";
    bench.server.disturb(
        Service.REKOR1, 1, response -> WireResponse.of(200).withText("application/json", entry));

    InProcess.Result result = verifyKey("--rekor-url", log());

    assertThat(result.exit()).isEqualTo(20);
    assertThat(result.stderr()).contains("the transparency log could not be asked");
  }

  @Test
  void aFlagThatIsNoAddressIsNamed() {
    signWithKey();

    InProcess.Result result = verifyKey("--rekor-url", "rekor.example.com");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("--rekor-url: ").contains("neither http nor https");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rekor.example.com", "log:1", "http://", "not a URL"})
  void aVariableThatIsNoAddressIsNamedWhereItIsUsed(String value) {
    assertDone(bench.signByFlags("--format=legacy", "--key=alice.key"));
    assertDone(
        bench.run(
            List.of(
                "sign",
                "--yes",
                "--format=legacy",
                "--key=bob.key",
                "--tlog-upload=false",
                bench.images.digested())));
    bench.images.environment("REKOR_SERVER", value);
    List<String> bob = List.of("verify", "--trusted-root=root.json", "--key=bob.pub");

    assertDone(verifyKey());
    assertDone(bench.run(line(bob, "--insecure-ignore-tlog")));
    assertThat(bench.run(line(bob, "--offline")).exit()).isEqualTo(12);

    InProcess.Result used = bench.run(line(bob));
    assertThat(used.exit()).isEqualTo(20);
    assertThat(used.stderr()).contains("could not be asked: REKOR_SERVER: ");
  }

  @Test
  void aLogThatTheRootDoesNotTrustIsNotBelieved() throws Exception {
    signWithKey();
    bench.images.write("other.json", VirtualSigstore.live().trustedRoot().bytes());

    InProcess.Result result =
        bench.run(
            line(
                List.of("verify", "--trusted-root=other.json", "--key=alice.pub"),
                "--rekor-url",
                log()));

    assertThat(result.exit()).isEqualTo(12);
    assertThat(result.stderr()).contains("not a trusted one");
  }
}
