package dev.bulla.registry.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskCacheTest {

  private static final String PLACE = "registry.example/app";
  private static final String ORIGIN = "https://registry.example";
  private static final Bytes CONTENT = Bytes.utf8("content");
  private static final Digest DIGEST = Digest.sha256(CONTENT);
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  @TempDir private Path folder;
  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);

  private Path root() {
    return folder.resolve("cache");
  }

  private DiskCache cache() {
    return cache(1 << 20);
  }

  private DiskCache cache(long maxTotal) {
    return new DiskCache(root(), maxTotal, (InstantSource) now::get);
  }

  private List<Path> files() throws IOException {
    if (!Files.exists(root())) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(root())) {
      return all.filter(p -> Files.isRegularFile(p, LinkOption.NOFOLLOW_LINKS)).toList();
    }
  }

  private Path onlyFile() throws IOException {
    assertThat(files()).hasSize(1);
    return files().get(0);
  }

  private boolean has(DiskCache cache) {
    return cache.content(PLACE, DIGEST, 100).isPresent();
  }

  @Test
  void whatIsKeptIsThereForTheNext() {
    cache().keep(PLACE, DIGEST, CONTENT);

    assertThat(cache().content(PLACE, DIGEST, 100)).contains(CONTENT);
    assertThat(cache().content(PLACE, Digest.sha256(Bytes.utf8("x")), 100)).isEmpty();
  }

  @Test
  void whatOnePlaceShowedIsNotShownForAnother() {
    cache().keep(PLACE, DIGEST, CONTENT);

    assertThat(cache().content("registry.example/other", DIGEST, 100)).isEmpty();
  }

  @Test
  void isMadeOnlyWhenSomethingIsKeptAndForItsOwnerAlone() throws Exception {
    DiskCache cache = cache();
    assertThat(has(cache)).isFalse();
    assertThat(cache.lacksReferrers(ORIGIN)).isFalse();
    cache.close();
    assertThat(root()).doesNotExist();

    cache.keep(PLACE, DIGEST, CONTENT);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root())))
        .isEqualTo("rwx------");
    try (Stream<Path> all = Files.walk(root())) {
      assertThat(all.filter(Files::isDirectory))
          .allSatisfy(directory -> assertThat(Files.getPosixFilePermissions(directory)).hasSize(3));
    }
  }

  @Test
  void namesOfFilesHoldNothingForeign() throws Exception {
    String evil = "../../etc/passwd\0/C:\\con";
    cache().keep(evil, DIGEST, CONTENT);
    cache().noteNoReferrers("https://../../x");

    assertThat(files())
        .hasSize(2)
        .allSatisfy(file ->
            assertThat(root().relativize(file).toString())
                .matches("(content/[0-9a-f]{32}/sha256-[0-9a-f]{64}|hosts/[0-9a-f]{32})"));
    assertThat(cache().content(evil, DIGEST, 100)).contains(CONTENT);
  }

  // ---- poisoned

  @ParameterizedTest
  @ValueSource(strings = {"", "conten", "content ", "Content", "another"})
  void aFileWithOtherContentIsAsGoodAsNoneAndGoes(String content) throws Exception {
    cache().keep(PLACE, DIGEST, CONTENT);
    Files.writeString(onlyFile(), content);

    assertThat(has(cache())).isFalse();
    assertThat(files()).isEmpty();
  }

  @Test
  void contentThatIsNotWhatItsDigestSaysIsNotKept() throws Exception {
    cache().keep(PLACE, DIGEST, Bytes.utf8("poison"));

    assertThat(files()).isEmpty();
  }

  @Test
  void anEndlessFileIsNotRead() throws Exception {
    cache().keep(PLACE, DIGEST, CONTENT);
    Files.write(onlyFile(), new byte[DiskCache.MAX_ENTRY + 1]);

    assertThat(cache().content(PLACE, DIGEST, Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void contentBeyondTheCallersLimitIsAsGoodAsNone() {
    cache().keep(PLACE, DIGEST, CONTENT);

    assertThat(cache().content(PLACE, DIGEST, CONTENT.size() - 1)).isEmpty();
    assertThat(cache().content(PLACE, DIGEST, CONTENT.size())).isPresent();
  }

  @Test
  void aLinkIsNotFollowed() throws Exception {
    cache().keep(PLACE, DIGEST, CONTENT);
    Path elsewhere = folder.resolve("elsewhere");
    Files.move(onlyFile(), elsewhere);
    Path file = root().resolve("content");
    try (Stream<Path> children = Files.list(file)) {
      file = children.findFirst().orElseThrow().resolve("sha256-" + DIGEST.hex());
    }
    Files.createSymbolicLink(file, elsewhere);
    assertThat(has(cache())).isFalse();

    // and is replaced, not written through
    Files.writeString(elsewhere, "precious");
    cache().keep(PLACE, DIGEST, CONTENT);
    assertThat(elsewhere).hasContent("precious");
    assertThat(has(cache())).isTrue();
  }

  @Test
  void aFolderWhereAFileShouldBeIsAsGoodAsNone() throws Exception {
    cache().keep(PLACE, DIGEST, CONTENT);
    Path file = onlyFile();
    Files.delete(file);
    Files.createDirectory(file);
    Files.writeString(file.resolve("x"), "x");

    assertThat(has(cache())).isFalse();
    cache().keep(PLACE, DIGEST, CONTENT);
    assertThat(has(cache())).isFalse();
  }

  // ---- folders that are not ours

  @Test
  void aCacheBehindALinkIsNone() throws Exception {
    cache().keep(PLACE, DIGEST, CONTENT);
    Path target = folder.resolve("target");
    Files.move(root(), target);
    Files.createSymbolicLink(root(), target);

    assertThat(has(cache())).isFalse();
    cache().keep(PLACE, Digest.sha256(Bytes.utf8("x")), Bytes.utf8("x"));
    try (Stream<Path> files = Files.walk(target)) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwx---", "rwx---rwx", "rwxr-xr-x"})
  void aFolderThatOthersMayEnterIsNone(String mode) throws Exception {
    cache().keep(PLACE, DIGEST, CONTENT);
    Files.setPosixFilePermissions(root(), PosixFilePermissions.fromString(mode));

    assertThat(has(cache())).isFalse();
    assertThat(cache().lacksReferrers(ORIGIN)).isFalse();
    cache().noteNoReferrers(ORIGIN);
    assertThat(files()).hasSize(1);
  }

  @Test
  void aFolderOfSomebodyElseIsNone() throws Exception {
    cache().keep(PLACE, DIGEST, CONTENT);
    try {
      Files.setAttribute(root(), "unix:uid", 65_534);
    } catch (IOException e) {
      assumeTrue(false, "only root can give a folder away");
    }

    assertThat(has(cache())).isFalse();
    cache().noteNoReferrers(ORIGIN);
    assertThat(files()).hasSize(1);
  }

  @Test
  void aFileWhereTheFolderShouldBeHurtsNobody() throws Exception {
    Files.writeString(root(), "x");

    cache().keep(PLACE, DIGEST, CONTENT);
    cache().noteNoReferrers(ORIGIN);
    cache().close();

    assertThat(has(cache())).isFalse();
    assertThat(root()).hasContent("x");
  }

  /** What cannot be written, for lack of leave or of room, is not kept; reading goes on. */
  @Test
  void aFolderThatTakesNothingMoreIsStillRead() throws Exception {
    cache().keep(PLACE, DIGEST, CONTENT);
    DiskCache cache = cache();
    Bytes other = Bytes.utf8("other");
    // a file where the folder of another place should be stops root as well as anybody
    cache().keep("another place", Digest.sha256(other), other);
    Path inTheWay = null;
    for (Path file : files()) {
      if (file.toString().endsWith(Digest.sha256(other).hex())) {
        inTheWay = file.getParent();
        Files.delete(file);
      }
    }
    Files.delete(inTheWay);
    Files.writeString(inTheWay, "x");

    cache.keep("another place", Digest.sha256(other), other);

    assertThat(cache.content("another place", Digest.sha256(other), 100)).isEmpty();
    assertThat(has(cache)).isTrue();
  }

  @Test
  void mayBeDeletedAtAnyMoment() throws Exception {
    DiskCache cache = cache();
    cache.keep(PLACE, DIGEST, CONTENT);
    try (Stream<Path> all = Files.walk(root())) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }

    assertThat(has(cache)).isFalse();
    cache.keep(PLACE, DIGEST, CONTENT);
    cache.close();
    // whoever comes next starts anew
    cache().keep(PLACE, DIGEST, CONTENT);
    assertThat(has(cache())).isTrue();
  }

  @Test
  void manyWritersLeaveWholeFilesOnly() throws Exception {
    List<Bytes> contents = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 20; i++) {
      byte[] bytes = new byte[random.nextInt(200_000)];
      random.nextBytes(bytes);
      contents.add(Bytes.of(bytes));
    }
    try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> done = new ArrayList<>();
      for (int writer = 0; writer < 8; writer++) {
        DiskCache cache = cache(64 << 20);
        done.add(
            all.submit(() -> {
              boolean whole = true;
              for (Bytes content : contents) {
                Digest digest = Digest.sha256(content);
                cache.keep(PLACE, digest, content);
                whole &= cache.content(PLACE, digest, 1 << 20).filter(content::equals).isPresent();
              }
              return whole;
            }));
      }
      for (Future<Boolean> one : done) {
        assertThat(one.get()).isTrue();
      }
    }
    assertThat(files()).hasSize(20).noneMatch(f -> f.getFileName().toString().startsWith("."));
  }

  @Test
  void whatSeveralKeepFirstIsKept() throws Exception {
    try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 50; round++) {
        Path fresh = folder.resolve("fresh-" + round);
        DiskCache shared = new DiskCache(fresh, 1 << 20, (InstantSource) now::get);
        List<Future<Boolean>> done = new ArrayList<>();
        for (int writer = 0; writer < 8; writer++) {
          Bytes content = Bytes.utf8("content " + writer);
          DiskCache cache =
              writer % 2 == 0 ? shared : new DiskCache(fresh, 1 << 20, (InstantSource) now::get);
          done.add(
              all.submit(() -> {
                Digest digest = Digest.sha256(content);
                cache.keep(PLACE, digest, content);
                return cache.content(PLACE, digest, 100).isPresent();
              }));
        }
        for (Future<Boolean> one : done) {
          assertThat(one.get()).isTrue();
        }
      }
    }
  }

  // ---- size

  @Test
  void largeContentIsNotKept() throws Exception {
    Bytes large = Bytes.of(new byte[DiskCache.MAX_ENTRY + 1]);
    cache().keep(PLACE, Digest.sha256(large), large);

    assertThat(files()).isEmpty();
  }

  @Test
  void whatWasOfNoUseForLongestGoesFirst() throws Exception {
    List<Digest> kept = new ArrayList<>();
    DiskCache cache = cache(100_000);
    for (int i = 0; i < 15; i++) {
      Bytes content =
          Bytes.of(
              ("" + i)
                  .repeat(10_000)
                  .substring(0, 10_000)
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8));
      Digest digest = Digest.sha256(content);
      kept.add(digest);
      cache.keep(PLACE, digest, content);
      for (Path file : files()) {
        if (file.toString().endsWith(digest.hex())) {
          Files.setLastModifiedTime(file, FileTime.from(NOW.minus(Duration.ofDays(20 - i))));
        }
      }
    }
    // the oldest is of use once more
    assertThat(cache.content(PLACE, kept.get(5), 1 << 20)).isPresent();
    now.set(NOW.plus(Duration.ofDays(2)));
    cache.keep(PLACE, DIGEST, CONTENT);
    cache.close();

    DiskCache next = cache();
    long left = kept.stream().filter(d -> next.content(PLACE, d, 1 << 20).isPresent()).count();
    assertThat(left).isBetween(5L, 10L);
    assertThat(next.content(PLACE, kept.get(5), 1 << 20)).isPresent();
    assertThat(next.content(PLACE, kept.get(0), 1 << 20)).isEmpty();
    assertThat(has(next)).isTrue();
  }

  @Test
  void abandonedFilesGo() throws Exception {
    DiskCache cache = cache();
    cache.keep(PLACE, DIGEST, CONTENT);
    Path abandoned = onlyFile().resolveSibling(CacheFolder.TEMPORARY + "1");
    Path fresh = onlyFile().resolveSibling(CacheFolder.TEMPORARY + "2");
    Files.writeString(abandoned, "x");
    Files.writeString(fresh, "x");
    Files.setLastModifiedTime(abandoned, FileTime.from(NOW.minus(Duration.ofHours(2))));
    Files.setLastModifiedTime(fresh, FileTime.from(NOW));

    cache.close();

    assertThat(abandoned).doesNotExist();
    assertThat(fresh).exists();
  }

  // ---- absences

  @Test
  void anAbsenceIsRememberedForADay() {
    cache().noteNoReferrers(ORIGIN);

    assertThat(cache().lacksReferrers(ORIGIN)).isTrue();
    assertThat(cache().lacksReferrers("http://registry.example")).isFalse();
    assertThat(cache().lacksReferrers("https://registry.example:5000")).isFalse();
    now.set(NOW.plus(Duration.ofHours(24)).minusSeconds(1));
    assertThat(cache().lacksReferrers(ORIGIN)).isTrue();
    now.set(NOW.plus(Duration.ofHours(24)));
    assertThat(cache().lacksReferrers(ORIGIN)).isFalse();
  }

  @Test
  void anAbsenceFromTheFutureIsNone() {
    now.set(NOW.plusSeconds(1));
    cache().noteNoReferrers(ORIGIN);
    now.set(NOW);

    assertThat(cache().lacksReferrers(ORIGIN)).isFalse();
  }

  @Test
  void anAbsenceIsForgotten() {
    cache().noteNoReferrers(ORIGIN);
    cache().noteReferrers(ORIGIN);

    assertThat(cache().lacksReferrers(ORIGIN)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no referrers",
        "no referrers\nhttps://registry.example\n",
        "no referrers\nhttps://registry.example\nyesterday\n",
        "no referrers\nhttps://other.example\n2026-11-21T09:00:00Z\n",
        "referrers\nhttps://registry.example\n2026-11-21T09:00:00Z\n",
        "no referrers\nhttps://registry.example\n2026-11-21T09:00:00Z\nmore\n",
        "no referrers\nhttps://registry.example\n+999999999-12-31T23:59:59Z\n",
        "no referrers\nhttps://registry.example\n-999999999-01-01T00:00:00Z\n"
      })
  void aNoteThatSaysSomethingElseIsNone(String note) throws Exception {
    cache().noteNoReferrers(ORIGIN);
    Files.writeString(onlyFile(), note);

    assertThat(cache().lacksReferrers(ORIGIN)).isFalse();
  }
}
