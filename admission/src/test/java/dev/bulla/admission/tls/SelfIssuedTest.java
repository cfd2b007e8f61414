package dev.bulla.admission.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfIssuedTest {

  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");
  private static final List<String> NAMES =
      List.of("bulla-svc.bulla.svc", "localhost", "127.0.0.1", "::1");

  @TempDir Path folder;
  private SelfIssued issued;

  @BeforeEach
  void create() throws Exception {
    issued = new SelfIssued(folder.resolve("tls"), NAMES);
    assertThat(issued.renew(NOW)).isTrue();
  }

  private List<X509Certificate> certificates(Path file) throws Exception {
    return ServerIdentity.certificates(Bytes.owning(Files.readAllBytes(file)), "test");
  }

  /** As an API server would, that believes these authorities. */
  private void validate(List<X509Certificate> authorities, Instant at) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      trusted.setCertificateEntry("a" + i, authorities.get(i));
    }
    PKIXParameters parameters = new PKIXParameters(trusted);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509")
                .generateCertPath(certificates(issued.certificate())),
            parameters);
  }

  @Test
  void theFirstServerIsBelievedUnderAllItsNames() throws Exception {
    validate(certificates(issued.authorities()), NOW);
    X509Certificate server = certificates(issued.certificate()).get(0);
    assertThat(server.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly("bulla-svc.bulla.svc", "localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(server.getBasicConstraints()).isEqualTo(-1);
    assertThat(
            ServerIdentity.parse(
                    Bytes.owning(Files.readAllBytes(issued.certificate())),
                    Bytes.owning(Files.readAllBytes(issued.key())))
                .toString())
        .isEqualTo("ServerIdentity[CN=bulla-admission]");
  }

  @Test
  void keysAreForTheirOwnerOnly() throws Exception {
    assertThat(Files.getPosixFilePermissions(issued.key())).hasSize(2);
    assertThat(Files.getPosixFilePermissions(folder.resolve("tls/ca.key"))).hasSize(2);
  }

  @Test
  void nothingIsMadeAnewBeforeItsTime() throws Exception {
    List<X509Certificate> before = certificates(issued.certificate());
    assertThat(issued.renew(NOW.plus(Duration.ofDays(59)))).isFalse();
    assertThat(certificates(issued.certificate())).isEqualTo(before);
  }

  @Test
  void theServersCertificateIsRenewedUnderTheSameAuthority() throws Exception {
    List<X509Certificate> before = certificates(issued.certificate());
    Instant later = NOW.plus(Duration.ofDays(61));
    assertThat(issued.renew(later)).isFalse();
    assertThat(certificates(issued.certificate())).isNotEqualTo(before);
    validate(certificates(issued.authorities()), later);
  }

  @Test
  void whoeverLearnsOfAnAuthorityWithinAWeekNeverMeetsAServerItDoesNotBelieve() throws Exception {
    List<X509Certificate> known = certificates(issued.authorities());
    Instant knownSince = NOW;
    int changes = 0;
    // around the time when a second one is announced, and when the first runs out; the API server
    // is told six days late
    for (int from : new int[] {2425, 3640}) {
      for (int day = from; day < from + 30; day += 2) {
        Instant today = NOW.plus(Duration.ofDays(day));
        if (issued.renew(today)) {
          changes++;
          knownSince = today;
        }
        if (!today.isBefore(knownSince.plus(Duration.ofDays(6)))) {
          known = certificates(issued.authorities());
        }
        validate(known, today);
      }
    }
    // a second one is announced, the first runs out
    assertThat(changes).isEqualTo(2);
    assertThat(certificates(issued.authorities())).hasSize(1);
  }

  @Test
  void otherNamesNeedAnotherCertificate() throws Exception {
    SelfIssued renamed = new SelfIssued(folder.resolve("tls"), List.of("other.svc"));
    assertThat(renamed.renew(NOW)).isFalse();
    assertThat(certificates(renamed.certificate()).get(0).getSubjectAlternativeNames())
        .extracting(name -> name.get(1))
        .isEqualTo(List.of("other.svc"));
  }

  @Test
  void anEndInTheMiddleOfASuccessionIsMadeGoodTheNextTime() throws Exception {
    Instant worn = NOW.plus(Duration.ofDays(2500));
    assertThat(issued.renew(worn)).isTrue();
    Files.delete(folder.resolve("tls/tls.key"));
    Instant used = worn.plus(Duration.ofDays(8));
    Files.move(
        folder.resolve("tls/next-ca.key"),
        folder.resolve("tls/ca.key"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThat(issued.renew(used)).isFalse();
    validate(certificates(issued.authorities()), used);
  }
}
