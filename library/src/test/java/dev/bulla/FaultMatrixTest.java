package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.oci.Reference;
import dev.bulla.store.StoreOptions;
import dev.bulla.testkit.registry.Effect;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RecordedRequest;
import dev.bulla.testkit.registry.RequestMatch;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every fault at every request that a verification makes. Each table was made by the test: a row is
 * a request as a dry run found it, a column a fault that befalls it as often as it is made, a cell
 * the exit code. An image that is signed is never called unsigned, and it is verified only where
 * what could be read is enough by itself.
 */
class FaultMatrixTest {

  private static final Digest OTHER = Digest.sha256(Bytes.utf8("other"));

  private static final int WIDTH = 24;

  /** Many at once: most of the time is spent waiting before the next attempt. */
  private static final int AT_ONCE = 48;

  private static final Map<String, Future<String>> TABLES = new LinkedHashMap<>();
  private static final ExecutorService ALL = Executors.newVirtualThreadPerTaskExecutor();
  private static final Semaphore TURN = new Semaphore(AT_ONCE);

  /** What the registry of a scenario holds, and what is asked of it. */
  @FunctionalInterface
  private interface Scenario {
    Reference prepare(Bench bench) throws Exception;
  }

  private static Effect later(Effect effect) {
    return Effects.header("Retry-After", "3600").around(effect);
  }

  private static Map<String, Effect> faults() {
    Map<String, Effect> faults = new LinkedHashMap<>();
    faults.put("401", Effects.status(401));
    faults.put("403", Effects.status(403));
    faults.put("404", Effects.status(404, "DENIED", "you may not look"));
    faults.put("429", later(Effects.status(429)));
    faults.put("500", later(Effects.status(500)));
    faults.put("cut", Effects.cutInTheMiddle());
    faults.put("drop", Effects.drop());
    faults.put("reset", Effects.reset());
    faults.put("hang", Effects.hang());
    faults.put("bit", Effects.flippedBit());
    faults.put("named", Effects.header("Docker-Content-Digest", OTHER.toString()));
    faults.put("endless", Effects.endlessBody(false));
    faults.put("huge", Effects.endlessBody(true));
    faults.put("bomb", Effects.gzipBomb(8L << 20));
    faults.put("away", Effects.redirect(307, "http://localhost:1/elsewhere"));
    faults.put("inside", Effects.redirect(302, "http://169.254.169.254/latest/meta-data/"));
    faults.put("page", Effects.answer(Pages.WELCOME));
    return faults;
  }

  private static String run(Scenario scenario, RequestMatch match, String name, Effect fault)
      throws Exception {
    try (Bench bench = new Bench()) {
      Reference reference = scenario.prepare(bench);
      bench.registry.faults().on(match).does(fault);
      Duration patience = Duration.ofSeconds(name.equals("hang") ? 5 : 120);
      Bulla bulla =
          new Bulla(
              bench.client.within(patience),
              StoreOptions.defaults(),
              InstantSource.fixed(Bench.NOW));
      try {
        bulla.verify(reference, Bench.policy(Bench.ALICE));
        return "0";
      } catch (BullaException e) {
        return switch (e.code()) {
          case NO_SIGNATURE -> "10";
          case NOT_FOUND -> "11";
          case NO_MATCHING_SIGNATURE -> "12";
          case NO_CERTIFICATE -> "13";
          case REGISTRY, UNDECIDED -> "20";
          case MALFORMED_INPUT, MALFORMED_EVIDENCE -> "21";
          case CONFIGURATION, KEY, SERVICE -> "1";
        };
      }
    }
  }

  private static SortedSet<String> dryRun(Scenario scenario) throws Exception {
    SortedSet<String> requests = new TreeSet<>();
    try (Bench bench = new Bench()) {
      Reference reference = scenario.prepare(bench);
      bench.registry.log().clear();
      try {
        bench.bulla.verify(reference, Bench.policy(Bench.ALICE));
      } catch (BullaException e) {
        // the table says what comes of it
      }
      for (RecordedRequest request : bench.registry.log().requests()) {
        requests.add(shape(request));
      }
    }
    return requests;
  }

