package dev.bulla.interop;

import java.util.Locale;
import java.util.stream.Stream;

/** One question of distribution-spec 1.1; its end-point and its name are its text. */
interface DistributionCheck {

  /** Fails with an {@link AssertionError} when the answer is another than the specification's. */
  void ask(PlainRegistry r);

  static Stream<DistributionCheck> all() {
    return Stream.of(BlobCheck.values(), ManifestCheck.values(), ListCheck.values())
        .flatMap(Stream::of);
  }

  static String title(String where, String name) {
    return where + " " + name.toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
