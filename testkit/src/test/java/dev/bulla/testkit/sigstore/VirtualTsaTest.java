package dev.bulla.testkit.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.key.KeyType;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** openssl verifies what the authority stamps. */
final class VirtualTsaTest {

  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
  private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant TO = Instant.parse("2060-01-01T00:00:00Z");
  private static final Bytes DATA = Bytes.utf8("signature");

  @TempDir private Path folder;

  private String verify(VirtualTsa tsa, Bytes response, String data) throws Exception {
    return new OpenSsl(folder)
        .file("root.pem", PemText.of("CERTIFICATE", tsa.authority().root()))
        .file("chain.pem", tsa.certificate().chainPem())
        .file("response.tsr", response)
        .file("data", data)
        .run(
            "ts",
            "-verify",
            "-in",
            "response.tsr",
            "-data",
            "data",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "chain.pem",
            "-attime",
            Long.toString(NOW.getEpochSecond()));
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"EC_P256", "EC_P384", "EC_P521", "RSA_2048"})
  void stampsOfEveryKeyTypeVerify(KeyType type) throws Exception {
    VirtualTsa tsa = VirtualTsa.create("t", type, FROM, TO);
    assertThat(verify(tsa, tsa.stamp(DATA, NOW), "signature")).contains("Verification: OK");
    assertThat(verify(tsa, tsa.stamp(DATA, NOW), "other")).contains("message imprint mismatch");
  }

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void stampsOfEveryHashVerify(HashAlgorithm hash) throws Exception {
    VirtualTsa tsa = VirtualTsa.create("t", KeyType.EC_P256, FROM, TO);
    VirtualTsa.Query query = VirtualTsa.Query.of(hash, DATA).withCertificates();
    assertThat(verify(tsa, tsa.stamp(query, NOW), "signature")).contains("Verification: OK");
  }

  @Test
  void certificatesAndNonceComeWhenTheyAreAskedFor() throws Exception {
    VirtualTsa tsa = VirtualTsa.create("t", KeyType.EC_P256, FROM, TO);
    VirtualTsa.Query query = VirtualTsa.Query.of(DATA);
    Bytes plain = tsa.stamp(query, NOW);
    Bytes more = tsa.stamp(query.withNonce(BigInteger.valueOf(0x1234567)).withCertificates(), NOW);
    OpenSsl openssl = new OpenSsl(folder).file("plain", plain).file("more", more);
    assertThat(openssl.run("ts", "-reply", "-in", "more", "-text"))
        .contains("Nonce: 0x01234567")
        .contains("Time stamp: Mar  4 05:06:07 2026 GMT")
        .contains("Policy OID: 1.3.6.1.4.1.57264.2");
    assertThat(openssl.run("ts", "-reply", "-in", "plain", "-text")).contains("Nonce: unspecified");
    assertThat(plain.size()).isLessThan(tsa.certificate().der().size() + 500);
    assertThat(more.size()).isGreaterThan(plain.size() + tsa.certificate().der().size());
  }

  @Test
  void anAuthorityWithAnotherPurposeIsRefused() throws Exception {
    VirtualTsa tsa =
        VirtualTsa.create(
            "t", KeyType.EC_P256, FROM, TO, leaf -> leaf.purposes(CertificateWriter.CODE_SIGNING));
    assertThat(verify(tsa, tsa.stamp(DATA, NOW), "signature")).contains("Verification: FAILED");
  }

  @Test
  void refusalsAreRead() throws Exception {
    assertThat(
            new OpenSsl(folder)
                .file("refusal", VirtualTsa.refusal(2))
                .run("ts", "-reply", "-in", "refusal", "-text"))
        .contains("Status: Rejected")
        .contains("transaction not permitted or supported");
  }
}