  private static String shape(RecordedRequest request) {
    return request.method()
        + " "
        + request
            .path()
            .replaceFirst("/v2/app/", "")
            .replace(Bench.IMAGE.digest().toString(), "IMAGE")
            .replaceFirst("sha256:[0-9a-f]+", "DIGEST")
            .replaceFirst("sha256-[0-9a-f]+", "TAG");
  }

  /** A request may carry a digest that differs from run to run; the shape of its path does not. */
  private static RequestMatch byShape(String shape) {
    String path =
        shape
            .replaceFirst("^[A-Z]+ ", "")
            .replace("IMAGE", Bench.IMAGE.digest().toString())
            .replace("TAG", "sha256-[0-9a-f]+");
    RequestMatch match = RequestMatch.any().method(shape.replaceFirst(" .*", ""));
    return path.endsWith("DIGEST")
        ? match
            .path("/v2/app/" + path.replace("DIGEST", "sha256:[0-9a-f]+"))
            .where(r -> !r.path().endsWith(Bench.IMAGE.digest().toString()))
        : match.path("/v2/app/" + path);
  }

  private static String table(Scenario scenario) throws Exception {
    SortedSet<String> requests = dryRun(scenario);
    assertThat(requests).isNotEmpty();
    Map<String, List<Future<String>>> cells = new LinkedHashMap<>();
    for (String request : requests) {
      List<Future<String>> row = new ArrayList<>();
      faults().forEach((name, fault) -> row.add(cell(scenario, byShape(request), name, fault)));
      cells.put(request, row);
    }
    StringBuilder table = new StringBuilder(" ".repeat(WIDTH));
    faults().keySet().forEach(fault -> table.append(' ').append(fault));
    for (Map.Entry<String, List<Future<String>>> row : cells.entrySet()) {
      String request = row.getKey();
      table.append('\n').append(request).append(" ".repeat(WIDTH - request.length()));
      int column = 0;
      for (String fault : faults().keySet()) {
        String cell = row.getValue().get(column++).get();
        table.append(" ").append(" ".repeat(fault.length() - cell.length())).append(cell);
      }
    }
    return table.append('\n').toString();
  }

  private static Future<String> cell(
      Scenario scenario, RequestMatch match, String name, Effect fault) {
    return ALL.submit(() -> {
      TURN.acquire();
      try {
        return run(scenario, match, name, fault);
      } finally {
        TURN.release();
      }
    });
  }

  /** Answers of something else than a registry. */
  private static final class Pages {
    static final dev.bulla.testkit.http.WireResponse WELCOME =
        dev.bulla.testkit.http.WireResponse.of(200)
            .withText("text/html; charset=utf-8", "<!DOCTYPE html><title>Welcome</title>");
  }

  private static void legacy(Bench bench) throws BullaException {
    // an annotation that the verifier does not ask for, so that the payload has to be fetched
    bench.sign(Bench.legacy(Bench.ALICE).withAnnotations(Map.of("env", "prod")));
  }

