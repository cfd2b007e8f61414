package dev.bulla.timestamp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.ValidityPeriod;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.timestamp.TimestampRefusal.Reason;
import dev.bulla.vectors.Vectors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Timestamps of real authorities, in bundles of the conformance suite. */
class RealTimestampsTest {

  private static final String CASES = "conformance/";

  @ParameterizedTest
  @CsvSource({
    "rekor2-timestamp-with-embedded-cert",
    "rekor2-timestamp-without-embedded-cert",
    "rekor2-happy-path",
    "rekor2-dsse-happy-path",
    "intoto-with-custom-trust-root"
  })
  void genuineOnesProveTheirTime(String name) throws Exception {
    assertThat(check(name)).isInstanceOf(ProvenTime.class);
  }

  /** The time is proven; that it lies outside the signing certificate's is another check. */
  @ParameterizedTest
  @CsvSource({"rekor2-timestamp-with-incorrect-time_fail"})
  void aLateOneProvesItsOwnTime(String name) throws Exception {
    assertThat(check(name)).isInstanceOf(ProvenTime.class);
  }

  @ParameterizedTest
  @CsvSource({
    "rekor2-timestamp-outside-trust-root-tsa-validity_fail, OUTSIDE_VALIDITY",
    "rekor2-timestamp-outside-tsa-cert-validity_fail, OUTSIDE_VALIDITY",
    "rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail, UNTRUSTED_AUTHORITY"
  })
  void othersAreRefusedForTheirOwnReason(String name, Reason reason) throws Exception {
    assertThat(check(name))
        .isInstanceOfSatisfying(
            TimestampRefusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  private static TimestampCheck check(String name) throws MalformedInputException {
    GoFields bundle = GoFields.of(Vectors.object(CASES + name + "/bundle.sigstore.json"), "bundle");
    Bytes token =
        bundle
            .requiredFields("verificationMaterial")
            .requiredFields("timestampVerificationData")
            .fieldsList("rfc3161Timestamps")
            .get(0)
            .requiredBytes("signedTimestamp");
    Bytes signature =
        bundle.has("messageSignature")
            ? bundle.requiredFields("messageSignature").requiredBytes("signature")
            : bundle
                .requiredFields("dsseEnvelope")
                .fieldsList("signatures")
                .get(0)
                .requiredBytes("sig");
    return TimestampToken.parse(token).verify(signature, authorities(name));
  }

  private static List<TimestampAuthority> authorities(String name) throws MalformedInputException {
    GoFields root = GoFields.of(Vectors.object(CASES + name + "/trusted_root.json"), "root");
    List<TimestampAuthority> all = new ArrayList<>();
    for (GoFields entry : root.fieldsList("timestampAuthorities")) {
      List<Certificate> chain = new ArrayList<>();
      for (GoFields one : entry.requiredFields("certChain").fieldsList("certificates")) {
        chain.add(Certificate.parse(one.requiredBytes("rawBytes")));
      }
      ValidityPeriod validFor = ValidityPeriod.ALWAYS;
      if (entry.has("validFor")) {
        GoFields range = entry.requiredFields("validFor");
        validFor = new ValidityPeriod(time(range, "start"), time(range, "end"));
      }
      all.add(TimestampAuthority.of(entry.string("uri").orElse(""), chain, validFor));
    }
    assertThat(all).isNotEmpty();
    return all;
  }

  private static Optional<Instant> time(GoFields range, String end) throws MalformedInputException {
    return range.string(end).map(Instant::parse);
  }
}
