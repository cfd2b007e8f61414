package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

/** How crane sees an image, to be compared with how it sees it later. */
final class Untouched {

  private final Workplace place;
  private final Image image;
  private final byte[] manifest;
  private final String digest;

  private Untouched(Workplace place, Image image, byte[] manifest, String digest) {
    this.place = place;
    this.image = image;
    this.manifest = manifest;
    this.digest = digest;
  }

  static Untouched look(Workplace place, Image image) {
    return new Untouched(place, image, manifest(place, image), digest(place, image));
  }

  /** Tag, manifest and digest are what they were. */
  void check() {
    assertThat(digest(place, image)).isEqualTo(digest).isEqualTo(image.digest());
    assertThat(manifest(place, image)).isEqualTo(manifest);
  }

  private static byte[] manifest(Workplace place, Image image) {
    return place.run(Program.CRANE, "manifest", image.byTag()).out();
  }

  private static String digest(Workplace place, Image image) {
    return place.run(Program.CRANE, "digest", image.byTag()).line();
  }
}
