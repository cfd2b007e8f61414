package dev.bulla.interop;

import dev.bulla.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A signature with entries in several logs at once. The signing configuration names two of Rekor v2
 * and one of v1, which is of an older version than the others and so left out.
 */
@Interop
@DisplayName("Sigstore, several logs (Fulcio, two of Rekor v2, timestamp-server)")
final class SeveralLogsTest {

  private static final int LOGS = 2;

  @RegisterExtension
  private static final SharedSigstore SIGSTORE = new SharedSigstore(RealSigstore::start);

  private final Bench bench;

  SeveralLogsTest(Bench bench) {
    this.bench = bench;
  }

  /** Who signs, and which logs the signing configuration asks for. */
  enum Way {
    BULLA_IN_TWO(Program.BULLA, RealSigstore.selectExactly(LOGS), "two logs"),
    BULLA_IN_ALL(Program.BULLA, RealSigstore.select("ALL"), "all logs of the newest version"),
    COSIGN_IN_TWO(Program.COSIGN3, RealSigstore.selectExactly(LOGS), "two logs"),
    COSIGN_IN_ALL(Program.COSIGN3, RealSigstore.select("ALL"), "all logs of the newest version");

    private final Program signer;
    private final JsonObject selector;
    private final String logs;

    Way(Program signer, JsonObject selector, String logs) {
      this.signer = signer;
      this.selector = selector;
      this.logs = logs;
    }

    @Override
    public String toString() {
      return signer + " in " + logs;
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @DisplayName("signed keyless with an entry in each; bulla, cosign 3 and sigstore-go verify")
  void severalLogs(Way way, Workplace place) {
    place.write("tr.json", SIGSTORE.get().trustedRootFile());
    place.write("sc.json", SIGSTORE.get().signingConfigOfLogs(way.selector));
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "several-logs"), "v1");
    List<String> sign = new ArrayList<>(List.of("sign", "--yes"));
    if (way.signer == Program.BULLA) {
      sign.addAll(List.of("--format", "bundle"));
    }
    sign.addAll(List.of("--signing-config", "sc.json", "--trusted-root", "tr.json"));
    sign.addAll(List.of("--identity-token", SIGSTORE.get().token(), image.byDigest()));
    place.call(way.signer, sign).run().expect(0);

    place.write("b.json", BundleShelf.only(place, image));
    String logs = "[.verificationMaterial.tlogEntries[].logId.keyId]";
    place
        .shell(
            "jq -e '%s | length == %d and (unique | length) == %2$d' b.json".formatted(logs, LOGS))
        .run()
        .expect(0);
    for (Program verifier : new Program[] {Program.BULLA, Program.COSIGN3}) {
      verify(verifier, place, RealSigstore.ME, image).run().expect(0);
      verify(verifier, place, "you@example.com", image).run().expectFailure();
    }
    RealServices services = RealServices.LOG_2_AND_TIMESTAMPS;
    BundleJudges.identity(RealSigstore.ME, SIGSTORE.get().issuer()).accept(place, services, image);
    BundleJudges.identity("you@example.com", SIGSTORE.get().issuer()).refuse(place, image);
  }

  private static Call verify(Program program, Workplace place, String who, Image image) {
    return place.call(
        program,
        List.of(
            "verify",
            "--trusted-root",
            "tr.json",
            "--use-signed-timestamps",
            "--certificate-identity",
            who,
            "--certificate-oidc-issuer",
            SIGSTORE.get().issuer(),
            image.byDigest()));
  }
}
