package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Trust material: one choice of an instance for bulla and cosign, and the same documents. */
@Interop
@DisplayName("trust")
final class TrustTest {

  private static VirtualSigstoreServer server;

  @BeforeAll
  static void start() throws IOException {
    server = VirtualSigstoreServer.start(VirtualSigstore.live());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static void files(Workplace place) {
    VirtualSigstore sigstore = server.sigstore();
    place.write("root.json", server.tuf().firstRoot().toByteArray());
    place.write("ca.pem", sigstore.fulcio().chainPem());
    place.write("ct.pub", sigstore.ctLog().key().publicPem());
    place.write("rekor.pub", sigstore.rekor1().key().publicPem());
    place.write("rekor2.pub", sigstore.rekor2().key().publicPem());
    place.write("tsa.pem", sigstore.tsa().certificate().chainPem());
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Program.class,
      names = {"COSIGN3", "BULLA"})
  @DisplayName("what one of them initialized, both use")
  void oneChoice(Program chooser, Workplace place) {
    files(place);
    // no mirror from the environment: the one that is chosen
    Map<String, String> home =
        Map.of("TUF_ROOT", place.folder().resolve("kept").toString(), "TUF_MIRROR", "");
    place
        .call(chooser, "initialize", "--mirror", server.url(Service.TUF), "--root", "root.json")
        .env(home)
        .run()
        .expect(0);
    String[] config = {"signing-config", "create", "--with-default-services"};
    String[] root = {"trusted-root", "create", "--with-default-services"};
    assertThat(place.call(Program.BULLA, config).env(home).run().expect(0).text())
        .isEqualTo(place.call(Program.COSIGN3, config).env(home).run().expect(0).text());
    // cosign leaves out who operates a service, and shuffles logs with the same start
    String same = "del(..|.operator?) | .tlogs |= sort_by(.baseUrl)";
    assertThat(place.jq(same, place.call(Program.BULLA, root).env(home).run().expect(0).out()))
        .isEqualTo(
            place.jq(same, place.call(Program.COSIGN3, root).env(home).run().expect(0).out()));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "trusted-root create",
        "trusted-root create --fulcio url=https://f,certificate-chain=ca.pem"
            + " --tsa url=https://t,certificate-chain=tsa.pem,end-time=2030-01-01T00:00:00+02:00",
        "trusted-root create --rekor url=https://b,public-key=rekor.pub,"
            + "start-time=2024-01-01T00:00:00.5Z"
            + " --rekor url=https://a,public-key=rekor2.pub,start-time=2023-01-01T00:00:00Z,origin=a"
            + " --ctfe url=https://c,public-key=ct.pub,start-time=2024-01-01T00:00:00Z",
        "trusted-root create --certificate-chain ca.pem --fulcio-uri z --rekor-key rekor2.pub,o"
            + " --rekor-start-time 2024-01-01T00:00:00Z --rekor-url https://r --ctfe-key ct.pub"
            + " --timestamp-certificate-chain tsa.pem",
        "trusted-root create --rekor url=https://b,public-key=no,start-time=2024-01-01T00:00:00Z",
        "trusted-root create --rekor-key no",
        "trusted-root create --tsa url=a,certificate-chain=ca.pem",
        "signing-config create --fulcio url=https://f,api-version=1,"
            + "start-time=2024-01-01T00:00:00.25Z,operator=a --tsa url=https://t,api-version=1,"
            + "start-time=2024-01-01T00:00:00Z,operator=b --tsa-config exact:1",
        "signing-config create --rekor-config EXACT:",
        "signing-config create --rekor url=a",
        "signing-config create --fulcio url=,api-version=1"
      })
  @DisplayName("what both write, and say, is the same")
  void sameDocuments(String line, Workplace place) {
    files(place);
    Finished cosign = place.call(Program.COSIGN3, line.split(" ")).run();
    Finished bulla = place.call(Program.BULLA, line.split(" ")).run();
    assertThat(bulla.text()).isEqualTo(cosign.text());
    assertThat(bulla.err()).isEqualTo(cosign.err());
    if (cosign.text().isEmpty()) {
      bulla.expectFailure();
    } else {
      bulla.expect(0);
      cosign.expect(0);
    }
  }

  @Test
  @DisplayName("what cosign 3 made of an instance's keys is what trust check calls usable")
  void checked(Workplace place) {
    files(place);
    place
        .call(
            Program.COSIGN3,
            "trusted-root",
            "create",
            "--fulcio",
            "url=https://f,certificate-chain=ca.pem",
            "--out",
            "tr.json")
        .run()
        .expect(0);
    place.call(Program.BULLA, "trust", "check", "tr.json").run().expect(0);
  }
}
