package dev.bulla.admission.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedTest {

  private static final String OVERFLOW = "java.lang.StackOverflowError";

  @TempDir Path folder;
  private final List<String> told = new ArrayList<>();

  private final Watched.Listener listener =
      new Watched.Listener() {
        @Override
        public void reloaded() {
          told.add("reloaded");
        }

        @Override
        public void kept(String why) {
          told.add("kept: " + why);
        }
      };

  private static String load(Path file) throws ConfigurationException, IOException {
    String text = Files.readString(file);
    if (text.startsWith("bad")) {
      throw new ConfigurationException("a mistake in line 1");
    }
    return text;
  }

  @Test
  void aChangeIsTakenAndAMistakeLeavesTheLastGoodOne() throws Exception {
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, "one");
    Watched<String> watched = Watched.start(List.of(file), () -> load(file), listener);

    watched.look();
    assertThat(told).isEmpty();

    Files.writeString(file, "bad");
    watched.look();
    watched.look();
    assertThat(watched.get()).isEqualTo("one");
    assertThat(told).containsExactly("kept: a mistake in line 1");

    Files.writeString(file, "two");
    watched.look();
    assertThat(watched.get()).isEqualTo("two");
    assertThat(told).containsExactly("kept: a mistake in line 1", "reloaded");
  }

  @Test
  void aFileThatIsGoneLeavesTheLastGoodOneAndIsToldOnce() throws Exception {
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, "one");
    Watched<String> watched = Watched.start(List.of(file), () -> load(file), listener);

    Files.delete(file);
    watched.look();
    watched.look();
    assertThat(watched.get()).isEqualTo("one");
    assertThat(told).singleElement().asString().startsWith("kept: cannot be read");

    Files.writeString(file, "one");
    watched.look();
    assertThat(watched.get()).isEqualTo("one");
    assertThat(told).last().isEqualTo("reloaded");
  }

  @Test
  void mountsThatAreSwappedByLinksAreNoticed() throws Exception {
    Path first = Files.createDirectory(folder.resolve("..1"));
    Path second = Files.createDirectory(folder.resolve("..2"));
    Files.writeString(first.resolve("config.yaml"), "one");
    Files.writeString(second.resolve("config.yaml"), "two");
    Path data = folder.resolve("..data");
    Files.createSymbolicLink(data, first);
    Path file = folder.resolve("config.yaml");
    Files.createSymbolicLink(file, Path.of("..data", "config.yaml"));
    Watched<String> watched = Watched.start(List.of(folder), () -> load(file), listener);

    Path swap = folder.resolve("..swap");
    Files.createSymbolicLink(swap, second);
    Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    watched.look();

    assertThat(watched.get()).isEqualTo("two");
    assertThat(told).containsExactly("reloaded");
  }

  @Test
  void aLoaderThatFailsInAnyWayLeavesTheLastGoodOneAndIsToldOnce() throws Exception {
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, "one");
    List<Supplier<String>> loads = new ArrayList<>();
    loads.add(() -> "one");
    Watched<String> watched =
        Watched.start(List.of(file), () -> loads.get(loads.size() - 1).get(), listener);

    loads.add(() -> {
      throw new IllegalStateException("a fault of ours");
    });
    Files.writeString(file, "two");
    watched.look();
    watched.look();
    assertThat(told)
        .containsExactly("kept: internal error: java.lang.IllegalStateException: a fault of ours");

    loads.add(() -> {
      throw new StackOverflowError();
    });
    Files.writeString(file, "three");
    watched.look();
    watched.look();
    assertThat(told).hasSize(2).endsWith("kept: internal error: " + OVERFLOW);
    assertThat(watched.get()).isEqualTo("one");

    loads.add(() -> "four");
    Files.writeString(file, "four");
    watched.look();
    assertThat(watched.get()).isEqualTo("four");
    assertThat(told).last().isEqualTo("reloaded");
  }

  @Test
  void whatCouldNotBeReadForAWhileIsTriedAgainAndToldOnce() throws Exception {
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, "one");
    AtomicInteger failures = new AtomicInteger();
    Watched<String> watched =
        Watched.start(
            List.of(file),
            () -> {
              if (failures.get() > 0) {
                // what lists of folders throw
                failures.decrementAndGet();
                if (failures.get() == 1) {
                  throw new UncheckedIOException(new IOException("busy"));
                }
                throw new IOException("busy");
              }
              return load(file);
            },
            listener);

    failures.set(3);
    Files.writeString(file, "two");
    watched.look();
    watched.look();
    watched.look();
    assertThat(watched.get()).isEqualTo("one");
    assertThat(told).containsExactly("kept: busy");

    watched.look();
    watched.look();
    assertThat(watched.get()).isEqualTo("two");
    assertThat(told).containsExactly("kept: busy", "reloaded");
  }

  @Test
  void aFileThatCannotBeReadForAnotherReasonIsToldAgain() throws Exception {
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, "one");
    Watched<String> watched = Watched.start(List.of(file), () -> load(file), listener);

    Files.writeString(file, "bad");
    watched.look();
    Files.delete(file);
    watched.look();
    Files.writeString(file, "bad");
    watched.look();
    watched.look();

    assertThat(told).hasSize(3);
    assertThat(told.get(2)).isEqualTo(told.get(0));
  }

  @Test
  void oneThatCannotTellDoesNotEndTheOthers() throws Exception {
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, "one");
    Watched.Listener broken =
        new Watched.Listener() {
          @Override
          public void reloaded() {
            throw new IllegalStateException("cannot tell");
          }

          @Override
          public void kept(String why) {
            throw new IllegalStateException("cannot tell");
          }
        };
    Watched<String> first = Watched.start(List.of(file), () -> load(file), broken);
    CountDownLatch twice = new CountDownLatch(2);
    Watched<String> second =
        Watched.start(
            List.of(file),
            () -> {
              twice.countDown();
              return load(file);
            },
            listener);
    Files.writeString(file, "two");

    try (Watching watching = Watching.start(List.of(first, second), Duration.ofMillis(1))) {
      assertThat(watching).isNotNull();
      assertThat(twice.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void theFirstTimeAMistakeIsAnError() throws Exception {
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, "bad");
    assertThatThrownBy(() -> Watched.start(List.of(file), () -> load(file), listener))
        .isInstanceOf(ConfigurationException.class);
  }
}
