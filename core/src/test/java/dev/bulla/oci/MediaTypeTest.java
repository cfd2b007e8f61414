package dev.bulla.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MediaTypeTest {

  @Test
  void tellsKindsApart() {
    assertThat(MediaType.OCI_INDEX.isIndex()).isTrue();
    assertThat(MediaType.DOCKER_MANIFEST_LIST.isIndex()).isTrue();
    assertThat(MediaType.OCI_MANIFEST.isIndex()).isFalse();
    assertThat(MediaType.OCI_MANIFEST.isImageManifest()).isTrue();
    assertThat(MediaType.DOCKER_MANIFEST.isImageManifest()).isTrue();
    assertThat(MediaType.OCI_INDEX.isImageManifest()).isFalse();
    assertThat(MediaType.OCI_CONFIG.isImageConfig()).isTrue();
    assertThat(MediaType.DOCKER_CONFIG.isImageConfig()).isTrue();
    assertThat(MediaType.OCI_EMPTY.isImageConfig()).isFalse();
    assertThat(MediaType.SIGSTORE_BUNDLE.isSigstoreBundle()).isTrue();
    assertThat(new MediaType("application/vnd.dev.sigstore.bundle+json;version=0.3"))
        .matches(MediaType::isSigstoreBundle);
    assertThat(MediaType.DSSE_ENVELOPE.isSigstoreBundle()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\u0000", "\u001b[0m", "\u00e4/b", "\u202e", "\u007f"})
  void refusesWhatCannotBeSeen(String text) {
    assertThatThrownBy(() -> new MediaType(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void has255CharactersAtMost() {
    assertThat(new MediaType("a".repeat(255)).value()).hasSize(255);
    assertThatThrownBy(() -> new MediaType("a".repeat(256)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
