package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Signing configs that want more than one log, each of another operator. */
class SeveralLogsTest {

  private static final String ALL = "\"selector\":\"ALL\"";
  private static final String TWO = "\"selector\":\"EXACT\",\"count\":2";

  @TempDir Path folder;

  private SigstoreBench bench;
  private VirtualSigstoreServer second;

  @BeforeEach
  void start() throws Exception {
    bench = new SigstoreBench(folder);
    second = VirtualSigstoreServer.start(VirtualSigstore.live());
    VirtualSigstore first = bench.server.sigstore();
    VirtualSigstore other = second.sigstore();
    bench.images.write(
        "root.json",
        first
            .trustedRoot()
            .log(other.rekor1(), "https://" + other.rekor1().host(), other.validFrom(), null)
            .log(other.rekor2(), "https://" + other.rekor2().origin(), other.validFrom(), null)
            .bytes());
  }

  @AfterEach
  void stop() {
    second.close();
    bench.close();
  }

  private void configure(Service one, Service two, String choice) throws Exception {
    String start = bench.server.sigstore().validFrom().toString();
    bench.images.write(
        "config.json",
        """
        {"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json",
         "caUrls":[%s],
         "oidcUrls":[%s],
         "rekorTlogUrls":[%s,%s],
         "rekorTlogConfig":{%s},
         "tsaUrls":[%s],
         "tsaConfig":{"selector":"ANY"}}
        """
            .formatted(
                service(bench.server.url(Service.FULCIO), 1, start, "one.test"),
                service(bench.server.oidc().issuer(), 1, start, "one.test"),
                service(bench.server.url(one), one == Service.REKOR1 ? 1 : 2, start, "one.test"),
                service(second.url(two), two == Service.REKOR1 ? 1 : 2, start, "two.test"),
                choice,
                service(bench.server.tsaUrl(), 1, start, "one.test")));
  }

  private static String service(String url, int version, String start, String operator) {
    return """
    {"url":"%s","majorApiVersion":%d,"validFor":{"start":"%s"},"operator":"%s"}\
    """
        .formatted(url, version, start, operator);
  }

  private static void assertSigned(InProcess.Result signed) {
    assertThat(signed.exit()).as(signed.stderr()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = Service.class,
      names = {"REKOR1", "REKOR2"})
  void everyLogThatIsWantedHasTheEntry(Service log) throws Exception {
    for (String choice : List.of(ALL, TWO)) {
      configure(log, log, choice);
      int before = second.served(log).size();

      assertSigned(bench.signByConfig("--identity-token", bench.token));

      assertThat(bench.server.served(log)).isNotEmpty();
      assertThat(second.served(log)).hasSizeGreaterThan(before);
    }
    assertThat(bench.images.bundles()).isEqualTo(2);
    assertThat(bench.verify(SigstoreBench.ME).exit()).isZero();
  }

  /** Ed25519 as well, which the two generations want to be signed with in different ways. */
  @ParameterizedTest
  @CsvSource({"REKOR1, alice", "REKOR2, alice", "REKOR1, bob", "REKOR2, bob"})
  void withKeysToo(Service log, String who) throws Exception {
    configure(log, log, ALL);

    assertSigned(bench.signByConfig("--key", who + ".key"));

    assertThat(bench.server.served(log)).isNotEmpty();
    assertThat(second.served(log)).isNotEmpty();
    assertThat(
            bench
                .run(
                    List.of(
                        "verify",
                        "--trusted-root",
                        "root.json",
                        "--key",
                        who + ".pub",
                        bench.images.tagged()))
                .exit())
        .isZero();
  }

  /** Of two generations the newer one is all there is: a client speaks one of them. */
  @Test
  void logsOfAnOlderGenerationDoNotCount() throws Exception {
    configure(Service.REKOR1, Service.REKOR2, ALL);

    assertSigned(bench.signByConfig("--identity-token", bench.token));

    assertThat(bench.server.served(Service.REKOR1)).isEmpty();
    assertThat(second.served(Service.REKOR2)).isNotEmpty();
    configure(Service.REKOR1, Service.REKOR2, TWO);
    assertThat(bench.signByConfig("--identity-token", bench.token).stderr())
        .contains("wants 2 services, and has 1");
  }

  /** One of two is not all of them. */
  @ParameterizedTest
  @EnumSource(
      value = Service.class,
      names = {"REKOR1", "REKOR2"})
  void aLogThatRefusesMeansThatNothingIsStored(Service log) throws Exception {
    configure(log, log, ALL);
    bench.refuse(log);

    InProcess.Result signed = bench.signByConfig("--identity-token", bench.token);

    assertThat(signed.exit()).as(signed.stderr()).isNotZero();
    bench.assertNothingStored();
  }
}
