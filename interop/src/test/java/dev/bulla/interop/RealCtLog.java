package dev.bulla.interop;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * A certificate log as the public instance ran it: the CT personality of Trillian, over Trillian.
 */
final class RealCtLog implements AutoCloseable {

  /** What it takes, Trillian's among them. */
  static final List<Program> PROGRAMS =
      Stream.concat(
              RealTrillian.PROGRAMS.stream(), Stream.of(Program.CREATETREE, Program.CT_SERVER))
          .toList();

  private static final String PREFIX = "ctfe";

  private final PeerServer server;

  private RealCtLog(PeerServer server) {
    this.server = server;
  }

  /**
   * Starts it in that place, with the key {@code ct.der}.
   *
   * @param trillian what keeps its tree
   * @param roots the file with the authorities whose certificates it takes
   */
  static RealCtLog start(Workplace place, RealTrillian trillian, String roots)
      throws InterruptedException {
    place.write("ct.cfg", config(trillian.createTree(), roots, place.read("ct.der")));
    return new RealCtLog(server(place, trillian));
  }

  private static PeerServer server(Workplace place, RealTrillian trillian)
      throws InterruptedException {
    return PeerServer.start(
        place,
        Program.CT_SERVER,
        port ->
            List.of(
                "--logtostderr",
                "--http_endpoint=127.0.0.1:" + port,
                "--log_rpc_server=127.0.0.1:" + trillian.port(),
                "--log_config=ct.cfg"),
        "/healthz");
  }

  /** As protocol buffers are written as text. */
  private static String config(String tree, String roots, byte[] key) {
    StringBuilder escaped = new StringBuilder();
    for (byte one : key) {
      String octal = Integer.toOctalString(one & 0xff);
      escaped.append('\\').append("0".repeat(3 - octal.length())).append(octal);
    }
    return """
    config {
      log_id: TREE
      prefix: "PREFIX"
      roots_pem_file: "ROOTS"
      private_key { [type.googleapis.com/keyspb.PrivateKey] { der: "KEY" } }
      ext_key_usages: "CodeSigning"
      max_merge_delay_sec: 86400
    }
    """
        .replace("TREE", tree)
        .replace("PREFIX", PREFIX)
        .replace("ROOTS", roots)
        .replace("KEY", escaped);
  }

  /** What {@code add-pre-chain} and the like are below. */
  String url() {
    return server.url() + "/" + PREFIX;
  }

  /** What it answers to a GET. */
  byte[] get(String path) throws IOException, InterruptedException {
    return server.get("/" + PREFIX + path);
  }

  @Override
  public void close() {
    server.close();
  }
}
