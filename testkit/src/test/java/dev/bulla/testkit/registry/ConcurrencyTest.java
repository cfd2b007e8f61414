package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConcurrencyTest extends RegistryTest {

  @TempDir Path temporary;

  private static <T> List<T> atOnce(List<Callable<T>> tasks) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
      List<T> results = new ArrayList<>();
      for (Future<T> one : threads.invokeAll(tasks)) {
        results.add(one.get());
      }
      return results;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void takesPushesOfManyClientsIntoOneRepository(boolean directory) throws Exception {
    EmbeddedRegistry.Options options = EmbeddedRegistry.options();
    start(directory ? options.directory(temporary.resolve("r")) : options);
    SampleImage subject = SampleImage.image("subject");
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int client = 0; client < 4; client++) {
      int number = client;
      tasks.add(() -> {
        int created = 0;
        for (int i = 0; i < 10; i++) {
          SampleImage referrer =
              SampleImage.referrer(subject, "text/plain", Bytes.utf8(number + " " + i), Map.of());
          if (caller.push("app", referrer, "tag-" + number + "-" + i).status() == 201) {
            created++;
          }
        }
        return created;
      });
    }
    assertThat(atOnce(tasks)).containsOnly(10);
    assertThat(registry.repository("app").tags()).hasSize(40);
    assertThat(registry.repository("app").referrers(subject.digest())).hasSize(40);
    assertThat(caller.get("/v2/app/referrers/" + subject.digest()).objects("manifests"))
        .hasSize(40);
  }

  @Test
  void letsOnlyOneOfTwoConditionalPushesWin() throws Exception {
    start();
    for (int round = 0; round < 10; round++) {
      String tag = "race-" + round;
      registry.faults().clear();
      registry
          .faults()
          .on(RequestMatch.manifests().method("PUT"))
          .does(Effects.together(2, java.time.Duration.ofSeconds(30)));
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (String text : List.of("one", "two")) {
        SampleImage image = SampleImage.image(text);
        image.pushTo(registry.repository("app"));
        tasks.add(() -> caller.putManifest("app", tag, image, "If-None-Match", "*").status());
      }
      assertThat(atOnce(tasks)).containsExactlyInAnyOrder(201, 412);
    }
  }

  @Test
  void takesTheSameBlobFromTwoClientsAtOnce() throws Exception {
    start(EmbeddedRegistry.options().directory(temporary.resolve("r")));
    Bytes content = Bytes.owning(new byte[1 << 20]);
    Digest digest = Digest.sha256(content);
    Callable<Integer> push =
        () -> caller.post("/v2/app/blobs/uploads/?digest=" + digest, content).status();
    assertThat(atOnce(List.of(push, push))).containsOnly(201);
    assertThat(caller.get("/v2/app/blobs/" + digest).body()).isEqualTo(content);
  }
}
