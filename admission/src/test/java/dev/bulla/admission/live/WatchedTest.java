package dev.bulla.admission.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedTest {

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
  void theFirstTimeAMistakeIsAnError() throws Exception {
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, "bad");
    assertThatThrownBy(() -> Watched.start(List.of(file), () -> load(file), listener))
        .isInstanceOf(ConfigurationException.class);
  }
}
