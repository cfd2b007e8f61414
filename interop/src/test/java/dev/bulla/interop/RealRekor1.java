package dev.bulla.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Rekor v1 as the public instance ran it: rekor-server, over Trillian. */
final class RealRekor1 implements AutoCloseable {

  /** The name in its checkpoints. */
  static final String HOST = "rekor1.interop.test";

  private final PeerServer rekor;

  private RealRekor1(PeerServer rekor) {
    this.rekor = rekor;
  }

  /** Starts it in that place, over what keeps its tree. */
  static RealRekor1 start(Workplace place, RealTrillian trillian) throws InterruptedException {
    return new RealRekor1(
        PeerServer.start(
            place,
            Program.REKOR1,
            port ->
                List.of(
                    "serve",
                    "--rekor_server.address=127.0.0.1",
                    "--port=" + port,
                    "--trillian_log_server.address=127.0.0.1",
                    "--trillian_log_server.port=" + trillian.port(),
                    "--rekor_server.signer=memory",
                    "--rekor_server.hostname=" + HOST,
                    "--search_index.storage_provider=mysql",
                    "--search_index.mysql.dsn=" + trillian.uri()),
            "/ping"));
  }

  String url() {
    return rekor.url();
  }

  /** Its key, as PEM. */
  byte[] publicKey() {
    try {
      return rekor.get("/api/v1/log/publicKey");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    rekor.close();
  }
}
