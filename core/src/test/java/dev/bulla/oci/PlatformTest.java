package dev.bulla.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.MalformedInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {

  @ParameterizedTest
  @ValueSource(strings = {"linux", "linux/amd64", "linux/arm/v7", "windows/amd64:10.0.1", ""})
  void isWrittenAsItIsRead(String typed) throws Exception {
    assertThat(Platform.parse(typed)).hasToString(typed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b/c/d", "a:b:c"})
  void hasNoMoreParts(String typed) {
    assertThatThrownBy(() -> Platform.parse(typed)).isInstanceOf(MalformedInputException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "linux, linux/arm/v7, true",
    "linux/arm, linux/arm/v7, true",
    "linux/arm/v6, linux/arm/v7, false",
    "linux/arm/v7, linux/arm, false",
    "windows/amd64:10.0.1, windows/amd64:10.0.2, false",
    "linux/amd64, linux/arm64, false",
  })
  void acceptsWhatHasAllThatItNames(String wanted, String other, boolean accepted)
      throws Exception {
    assertThat(Platform.parse(wanted).accepts(Platform.parse(other))).isEqualTo(accepted);
  }

  @Test
  void isKnownWhereAnEntryNamesIt() throws Exception {
    Descriptor bare =
        new Descriptor(
            MediaType.OCI_MANIFEST, 1, dev.bulla.digest.Digest.sha256(dev.bulla.bytes.Bytes.EMPTY));

    assertThat(Platform.of(bare)).isEmpty();
    Platform arm = Platform.parse("linux/arm/v7");
    Descriptor entry =
        new Descriptor(
            bare.mediaType(),
            bare.size(),
            bare.digest(),
            java.util.Optional.empty(),
            java.util.List.of(),
            java.util.Map.of(),
            java.util.Optional.of(arm.toJson()),
            java.util.Optional.empty());
    assertThat(Platform.of(entry)).contains(arm);
  }
}
