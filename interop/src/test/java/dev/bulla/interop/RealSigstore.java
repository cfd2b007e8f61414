package dev.bulla.interop;

import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.ProtoJson;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Fulcio, Rekor v2 and a timestamp authority as processes of ours, with keys of their own. What is
 * no real server: the issuers of tokens; Rekor v1 where it is not asked for; and the certificate
 * log to which Fulcio submits, where the programs of a real one are not there. Those are testkit's.
 */
final class RealSigstore implements AutoCloseable {

  static final String ME = "me@example.com";

  private static final List<Program> PROGRAMS =
      List.of(Program.TIMESTAMP_SERVER, Program.REKOR2, Program.FULCIO, Program.COSIGN3);
  private static final String REKOR2_ORIGIN = "rekor.interop.test";
  private static final String SECOND_REKOR2_ORIGIN = "second-rekor.interop.test";

  private final Workplace place;
  private final VirtualSigstoreServer doubles;
  private final VirtualSigstoreServer workflows;

  /** The newest first. */
  private final List<Runnable> stops = new ArrayList<>();

  private final PeerServer timestamps;
  private final PeerServer rekor2;
  private final PeerServer secondRekor2;
  private final PeerServer fulcio;
  private final Optional<RealRekor1> rekor1;
  private final Optional<RealCtLog> ctLog;
  private final Instant start = Instant.now().minusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);

  private RealSigstore(Peers peers, boolean withRekor1, boolean withCtLog)
      throws IOException, InterruptedException {
    place = Workplace.create(peers);
    doubles = VirtualSigstoreServer.start(VirtualSigstore.live());
    workflows = VirtualSigstoreServer.start(VirtualSigstore.live());
    try {
      timestamps = timestampServer();
      Optional<RealTrillian> trillian =
          withRekor1 || withCtLog ? Optional.of(RealTrillian.start(place)) : Optional.empty();
      trillian.ifPresent(trees -> stops.addFirst(trees::close));
      rekor1 =
          withRekor1
              ? Optional.of(RealRekor1.start(place, trillian.orElseThrow()))
              : Optional.empty();
      rekor1.ifPresent(log -> stops.addFirst(log::close));
      rekor2 = rekor2("rekor2", REKOR2_ORIGIN);
      secondRekor2 = rekor2("second-rekor2", SECOND_REKOR2_ORIGIN);
      authority();
      ctLog = withCtLog ? Optional.of(ctLog(trillian.orElseThrow())) : Optional.empty();
      fulcio = fulcio();
      trustedRoot();
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /**
   * Starts all of them, with a real certificate log when its programs are there; skips the cells
   * when another is not there.
   */
  static RealSigstore start(Peers peers) throws IOException, InterruptedException {
    PROGRAMS.forEach(peers::path);
    return new RealSigstore(peers, false, peers.has(RealCtLog.PROGRAMS));
  }

  /** As {@link #start}, with a real Rekor v1. */
  static RealSigstore startWithRekor1(Peers peers) throws IOException, InterruptedException {
    PROGRAMS.forEach(peers::path);
    peers.path(Program.REKOR1);
    RealTrillian.PROGRAMS.forEach(peers::path);
    return new RealSigstore(peers, true, peers.has(RealCtLog.PROGRAMS));
  }

  /** As {@link #start}, with a real certificate log in any case. */
  static RealSigstore startWithCtLog(Peers peers) throws IOException, InterruptedException {
    PROGRAMS.forEach(peers::path);
    RealCtLog.PROGRAMS.forEach(peers::path);
    return new RealSigstore(peers, false, true);
  }

  private PeerServer timestampServer() throws IOException, InterruptedException {
    PeerServer server =
        start(Program.TIMESTAMP_SERVER, "/ping", "serve --host 127.0.0.1 --port %d");
    place.write("tsa.pem", server.get("/api/v1/timestamp/certchain"));
    return server;
  }

  private PeerServer rekor2(String name, String origin) throws InterruptedException {
    place
        .shell(
            """
            set -e
            openssl genpkey -algorithm ed25519 -out NAME.pem
            openssl pkey -in NAME.pem -pubout -out NAME.pub
            mkdir NAME-tiles
            """
                .replace("NAME", name))
        .run()
        .expect(0);
    // it answers an upload when the entry is in a published checkpoint
    return start(
        Program.REKOR2,
        "/healthz",
        "serve --hostname "
            + origin
            + " --storage-dir NAME-tiles --signer-filepath NAME.pem".replace("NAME", name)
            + " --http-port %d --grpc-port %d"
            + " --http-metrics-port %d --checkpoint-interval 1s --batch-max-age 100ms");
  }

  private void authority() {
    place.write(
        "ca.cnf",
        """
        [req]
        distinguished_name = name
        [name]
        [root]
        basicConstraints = critical, CA:TRUE, pathlen:1
        keyUsage = critical, keyCertSign, cRLSign
        subjectKeyIdentifier = hash
        [ca]
        basicConstraints = critical, CA:TRUE, pathlen:0
        keyUsage = critical, keyCertSign, cRLSign
        extendedKeyUsage = codeSigning
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        """);
    place
        .shell(
            """
            set -e
            openssl ecparam -name secp384r1 -genkey -noout -out root.key
            openssl req -x509 -new -config ca.cnf -extensions root -key root.key -sha384 \\
              -subj /O=interop/CN=root -days 2 -out root.pem
            openssl ecparam -name secp384r1 -genkey -noout -out plain.key
            openssl pkcs8 -topk8 -v2 aes256 -in plain.key -passout pass:interop -out ca.key
            openssl req -new -config ca.cnf -key plain.key -subj /O=interop/CN=ca -out ca.csr
            openssl x509 -req -in ca.csr -CA root.pem -CAkey root.key -CAcreateserial -sha384 \\
              -days 2 -extfile ca.cnf -extensions ca -out ca.pem
            cat ca.pem root.pem >fulcio.pem
            """)
        .run()
        .expect(0);
    place.write("ctfe.pub", doubles.sigstore().ctLog().key().publicPem());
  }

  private RealCtLog ctLog(RealTrillian trillian) throws InterruptedException {
    place
        .shell(
            """
            set -e
            openssl ecparam -name prime256v1 -genkey -noout -outform DER -out ct.der
            openssl pkey -inform DER -in ct.der -pubout -out ctfe.pub
            """)
        .run()
        .expect(0);
    RealCtLog log = RealCtLog.start(place, trillian, "root.pem");
    stops.addFirst(log::close);
    return log;
  }

  private PeerServer fulcio() throws InterruptedException {
    place.write(
        "fulcio.json",
        ProtoJson.write(
                JsonObject.builder()
                    .put(
                        "OIDCIssuers",
                        JsonObject.builder()
                            .put(issuer(), issuer(issuer(), "email"))
                            .put(workflowIssuer(), issuer(workflowIssuer(), "github-workflow"))
                            .build())
                    .build())
            .toByteArray());
    return start(
        Program.FULCIO,
        "/healthz",
        "serve --host 127.0.0.1 --port %d --grpc-host 127.0.0.1 --grpc-port %d --metrics-port %d"
            + " --ca fileca --fileca-cert fulcio.pem --fileca-key ca.key"
            + " --fileca-key-passwd interop --fileca-watch=false --config-path fulcio.json"
            + " --ct-log-url "
            + ctLogUrl()
            + " --ct-log-public-key-path ctfe.pub --legacy-unix-domain-socket fulcio.sock");
  }

  private static JsonObject issuer(String url, String type) {
    return JsonObject.builder()
        .put("IssuerURL", url)
        .put("ClientID", "sigstore")
        .put("Type", type)
        .build();
  }

  /** With a port for each {@code %d}; the first is the one that is asked. */
  private PeerServer start(Program program, String ready, String line) throws InterruptedException {
    PeerServer server =
        PeerServer.start(
            place,
            program,
            port -> {
              List<String> words = new ArrayList<>();
              int given = port;
              for (String word : line.split(" ")) {
                words.add(word.equals("%d") ? Integer.toString(given) : word);
                given = word.equals("%d") ? FreePort.guess() : given;
              }
              return words;
            },
            ready);
    stops.addFirst(server::close);
    return server;
  }

  private void trustedRoot() {
    String from = ",start-time=" + start;
    if (rekor1.isPresent()) {
      place.write("rekor1.pub", rekor1.get().publicKey());
    } else {
      place.write("rekor1.pub", doubles.sigstore().rekor1().key().publicPem());
    }
    place.run(
        Program.COSIGN3,
        "trusted-root",
        "create",
        "--fulcio=url=" + fulcio.url() + ",certificate-chain=fulcio.pem",
        rekor2Flag("rekor2", REKOR2_ORIGIN) + from,
        rekor2Flag("second-rekor2", SECOND_REKOR2_ORIGIN) + from,
        // by the name that is in its checkpoints, as sigstore-js wants it
        "--rekor=url=https://"
            + rekor1.map(log -> RealRekor1.HOST).orElse(doubles.sigstore().rekor1().host())
            + ",public-key=rekor1.pub"
            + from,
        "--ctfe=url=" + ctLogUrl() + ",public-key=ctfe.pub" + from,
        "--tsa=url=" + timestampUrl() + ",certificate-chain=tsa.pem",
        "--out",
        "tr.json");
  }

  private static String rekor2Flag(String name, String origin) {
    return "--rekor=url=http://" + origin + ",public-key=" + name + ".pub,origin=" + origin;
  }

  /** The trusted root of all of it, as cosign made it. */
  byte[] trustedRootFile() {
    return place.read("tr.json");
  }

  /** A file that it has: {@code fulcio.pem}, {@code tsa.pem}, {@code ctfe.pub} and so on. */
  byte[] file(String name) {
    return place.read(name);
  }

  private String ctLogUrl() {
    return ctLog.map(RealCtLog::url).orElse(doubles.url(Service.CT_LOG));
  }

  /** The certificate log that was asked for. */
  RealCtLog realCtLog() {
    return ctLog.orElseThrow();
  }

  /** Which certificate log Fulcio submits to, as {@code interop/run} calls it. */
  String ctLogServer() {
    return ctLog.isPresent() ? "ct-server" : "testkit";
  }

  String issuer() {
    return doubles.oidc().issuer();
  }

  String workflowIssuer() {
    return workflows.oidc().issuer();
  }

  String fulcioUrl() {
    return fulcio.url();
  }

  String rekor1Url() {
    return rekor1.map(RealRekor1::url).orElse(doubles.url(Service.REKOR1));
  }

  String timestampUrl() {
    return timestamps.url() + "/api/v1/timestamp";
  }

  /** A token for {@link #ME}. */
  String token() {
    return doubles.oidc().emailToken(ME, Instant.now());
  }

  /** A token as GitHub gives it to a workflow. */
  String workflowToken(Map<String, String> claims) {
    Map<String, JsonString> texts = new TreeMap<>();
    claims.forEach((name, value) -> texts.put(name, new JsonString(value)));
    return workflows.oidc().token(workflows.oidc().claims(Instant.now(), texts));
  }

  /**
   * Publishes the trusted root and these services in a TUF repository.
   *
   * @return the address of its mirror
   */
  String publish(RealServices services) {
    doubles
        .tuf()
        .publish(
            Map.of(
                "trusted_root.json",
                Bytes.of(trustedRootFile()),
                "signing_config.v0.2.json",
                Bytes.of(signingConfig(services))),
            Instant.now().plus(1, ChronoUnit.DAYS));
    return doubles.url(Service.TUF);
  }

  /** The first root of that repository. */
  byte[] firstRoot() {
    return doubles.tuf().firstRoot().toByteArray();
  }

  /** A signing configuration that leads to these services, and to no others. */
  byte[] signingConfig(RealServices services) {
    return signingConfig(services, fulcio.url());
  }

  /** As {@link #signingConfig(RealServices)}, with another Fulcio. */
  byte[] signingConfig(RealServices services, String fulcioUrl) {
    JsonObject.Builder config = services(fulcioUrl);
    if (services.logVersion() == 1) {
      config.put("rekorTlogUrls", JsonArray.of(service(rekor1Url(), 1)));
      config.put("rekorTlogConfig", select("ANY"));
    } else if (services.logVersion() == 2) {
      config.put("rekorTlogUrls", JsonArray.of(service(rekor2.url(), 2)));
      config.put("rekorTlogConfig", select("ANY"));
    }
    if (services.timestamps()) {
      withTimestamps(config);
    }
    return ProtoJson.write(config.build()).toByteArray();
  }

  /** A signing configuration with a timestamp, and an entry in the logs that the selector says. */
  byte[] signingConfigOfLogs(JsonObject selector) {
    JsonObject.Builder config = services(fulcio.url());
    config.put(
        "rekorTlogUrls",
        JsonArray.of(
            service(rekor2.url(), 2, "first.interop.test"),
            service(secondRekor2.url(), 2, "second.interop.test"),
            service(rekor1Url(), 1, "third.interop.test")));
    config.put("rekorTlogConfig", selector);
    withTimestamps(config);
    return ProtoJson.write(config.build()).toByteArray();
  }

  private JsonObject.Builder services(String fulcioUrl) {
    return JsonObject.builder()
        .put("mediaType", "application/vnd.dev.sigstore.signingconfig.v0.2+json")
        .put("caUrls", JsonArray.of(service(fulcioUrl, 1)))
        .put("oidcUrls", JsonArray.of(service(issuer(), 1)));
  }

  private void withTimestamps(JsonObject.Builder config) {
    config.put("tsaUrls", JsonArray.of(service(timestampUrl(), 1)));
    config.put("tsaConfig", select("ANY"));
  }

  /** How many of the services are used: {@code ANY} or {@code ALL}. */
  static JsonObject select(String selector) {
    return JsonObject.builder().put("selector", selector).build();
  }

  /** So many of the services are used. */
  static JsonObject selectExactly(int count) {
    return JsonObject.builder().put("selector", "EXACT").put("count", count).build();
  }

  private JsonObject service(String url, int version) {
    return service(url, version, "interop.test");
  }

  private JsonObject service(String url, int version, String operator) {
    return JsonObject.builder()
        .put("url", url)
        .put("majorApiVersion", version)
        .put("validFor", JsonObject.builder().put("start", start.toString()).build())
        .put("operator", operator)
        .build();
  }

  @Override
  public void close() {
    stops.forEach(Runnable::run);
    workflows.close();
    doubles.close();
    place.close();
  }
}
