package dev.bulla.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class DigestTest {

  private static final String HEX = "ab".repeat(32);

  /** FIPS 180-4 examples, and the digest of nothing. */
  @Test
  void hashesWithEachAlgorithm() {
    assertThat(Digest.sha256(Bytes.EMPTY))
        .hasToString("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(Digest.of(HashAlgorithm.SHA256, Bytes.utf8("abc")))
        .hasToString("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(Digest.of(HashAlgorithm.SHA384, Bytes.utf8("abc")))
        .hasToString(
            "sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                + "8086072ba1e7cc2358baeca134c825a7");
    assertThat(Digest.of(HashAlgorithm.SHA512, Bytes.utf8("abc")))
        .hasToString(
            "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  }

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void readsWhatItPrints(HashAlgorithm algorithm) throws Exception {
    Random random = new Random(algorithm.lengthBytes());
    for (int i = 0; i < 100; i++) {
      byte[] raw = new byte[algorithm.lengthBytes()];
      random.nextBytes(raw);
      Digest digest = Digest.of(algorithm, Bytes.of(raw));

      assertThat(Digest.parse(digest.toString())).isEqualTo(digest);
      assertThat(digest.bytes().size()).isEqualTo(algorithm.lengthBytes());
      assertThat(digest.matches(Bytes.of(raw))).isTrue();
      raw[0] ^= 1;
      assertThat(digest.matches(Bytes.of(raw))).isFalse();
    }
  }

  static Stream<String> notDigests() {
    return Stream.of(
        "",
        ":",
        "sha256",
        "sha256:",
        ":" + HEX,
        HEX,
        "sha256:" + HEX.substring(2),
        "sha256:" + HEX + "ab",
        "sha256:" + HEX.substring(1),
        "sha256:" + HEX.toUpperCase(Locale.ROOT),
        "SHA256:" + HEX,
        "sha256: " + HEX.substring(1),
        "sha256:" + HEX + "\n",
        "sha256:" + HEX + ":" + HEX,
        "sha256::" + HEX.substring(1),
        "sha256:" + "../".repeat(21) + "a",
        "sha256:" + "\uff11".repeat(64),
        "sha384:" + HEX,
        "sha512:" + HEX,
        "sha512:" + HEX.repeat(4),
        "sha224:" + "ab".repeat(28),
        "sha1:" + "ab".repeat(20),
        "md5:" + "ab".repeat(16),
        "blake3:" + HEX,
        "a".repeat(1_000_000),
        "sha256:" + "a".repeat(1_000_000));
  }

  @ParameterizedTest
  @MethodSource("notDigests")
  void refusesWhatIsNoDigest(String text) {
    assertThatThrownBy(() -> Digest.parse(text))
        .isInstanceOfSatisfying(
            MalformedInputException.class,
            e -> {
              assertThat(e.what()).isEqualTo("digest");
              assertThat(e.message()).hasSizeLessThan(400).doesNotContain("\n");
            });
  }

  @Test
  void cannotBeMadeOfAnythingButItsHash() {
    assertThatThrownBy(() -> new Digest(HashAlgorithm.SHA512, HEX))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Digest(HashAlgorithm.SHA256, "../../etc/passwd"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** The order in which a referrers tag lists its entries. */
  @Test
  void isOrderedAsText() throws Exception {
    Digest a = Digest.parse("sha256:" + "0a".repeat(32));
    Digest b = Digest.parse("sha256:" + "a0".repeat(32));
    Digest c = Digest.parse("sha512:" + "00".repeat(64));

    assertThat(Stream.of(c, b, a).sorted().toList()).isEqualTo(List.of(a, b, c));
  }

  @Test
  void knowsAlgorithmsByTheirExactNames() {
    assertThat(HashAlgorithm.named("sha256")).contains(HashAlgorithm.SHA256);
    assertThat(HashAlgorithm.named("SHA256")).isEmpty();
    assertThat(HashAlgorithm.named("sha-256")).isEmpty();
    for (HashAlgorithm algorithm : HashAlgorithm.values()) {
      assertThat(HashAlgorithm.named(algorithm.ociName())).contains(algorithm);
      assertThat(algorithm.newDigest().getDigestLength()).isEqualTo(algorithm.lengthBytes());
      assertThat(algorithm.newDigest().getAlgorithm()).isEqualTo(algorithm.jcaName());
    }
  }
}
