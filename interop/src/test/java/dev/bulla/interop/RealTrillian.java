package dev.bulla.interop;

import java.io.IOException;
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
 * What keeps the trees of older logs: Trillian's log server and its signer, and one MariaDB, which
 * listens on a socket in the folder only and asks nobody who he is.
 */
final class RealTrillian implements AutoCloseable {

  static final List<Program> PROGRAMS =
      List.of(Program.TRILLIAN_SERVER, Program.TRILLIAN_SIGNER, Program.MARIADB);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 50;

  private final Workplace place;
  private final Path share;
  private final Path socket;
  private final List<PeerServer> servers = new ArrayList<>();
  private final Process database;
  private final int port;

  private RealTrillian(Workplace place) throws IOException, InterruptedException {
    this.place = place;
    share = place.peers().path(Program.MARIADB).resolveSibling("root/usr/share/mysql");
    socket = place.folder().resolve("db.sock");
    database = database();
    try {
      port = servers();
    } catch (InterruptedException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Starts all of it in that place; skips the cells when a part is not there. */
  static RealTrillian start(Workplace place) throws IOException, InterruptedException {
    PROGRAMS.forEach(place.peers()::path);
    return new RealTrillian(place);
  }

  /** The database, as Go's driver wants it. */
  String uri() {
    return "root@unix(" + socket + ")/test?parseTime=true&interpolateParams=true";
  }

  /** The port on which it answers logs. */
  int port() {
    return port;
  }

  /** Makes a tree for a log that does not make its own; returns its identifier. */
  String createTree() {
    return place
        .call(Program.CREATETREE, List.of("--admin_server=127.0.0.1:" + port))
        .run()
        .expect(0)
        .line();
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

  /** The port on which the first of them answers. */
  private int servers() throws InterruptedException {
    int[] port = new int[1];
    start(
        Program.TRILLIAN_SERVER,
        "/metrics",
        http -> {
          port[0] = FreePort.guess();
          return words(http, port[0]);
        });
    start(
        Program.TRILLIAN_SIGNER,
        "/metrics",
        http -> {
          List<String> words = new ArrayList<>(words(http, FreePort.guess()));
          words.add("--force_master");
          return words;
        });
    return port[0];
  }

  private List<String> words(int http, int rpc) {
    return List.of(
        "--logtostderr",
        "--storage_system=mysql",
        "--quota_system=noop",
        "--mysql_uri=" + uri(),
        "--http_endpoint=127.0.0.1:" + http,
        "--rpc_endpoint=127.0.0.1:" + rpc);
  }

  private void start(Program program, String ready, IntFunction<List<String>> words)
      throws InterruptedException {
    servers.addFirst(PeerServer.start(place, program, words, ready));
  }

  @Override
  public void close() {
    // asked to end, they wait ten seconds and five for their clients
    servers.forEach(PeerServer::kill);
    Call.stop(database);
  }
}
