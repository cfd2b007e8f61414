package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.error.BullaException;
import dev.bulla.error.ErrorCode;
import dev.bulla.layout.LayoutTransport;
import dev.bulla.layout.OciLayout;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every fault at every request of copy, save, load and clean. Whatever happens: success is told
 * only of what is complete, a failure is one of the registry ({@code 20}), a folder that is not
 * complete has no index, and the same again without the fault makes it whole.
 */
class TransferFaultsTest {

  private static final int AT_ONCE = 64;

  @TempDir Path folder;

  /** A work, and how to see that it was done. */
  private enum Work {
    COPY {
      @Override
      void run(World world) throws BullaException {
        world
            .bulla
            .copy()
            .copy(world.source, world.target, CopyRequest.everything(), Progress.SILENT);
      }

      @Override
      boolean isDone(World world) throws BullaException {
        return world.carriesBoth(world.target);
      }
    },
    SAVE {
      @Override
      void run(World world) throws BullaException {
        OciLayout layout = OciLayout.create(world.folder, "saved");
        world.bulla.saving().save(world.source, layout, world.layouts.add(layout), Progress.SILENT);
      }

      @Override
      boolean isDone(World world) throws BullaException {
        if (!Files.exists(world.folder.resolve("index.json"))) {
          return false;
        }
        OciLayout layout = OciLayout.open(world.folder, "saved");
        Repository place = world.layouts.add(layout);
        // what has an index is complete, always
        assertThat(world.carriesBoth(place.at(layout.image().digest()))).isTrue();
        return true;
      }
    },
    LOAD {
      @Override
      void prepare(World world) throws BullaException {
        SAVE.run(world);
      }

      @Override
      void run(World world) throws BullaException {
        OciLayout layout = OciLayout.open(world.folder, "saved");
        Repository place = world.layouts.add(layout);
        DigestReference image = place.at(layout.image().digest());
        world.bulla.saving().load(image, world.target, Progress.SILENT);
      }

      @Override
      boolean isDone(World world) throws BullaException {
        return world.carriesBoth(world.target);
      }
    },
    CLEAN {
      @Override
      void run(World world) throws BullaException {
        EvidenceCleaning cleaning = world.bulla.cleaning();
        var failure =
            cleaning.clean(
                world.bulla.resolve(world.source),
                EnumSet.allOf(EvidenceCleaning.Removal.class),
                new EvidenceCleaning.Listener() {});
        if (failure.isPresent()) {
          throw failure.get();
        }
      }

      @Override
      boolean isDone(World world) throws BullaException {
        return world.carriesNothing(world.source);
      }
    };

    void prepare(World world) throws BullaException {}

    abstract void run(World world) throws BullaException;

    abstract boolean isDone(World world) throws BullaException;
  }

  /** Two registries, one without the referrers API, and a folder. */
  private static final class World implements AutoCloseable {

    final Bench bench = new Bench();
    final EmbeddedRegistry other = EmbeddedRegistry.start();
    final LayoutTransport layouts =
        LayoutTransport.over(SocketTransport.create(TlsOptions.DEFAULT));
    final RegistryClient client = RegistryClient.builder(layouts).build();
    final Path folder;
    final Reference source;
    final Reference target;
    Bulla bulla = new Bulla(client);

    World(Path folder, boolean lists) throws Exception {
      this.folder = folder;
      source = bench.tag;
      target = Reference.parse(other.host() + "/copy:v1");
      for (EmbeddedRegistry registry : List.of(bench.registry, other)) {
        if (!lists) {
          registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND).noTagDelete();
        }
      }
      bench.sign(SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH));
    }

    boolean carriesBoth(Reference reference) throws BullaException {
      Bulla fresh = new Bulla(client);
      if (client.headManifest(reference).isEmpty()) {
        return false;
      }
      try {
        return Bench.formats(fresh.verify(reference, Bench.policy(Bench.ALICE)))
            .containsAll(List.of("legacy", "bundle"));
      } catch (BullaException e) {
        return false;
      }
    }

    boolean carriesNothing(Reference reference) throws BullaException {
      return new Bulla(client).download().signatures(reference).isEmpty();
    }

    @Override
    public void close() {
      client.close();
      bench.close();
      other.close();
    }
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
    faults.put("late", Effects.dropAfterwards());
    faults.put("hang", Effects.hang());
    faults.put("bit", Effects.flippedBit());
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

  private SortedSet<String> requests(Work work, boolean lists) throws Exception {
    SortedSet<String> shapes = new TreeSet<>();
    try (World world = new World(Files.createTempDirectory(folder, "dry"), lists)) {
      work.prepare(world);
      world.bench.registry.log().clear();
      world.other.log().clear();
      work.run(world);
      assertThat(work.isDone(world)).isTrue();
      world.bench.registry.log().clear();
    }
    try (World world = new World(Files.createTempDirectory(folder, "dry"), lists)) {
      work.prepare(world);
      world.bench.registry.log().clear();
      world.other.log().clear();
      work.run(world);
      world.bench.registry.log().requests().forEach(r -> shapes.add("source " + shape(r)));
      world.other.log().requests().forEach(r -> shapes.add("target " + shape(r)));
    }
    assertThat(shapes).hasSizeGreaterThan(4);
    return shapes;
  }

  private String cell(Work work, boolean lists, String request, String name, Effect fault)
      throws Exception {
    try (World world = new World(Files.createTempDirectory(folder, "run"), lists)) {
      work.prepare(world);
      boolean atSource = request.startsWith("source ");
      EmbeddedRegistry registry = atSource ? world.bench.registry : world.other;
      Faults.Rule rule = registry.faults().on(byShape(request.substring(7))).does(fault);
      Duration patience = Duration.ofSeconds(name.equals("hang") ? 15 : 120);
      world.bulla = new Bulla(world.client.within(patience));
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
        assertThat(Set.of(ErrorCode.REGISTRY.toString())).contains(told);
        if (work == Work.SAVE) {
          assertThat(world.folder.resolve("index.json")).doesNotExist();
        }
      }
      world.bulla = new Bulla(world.client);
      work.run(world);
      assertThat(work.isDone(world)).as("not healed by doing it again").isTrue();
      return told;
    }
  }

  @ParameterizedTest
  @EnumSource(Work.class)
  void everyFaultAtEveryRequestWithTheReferrersApi(Work work) throws Exception {
    everyFaultAtEveryRequest(work, true);
  }

  @ParameterizedTest
  @EnumSource(Work.class)
  void everyFaultAtEveryRequestWithoutIt(Work work) throws Exception {
    everyFaultAtEveryRequest(work, false);
  }

  private void everyFaultAtEveryRequest(Work work, boolean lists) throws Exception {
    Map<String, Future<String>> cells = new TreeMap<>();
    Semaphore turn = new Semaphore(AT_ONCE);
    try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String request : requests(work, lists)) {
        for (Map.Entry<String, Effect> fault : faults().entrySet()) {
          cells.put(
              request + " × " + fault.getKey(),
              all.submit(() -> {
                turn.acquire();
                try {
                  return cell(work, lists, request, fault.getKey(), fault.getValue());
                } finally {
                  turn.release();
                }
              }));
        }
      }
    }
    List<String> wrong = new ArrayList<>();
    int failed = 0;
    for (Map.Entry<String, Future<String>> cell : cells.entrySet()) {
      try {
        failed += cell.getValue().get().equals("done") ? 0 : 1;
      } catch (java.util.concurrent.ExecutionException e) {
        wrong.add(cell.getKey() + ": " + e.getCause());
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(failed).as("no fault did anything").isPositive();
  }
}
