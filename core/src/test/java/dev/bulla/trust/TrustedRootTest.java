package dev.bulla.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.KeyType;
import dev.bulla.tlog.TransparencyLog;
import dev.bulla.vectors.Vectors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class TrustedRootTest {

  private static final String PUBLIC_GOOD = "roots/public-good-trusted_root.derived.json";
  private static final long SEED = 14;

  private static TrustedRoot read(String path) throws MalformedInputException {
    return TrustedRoot.parse(Vectors.bytes(path));
  }

  /** Every root in the vectors, but the one that has to be refused. */
  static Stream<String> roots() {
    List<String> paths = new ArrayList<>();
    for (String name : Vectors.names("roots")) {
      if (name.endsWith(".json")) {
        paths.add("roots/" + name);
      }
    }
    for (String name : Vectors.names("conformance")) {
      if (name.contains("-")
          && !name.equals("trust-root-tlog-missing-validity-start_fail")
          && Vectors.names("conformance/" + name).contains("trusted_root.json")) {
        paths.add("conformance/" + name + "/trusted_root.json");
      }
    }
    assertThat(paths).hasSizeGreaterThan(20);
    return paths.stream();
  }

  @ParameterizedTest
  @MethodSource("roots")
  void readsRealRoots(String path) throws Exception {
    TrustedRoot root = read(path);

    assertThat(root.logs()).isNotEmpty();
    assertThat(root.authorities())
        .isNotEmpty()
        .allSatisfy(authority -> assertThat(authority.chain()).isNotEmpty());
    for (TransparencyLog log : root.logs()) {
      assertThat(log.name()).isNotEmpty().doesNotContain("/").doesNotContain(":");
    }
  }

  @Test
  void readsLogsAndAuthoritiesOfThePublicOne() throws Exception {
    TrustedRoot root = read(PUBLIC_GOOD);

    assertThat(root.logs())
        .extracting(TransparencyLog::name)
        .containsExactly("rekor.sigstore.dev", "log2025-1.rekor.sigstore.dev");
    assertThat(root.logs().get(0).key().type()).isEqualTo(KeyType.EC_P256);
    assertThat(root.logs().get(0).id()).isEqualTo(root.logs().get(0).key().fingerprint());
    assertThat(root.logs().get(1).id()).isEqualTo(root.logs().get(1).noteKeyId());
    assertThat(root.logs().get(0).start()).isEqualTo("2021-01-12T11:53:27Z");
    assertThat(root.logs().get(0).end()).isEmpty();
    assertThat(root.authorities()).hasSize(2);
    assertThat(root.authorities().get(0).validFor().end())
        .contains(Instant.parse("2022-12-31T23:59:59.999Z"));
    assertThat(root.authorities().get(1).chain()).hasSize(2);
    assertThat(root.certificateLogs()).isNotEmpty();
  }

  @Test
  void readsKeysInPkcs1() throws Exception {
    assertThat(read("roots/staging-trusted_root.json").certificateLogs())
        .extracting(log -> log.key().type().family())
        .contains(KeyType.Family.RSA);
  }

  @Test
  void refusesALogWithoutABeginning() {
    assertThatThrownBy(
            () -> read("conformance/trust-root-tlog-missing-validity-start_fail/trusted_root.json"))
        .isInstanceOfSatisfying(
            MalformedInputException.class, e -> assertThat(e.what()).isEqualTo("trusted root"))
        .hasMessageContaining("start: missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version=0.1 | version=0.9 | unsupported media type",
        "\"SHA2_256\" | \"SHA2_512\" | expected SHA2_256",
        "\"PKIX_ECDSA_P256_SHA_256\" | \"PKIX_ECDSA_P384_SHA_384\" | of another kind",
        "\"PKIX_ECDSA_P256_SHA_256\" | \"ROT13\" | unknown value",
        "\"PKIX_ECDSA_P256_SHA_256\" | 6 | not a kind of key",
        "\"tlogs\" | \"logs\" | unknown member",
        "\"keyId\" | \"key\" | keyId: missing",
        "2021-01-12T11:53:27Z | yesterday | not a time",
        "2021-01-12T11:53:27Z | +12021-01-12T11:53:27Z | not a time",
        "\"start\" | \"begin\" | missing"
      })
  void refusesWhatIsMissingOrUnknown(String text, String replacement, String problem)
      throws Exception {
    String json = Vectors.text(PUBLIC_GOOD).replaceAll("\\s", "");
    assertThat(json).contains(text.strip());
    Bytes changed = Bytes.utf8(json.replace(text.strip(), replacement.strip()));

    assertThatThrownBy(() -> TrustedRoot.parse(changed))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(problem.strip());
  }

  @Test
  void readsAllThreeMediaTypes() throws Exception {
    String json = Vectors.text(PUBLIC_GOOD);
    for (String type :
        List.of(
            "application/vnd.dev.sigstore.trustedroot.v0.1+json",
            "application/vnd.dev.sigstore.trustedroot.v0.2+json")) {
      Bytes other =
          Bytes.utf8(
              json.replace("application/vnd.dev.sigstore.trustedroot+json;version=0.1", type));
      assertThat(TrustedRoot.parse(other)).isEqualTo(read(PUBLIC_GOOD));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://log.example.com,log.example.com",
    "https://log.example.com:8080/path,log.example.com",
    "log.example.com/path,log.example.com",
    "'',''"
  })
  void theNameOfALogIsTheHostOfItsAddress(String url, String name) {
    assertThat(TrustedRootJson.host(url)).isEqualTo(name);
  }

  @Test
  void whateverTheBytesOnlyMalformedComesOut() throws Exception {
    Bytes original = Vectors.bytes(PUBLIC_GOOD);
    Random random = new Random(SEED);
    int refused = 0;
    for (int i = 0; i < 1500; i++) {
      byte[] bytes = original.toByteArray();
      bytes[random.nextInt(bytes.length)] = (byte) "{}[]\",:\\0nA=".charAt(random.nextInt(12));
      try {
        TrustedRoot.parse(Bytes.owning(bytes));
      } catch (MalformedInputException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(100);
  }
}