  /** All tables are made side by side: nearly all of the time is spent waiting. */
  @BeforeAll
  static void makeTables() {
    Map<String, Scenario> scenarios = new LinkedHashMap<>();
    scenarios.put(
        "legacy signature",
        bench -> {
          legacy(bench);
          return bench.tag;
        });
    scenarios.put(
        "bundle in the registry's list",
        bench -> {
          bench.signAsCosign(Bench.bundle(Bench.ALICE));
          return bench.tag;
        });
    scenarios.put(
        "bundle under the tag",
        bench -> {
          bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
          bench.signAsCosign(Bench.bundle(Bench.ALICE));
          return bench.image;
        });
    scenarios.put(
        "our bundle",
        bench -> {
          bench.sign(Bench.bundle(Bench.ALICE));
          return bench.image;
        });
    scenarios.put(
        "our bundle under the tag",
        bench -> {
          bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
          bench.sign(Bench.bundle(Bench.ALICE));
          return bench.image;
        });
    scenarios.put(
        "both formats",
        bench -> {
          bench.signAsCosign(SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH));
          return bench.image;
        });
    scenarios.put(
        "another signer",
        bench -> {
          bench.signAsCosign(Bench.bundle(Bench.BOB));
          bench.sign(Bench.legacy(Bench.BOB));
          return bench.image;
        });
    scenarios.put("no signature", bench -> bench.tag);
    scenarios.forEach((name, scenario) -> TABLES.put(name, ALL.submit(() -> table(scenario))));
  }

  @AfterAll
  static void stop() {
    ALL.close();
  }

  private static void assertTable(String scenario, String expected) throws Exception {
    assertThat(TABLES.get(scenario).get()).isEqualTo(expected);
  }

  @Test
  void legacySignature() throws Exception {
    assertTable(
        "legacy signature",
        """
                                 401 403 404 429 500 cut drop reset hang bit named endless huge bomb away inside page
        GET blobs/DIGEST          20  20  20  20  20  20   20    20   20  20     0      20   20   20   20     20   20
        GET manifests/TAG          0   0   0   0   0   0    0     0   20   0     0       0    0    0    0      0    0
        GET manifests/TAG.sig     20  20  20  20  20  20   20    20   20  20    20      20   20   20   20     20   21
        GET referrers/IMAGE        0   0   0   0   0   0    0     0   20   0     0       0    0    0    0      0    0
        HEAD manifests/v1         20  20  20  20  20   0   20    20   20   0    20       0    0    0   20     20    0
        """);
  }

  /** A page where the list should be is no list, and does not say that there is none. */
  @Test
  void bundleInTheRegistrysList() throws Exception {
    assertTable(
        "bundle in the registry's list",
        """
                                 401 403 404 429 500 cut drop reset hang bit named endless huge bomb away inside page
        GET blobs/DIGEST          20  20  20  20  20  20   20    20   20  20     0      20   20   20   20     20   20
        GET manifests/DIGEST      20  20  20  20  20  20   20    20   20  20     0      20   20   20   20     20   20
        GET manifests/TAG          0   0   0   0   0   0    0     0   20   0     0       0    0    0    0      0    0
        GET manifests/TAG.sig      0   0   0   0   0   0    0     0   20   0     0       0    0    0    0      0    0
        GET referrers/IMAGE       20  20  20  20  20  20   20    20   20   0     0      20   20   20   20     20   20
        HEAD manifests/v1         20  20  20  20  20   0   20    20   20   0    20       0    0    0   20     20    0
        """);
  }

  @Test
  void bundleUnderTheTag() throws Exception {
    assertTable(
        "bundle under the tag",
        """
                                 401 403 404 429 500 cut drop reset hang bit named endless huge bomb away inside page
        GET blobs/DIGEST          20  20  20  20  20  20   20    20   20  20     0      20   20   20   20     20   20
        GET manifests/DIGEST      20  20  20  20  20  20   20    20   20  20     0      20   20   20   20     20   20
        GET manifests/TAG         20  20  20  20  20  20   20    20   20  20    20      20   20   20   20     20   21
        GET manifests/TAG.sig      0   0   0   0   0   0    0     0   20   0     0       0    0    0    0      0    0
        GET referrers/IMAGE        0   0   0   0   0   0    0     0   20   0     0       0    0    0    0      0    0
        """);
  }

  /** What arrived with the list needs nothing more. */
  @Test
  void ourBundle() throws Exception {
    assertTable(
        "our bundle",
        """
                                 401 403 404 429 500 cut drop reset hang bit named endless huge bomb away inside page
        GET manifests/TAG          0   0   0   0   0   0    0     0    0   0     0       0    0    0    0      0    0
        GET manifests/TAG.sig      0   0   0   0   0   0    0     0    0   0     0       0    0    0    0      0    0
        GET referrers/IMAGE       20  20  20  20  20  20   20    20   20   0     0      20   20   20   20     20   20
        """);
  }

  @Test
  void ourBundleUnderTheTag() throws Exception {
    assertTable(
        "our bundle under the tag",
        """
                                 401 403 404 429 500 cut drop reset hang bit named endless huge bomb away inside page
        GET manifests/TAG         20  20  20  20  20  20   20    20   20  20    20      20   20   20   20     20   21
        GET manifests/TAG.sig      0   0   0   0   0   0    0     0    0   0     0       0    0    0    0      0    0
        GET referrers/IMAGE        0   0   0   0   0   0    0     0    0   0     0       0    0    0    0      0    0
        """);
  }

  /** Each of the two is enough by itself, whatever becomes of the other. */
  @Test
  void bothFormats() throws Exception {
    assertTable(
        "both formats",
        """
                                 401 403 404 429 500 cut drop reset hang bit named endless huge bomb away inside page
        GET blobs/DIGEST           0   0   0   0   0   0    0     0    0   0     0       0    0    0    0      0    0
        GET manifests/DIGEST       0   0   0   0   0   0    0     0    0   0     0       0    0    0    0      0    0
        GET manifests/TAG          0   0   0   0   0   0    0     0    0   0     0       0    0    0    0      0    0
        GET manifests/TAG.sig      0   0   0   0   0   0    0     0   20   0     0       0    0    0    0      0    0
        GET referrers/IMAGE        0   0   0   0   0   0    0     0    0   0     0       0    0    0    0      0    0
        """);
  }

  @Test
  void anotherSigner() throws Exception {
    assertTable(
        "another signer",
        """
                                 401 403 404 429 500 cut drop reset hang bit named endless huge bomb away inside page
        GET blobs/DIGEST          20  20  20  20  20  20   20    20   20  20    12      20   20   20   20     20   20
        GET manifests/DIGEST      20  20  20  20  20  20   20    20   20  20    12      20   20   20   20     20   20
        GET manifests/TAG         20  20  20  20  20  20   20    20   20  12    12      12   12   12   20     20   21
        GET manifests/TAG-2       20  20  20  20  20  20   20    20   20  12    12      12   12   12   20     20   21
        GET manifests/TAG.cosign  20  20  20  20  20  20   20    20   20  12    12      12   12   12   20     20   21
        GET manifests/TAG.sig     20  20  20  20  20  20   20    20   20  20    20      20   20   20   20     20   21
        GET manifests/TAG.sig-2   20  20  20  20  20  20   20    20   20  12    12      12   12   12   20     20   21
        GET referrers/IMAGE       20  20  20  20  20  20   20    20   20  12    12      20   20   20   20     20   20
        """);
  }

  /** Where the image is not signed, 10 stands where the fault did not change what was said. */
  @Test
  void noSignature() throws Exception {
    assertTable(
        "no signature",
        """
                                 401 403 404 429 500 cut drop reset hang bit named endless huge bomb away inside page
        GET manifests/TAG         20  20  20  20  20  20   20    20   20  10    10      10   10   10   20     20   21
        GET manifests/TAG-2       20  20  20  20  20  20   20    20   20  10    10      10   10   10   20     20   21
        GET manifests/TAG.cosign  20  20  20  20  20  20   20    20   20  10    10      10   10   10   20     20   21
        GET manifests/TAG.sig     20  20  20  20  20  20   20    20   20  10    10      10   10   10   20     20   21
        GET manifests/TAG.sig-2   20  20  20  20  20  20   20    20   20  10    10      10   10   10   20     20   21
        GET referrers/IMAGE       20  20  20  20  20  20   20    20   20  20    10      20   20   20   20     20   20
        HEAD manifests/IMAGE      20  20  20  20  20  10   20    20   20  10    20      10   10   10   20     20   10
        HEAD manifests/v1         20  20  20  20  20  10   20    20   20  10    20      10   10   10   20     20   10
        """);
  }
}
