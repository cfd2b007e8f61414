package dev.bulla.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * Rekor v1 as the public instance ran it: rekor-server, Trillian's log server and its signer, and
 * one MariaDB for tree and index, which listens on a socket in the folder only and asks nobody who
 * he is.
 */
final class RealRekor1 implements AutoCloseable {

  /** The name in its checkpoints. */
  static final String HOST = "rekor1.interop.test";

  private static final List<Program> PROGRAMS =
      List.of(Program.REKOR1, Program.TRILLIAN_SERVER, Program.TRILLIAN_SIGNER, Program.MARIADB);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 50;

  private final Workplace place;
  private final Path share;
  private final Path socket;
  private final List<PeerServer> servers = new ArrayList<>();
  private final Process database;
  private final PeerServer rekor;

  private RealRekor1(Workplace place) throws IOException, InterruptedException {
    this.place = place;
    share = place.peers().path(Program.MARIADB).resolveSibling("root/usr/share/mysql");
    socket = place.folder().resolve("db.sock");
    database = database();
    try {
      String uri = "root@unix(" + socket + ")/test?parseTime=true&interpolateParams=true";
      int tree = trillian(uri);
      rekor =
          start(
              Program.REKOR1,
              "/ping",
              port ->
                  List.of(
                      "serve",
                      "--rekor_server.address=127.0.0.1",
                      "--port=" + port,
                      "--trillian_log_server.address=127.0.0.1",
                      "--trillian_log_server.port=" + tree,
                      "--rekor_server.signer=memory",
                      "--rekor_server.hostname=" + HOST,
                      "--search_index.storage_provider=mysql",
                      "--search_index.mysql.dsn=" + uri));
    } catch (InterruptedException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Starts all of it in that place; skips the cells when a part is not there. */
  static RealRekor1 start(Workplace place) throws IOException, InterruptedException {
    PROGRAMS.forEach(place.peers()::path);
    return new RealRekor1(place);
  }

  private Process database() throws IOException, InterruptedException {
    Path data = Files.createDirectory(place.folder().resolve("db"));
    List<String> words =
        List.of(
            "--no-defaults",
            "--user=" + System.getProperty("user.name"),
            "--datadir=" + data,
            "--lc-messages-dir=" + share,
            "--character-sets-dir=" + share.resolve("charsets"),
            "--skip-grant-tables");
    List<String> first = new ArrayList<>(words);
    first.add("--bootstrap");
    String schema =
        Files.readString(place.peers().path(Program.TRILLIAN_SERVER).resolveSibling("storage.sql"));
    place
        .call(Program.MARIADB, first)
        .input("create database test;\nuse test;\n" + schema)
        .run()
        .expect(0);
    List<String> serving = new ArrayList<>(words);
    serving.addAll(List.of("--skip-networking", "--socket=" + socket));
    Process process = place.call(Program.MARIADB, serving).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stops MariaDB"));
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (!listens()) {
      if (System.nanoTime() > end || process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        Call.stop(process);
        throw new AssertionError("MariaDB did not come up");
      }
    }
    return process;
  }

  private boolean listens() {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      return false;
    }
  }

  /** The port on which Trillian answers Rekor. */
  private int trillian(String uri) throws InterruptedException {
    int[] port = new int[1];
    start(
        Program.TRILLIAN_SERVER,
        "/metrics",
        http -> {
          port[0] = FreePort.guess();
          return trillian(uri, http, port[0]);
        });
    start(
        Program.TRILLIAN_SIGNER,
        "/metrics",
        http -> {
          List<String> words = new ArrayList<>(trillian(uri, http, FreePort.guess()));
          words.add("--force_master");
          return words;
        });
    return port[0];
  }

  private static List<String> trillian(String uri, int http, int rpc) {
    return List.of(
        "--logtostderr",
        "--storage_system=mysql",
        "--quota_system=noop",
        "--mysql_uri=" + uri,
        "--http_endpoint=127.0.0.1:" + http,
        "--rpc_endpoint=127.0.0.1:" + rpc);
  }

  private PeerServer start(Program program, String ready, IntFunction<List<String>> words)
      throws InterruptedException {
    PeerServer server = PeerServer.start(place, program, words, ready);
    servers.addFirst(server);
    return server;
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
    servers.forEach(PeerServer::close);
    Call.stop(database);
  }
}
