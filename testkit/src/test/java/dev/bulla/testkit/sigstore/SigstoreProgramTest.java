package dev.bulla.testkit.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts find what they need. */
final class SigstoreProgramTest {

  @Test
  void writesWhatClientsNeed(@TempDir Path folder) throws Exception {
    try (VirtualSigstoreServer server = VirtualSigstoreServer.start(VirtualSigstore.live())) {
      SigstoreProgram.write(server, folder);
      for (String json :
          List.of(
              "trusted_root",
              "signing_config_v1",
              "signing_config_v1_tsa",
              "signing_config_v2_tsa")) {
        Bytes text = Bytes.of(Files.readAllBytes(folder.resolve(json + ".json")));
        assertThat(JsonParser.parseObject(text, json).get("mediaType")).isPresent();
      }
      for (String pem : List.of("rekor.pub", "ctfe.pub", "fulcio.pem", "tsa.pem")) {
        assertThat(folder.resolve(pem)).content().startsWith("-----BEGIN ");
      }
      assertThat(Files.readAllLines(folder.resolve("env")))
          .contains(
              "REKOR1_URL=" + server.url(VirtualSigstoreServer.Service.REKOR1),
              "TSA_FULL_URL=" + server.tsaUrl());
      assertThat(folder.resolve("env.draft")).doesNotExist();
    }
  }
}
