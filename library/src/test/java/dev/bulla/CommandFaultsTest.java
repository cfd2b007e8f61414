package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.error.BullaException;
import dev.bulla.error.ErrorCode;
import dev.bulla.testkit.registry.Effect;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RecordedRequest;
import dev.bulla.testkit.registry.RequestMatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every fault at every request of every command; {@code verify} has {@link FaultMatrixTest}.
 * Whatever happens: success is told only of what is complete, a failure is one of the registry
 * ({@code 20}), a folder that is not complete has no index, and the same again without the fault
 * makes it whole.
 */
@Tag("waits")
class CommandFaultsTest {

  /** Many at once: most of the time is spent waiting before the next attempt. */
  private static final int AT_ONCE = 128;

  private static final Semaphore TURN = new Semaphore(AT_ONCE);
  private static final ExecutorService ALL = Executors.newVirtualThreadPerTaskExecutor();
  private static final Map<String, Future<Map<String, Future<String>>>> CELLS = new TreeMap<>();

  /** Nothing that they ask depends on who keeps the list of referrers. */
  private static final Set<FaultyWork> NO_LISTS =
      EnumSet.of(FaultyWork.TRIANGULATE, FaultyWork.UPLOAD, FaultyWork.ATTACH_SBOM);

  @TempDir static Path folder;

  @BeforeAll
  static void startAll() {
    for (FaultyWork work : FaultyWork.values()) {
      CELLS.put(work + " true", ALL.submit(() -> cells(work, true)));
      if (!NO_LISTS.contains(work)) {
        CELLS.put(work + " false", ALL.submit(() -> cells(work, false)));
      }
    }
  }

  @AfterAll
  static void stop() {
    ALL.shutdownNow();
  }

  private static Effect later(Effect effect) {
    return Effects.header("Retry-After", "3600").around(effect);
  }

  /** Those that can make a difference; {@link FaultMatrixTest} has more of each kind. */
  private static Map<String, Effect> faults(String request) {
    boolean reads = request.contains(" GET ") || request.contains(" HEAD ");
    Map<String, Effect> faults = new LinkedHashMap<>();
    faults.put("hang", Effects.hang());
    faults.put("drop", Effects.drop());
    faults.put("403", Effects.status(403));
    faults.put("404", Effects.status(404, "DENIED", "you may not look"));
    faults.put("500", later(Effects.status(500)));
    if (reads) {
      faults.put("cut", Effects.cutInTheMiddle());
      faults.put("bit", Effects.flippedBit());
    } else {
      // it was done, and nobody knows
      faults.put("late", Effects.dropAfterwards());
    }
    return faults;
  }

  private static String shape(RecordedRequest request) {
    return request.method()
        + " "
        + request
            .path()
            .replaceFirst("uploads/.+", "uploads/ID")
            .replaceFirst("sha256:[0-9a-f]+", "DIGEST")
            .replaceFirst("sha256-[0-9a-f]+", "TAG")
            .replaceFirst("(TAG[.a-z]*)-[0-9a-f]{16}$", "$1-KEY");
  }

  private static RequestMatch byShape(String shape) {
    String path =
        shape
            .replaceFirst("^[A-Z]+ ", "")
            .replace("DIGEST", "sha256:[0-9a-f]+")
            .replace("TAG", "sha256-[0-9a-f]+")
            .replace("-KEY", "-[0-9a-f]{16}")
            .replace("uploads/ID", "uploads/.+");
    return RequestMatch.any().method(shape.replaceFirst(" .*", "")).path(path);
  }

  private static SortedSet<String> requests(FaultyWork work, boolean lists) throws Exception {
    SortedSet<String> shapes = new TreeSet<>();
    TURN.acquire();
    try (FaultyWorld world = new FaultyWorld(Files.createTempDirectory(folder, "dry"), lists)) {
      work.prepare(world);
      world.bench.registry.log().clear();
      world.other.log().clear();
      work.run(world);
      world.bench.registry.log().requests().forEach(r -> shapes.add("source " + shape(r)));
      world.other.log().requests().forEach(r -> shapes.add("target " + shape(r)));
      assertThat(work.isDone(world)).isTrue();
    } finally {
      TURN.release();
    }
    assertThat(shapes).isNotEmpty();
    return shapes;
  }

  private static Map<String, Future<String>> cells(FaultyWork work, boolean lists)
      throws Exception {
    SortedSet<String> requests = requests(work, lists);
    Map<String, Future<String>> cells = new TreeMap<>();
    for (String request : requests) {
      faults(request)
          .forEach((name, fault) ->
              cells.put(
                  request + " × " + name,
                  ALL.submit(() -> {
                    TURN.acquire();
                    try {
                      return cell(work, lists, request, name, fault);
                    } finally {
                      TURN.release();
                    }
                  })));
    }
    return cells;
  }

  private static String cell(
      FaultyWork work, boolean lists, String request, String name, Effect fault) throws Exception {
    try (FaultyWorld world = new FaultyWorld(Files.createTempDirectory(folder, "run"), lists)) {
      work.prepare(world);
      boolean atSource = request.startsWith("source ");
      EmbeddedRegistry registry = atSource ? world.bench.registry : world.other;
      Faults.Rule rule = registry.faults().on(byShape(request.substring(7))).does(fault);
      world.within(Duration.ofSeconds(name.equals("hang") ? 15 : 120));
      String told;
      try {
        work.run(world);
        told = "done";
      } catch (BullaException e) {
        told = e.code().toString();
      }
      assertThat(rule.hits()).as("the fault befell nothing").isPositive();
      rule.remove();
      if (told.equals("done")) {
        assertThat(work.isDone(world)).as("told as done, and is not").isTrue();
      } else {
        // a failure of the registry, and never of the line or of the content
        assertThat(told).isIn(ErrorCode.REGISTRY.toString(), ErrorCode.UNDECIDED.toString());
        if (work == FaultyWork.SAVE) {
          assertThat(world.folder.resolve("index.json")).doesNotExist();
        }
      }
      world.bulla = world.fresh();
      work.run(world);
      assertThat(work.isDone(world)).as("not healed by doing it again").isTrue();
      return told;
    }
  }

  @ParameterizedTest
  @EnumSource(FaultyWork.class)
  void everyFaultAtEveryRequestWithTheReferrersApi(FaultyWork work) throws Exception {
    everyFaultAtEveryRequest(work, true);
  }

  @ParameterizedTest
  @EnumSource(
      value = FaultyWork.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"TRIANGULATE", "UPLOAD", "ATTACH_SBOM"})
  void everyFaultAtEveryRequestWithoutIt(FaultyWork work) throws Exception {
    everyFaultAtEveryRequest(work, false);
  }

  private static void everyFaultAtEveryRequest(FaultyWork work, boolean lists) throws Exception {
    List<String> wrong = new ArrayList<>();
    int failed = 0;
    for (Map.Entry<String, Future<String>> cell : CELLS.get(work + " " + lists).get().entrySet()) {
      try {
        failed += cell.getValue().get().equals("done") ? 0 : 1;
      } catch (ExecutionException e) {
        wrong.add(cell.getKey() + ": " + e.getCause());
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(failed).as("no fault did anything").isPositive();
  }
}
