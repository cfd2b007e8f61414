package dev.bulla.testkit.sigstore;

import dev.bulla.json.ProtoJson;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A {@link VirtualSigstoreServer} as a program, for scripts. It writes what clients need into a
 * folder and serves until it is ended: {@code trusted_root.json}; {@code signing_config_v1.json},
 * {@code …_v1_tsa.json}, {@code …_v2_tsa.json}; {@code rekor.pub}, {@code ctfe.pub}, {@code
 * fulcio.pem}, {@code tsa.pem} for older clients; {@code root.json}, the first root of its TUF
 * repository; last {@code env}, lines {@code NAME=URL} for a shell. Tokens: {@code GET
 * $OIDC_URL/mint?email=…}.
 */
public final class SigstoreProgram {

  private SigstoreProgram() {}

  /**
   * Serves.
   *
   * @param arguments the folder, which has to be there
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 1) {
      throw new IllegalArgumentException("one argument: the folder for what clients need");
    }
    try (VirtualSigstoreServer server = VirtualSigstoreServer.start(VirtualSigstore.live())) {
      write(server, Path.of(arguments[0]));
      server.awaitClosed();
    }
  }

  /** Writes everything; when {@code env} is there, all of it is. */
  static void write(VirtualSigstoreServer server, Path folder) throws IOException {
    VirtualSigstore sigstore = server.sigstore();
    Files.write(folder.resolve("trusted_root.json"), sigstore.trustedRoot().bytes().toByteArray());
    config(server, folder, "signing_config_v1.json", Service.REKOR1, false);
    config(server, folder, "signing_config_v1_tsa.json", Service.REKOR1, true);
    config(server, folder, "signing_config_v2_tsa.json", Service.REKOR2, true);
    Files.writeString(folder.resolve("rekor.pub"), sigstore.rekor1().key().publicPem());
    Files.writeString(folder.resolve("ctfe.pub"), sigstore.ctLog().key().publicPem());
    Files.writeString(folder.resolve("fulcio.pem"), sigstore.fulcio().chainPem());
    Files.writeString(folder.resolve("tsa.pem"), sigstore.tsa().certificate().chainPem());
    Files.write(folder.resolve("root.json"), server.tuf().firstRoot().toByteArray());
    StringBuilder env = new StringBuilder();
    for (Service service : Service.values()) {
      env.append(service).append("_URL=").append(server.url(service)).append('\n');
    }
    env.append("TSA_FULL_URL=").append(server.tsaUrl()).append('\n');
    Path draft = Files.writeString(folder.resolve("env.draft"), env);
    Files.move(draft, folder.resolve("env"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void config(
      VirtualSigstoreServer server, Path folder, String name, Service log, boolean timestamps)
      throws IOException {
    Files.write(
        folder.resolve(name), ProtoJson.write(server.signingConfig(log, timestamps)).toByteArray());
  }
}
