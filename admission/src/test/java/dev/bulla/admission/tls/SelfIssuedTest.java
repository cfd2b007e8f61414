package dev.bulla.admission.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SelfIssuedTest {

  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");
  private static final List<String> NAMES =
      List.of("bulla-svc.bulla.svc", "localhost", "127.0.0.1", "::1");

  private final SelfIssued issued = new SelfIssued(NAMES, SelfIssued.OVERLAP);
  private Map<String, Bytes> members = Map.of();

  @BeforeEach
  void create() throws Exception {
    members = renewed(Map.of(), NOW);
  }

  private Map<String, Bytes> renewed(Map<String, Bytes> held, Instant now) throws Exception {
    return issued.renewed(held, now, next -> true);
  }

  private static List<X509Certificate> server(Map<String, Bytes> members) throws Exception {
    return ServerIdentity.certificates(members.getOrDefault("tls.crt", Bytes.EMPTY), "test");
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
            CertificateFactory.getInstance("X.509").generateCertPath(server(members)), parameters);
  }

  @Test
  void theFirstServerIsBelievedUnderAllItsNames() throws Exception {
    validate(SelfIssued.authorities(members), NOW);
    X509Certificate server = server(members).get(0);
    assertThat(server.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly("bulla-svc.bulla.svc", "localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(server.getBasicConstraints()).isEqualTo(-1);
    assertThat(
            ServerIdentity.parse(
                    members.getOrDefault("tls.crt", Bytes.EMPTY),
                    members.getOrDefault("tls.key", Bytes.EMPTY))
                .toString())
        .isEqualTo("ServerIdentity[CN=bulla-admission]");
  }

  @Test
  void nothingIsMadeAnewBeforeItsTime() throws Exception {
    assertThat(renewed(members, NOW.plus(Duration.ofDays(59)))).isEqualTo(members);
  }

  @Test
  void theServersCertificateIsRenewedUnderTheSameAuthority() throws Exception {
    List<X509Certificate> authorities = SelfIssued.authorities(members);
    List<X509Certificate> before = server(members);
    Instant later = NOW.plus(Duration.ofDays(61));
    members = renewed(members, later);
    assertThat(server(members)).isNotEqualTo(before);
    validate(authorities, later);
  }

  @Test
  void whoeverLearnsOfAnAuthorityWithinAWeekNeverMeetsAServerItDoesNotBelieve() throws Exception {
    List<X509Certificate> known = SelfIssued.authorities(members);
    Instant knownSince = NOW;
    int changes = 0;
    // around the time when a second one is announced, and when the first runs out; the API server
    // is told six days late
    for (int from : new int[] {2425, 3640}) {
      for (int day = from; day < from + 30; day += 2) {
        Instant today = NOW.plus(Duration.ofDays(day));
        List<X509Certificate> before = SelfIssued.authorities(members);
        members = renewed(members, today);
        if (!SelfIssued.authorities(members).equals(before)) {
          changes++;
          knownSince = today;
        }
        if (!today.isBefore(knownSince.plus(Duration.ofDays(6)))) {
          known = SelfIssued.authorities(members);
        }
        validate(known, today);
      }
    }
    // a second one is announced, the first runs out
    assertThat(changes).isEqualTo(2);
    assertThat(SelfIssued.authorities(members)).hasSize(1);
  }

  @Test
  void whatIsNotPublishedDoesNotSignHoweverLongAgoItWasAnnounced() throws Exception {
    List<X509Certificate> first = SelfIssued.authorities(members);
    Instant worn = NOW.plus(Duration.ofDays(2500));
    members = renewed(members, worn);
    assertThat(SelfIssued.authorities(members)).hasSize(2);
    Instant later = worn.plus(Duration.ofDays(300));

    members = issued.renewed(members, later, next -> false);
    validate(first, later);

    members = issued.renewed(members, later, next -> true);
    validate(SelfIssued.authorities(members).subList(1, 2), later);
  }

  @Test
  void otherNamesNeedAnotherCertificate() throws Exception {
    Map<String, Bytes> renamed =
        new SelfIssued(List.of("other.svc"), SelfIssued.OVERLAP)
            .renewed(members, NOW, next -> true);
    assertThat(SelfIssued.authorities(renamed)).isEqualTo(SelfIssued.authorities(members));
    assertThat(server(renamed).get(0).getSubjectAlternativeNames())
        .extracting(name -> name.get(1))
        .isEqualTo(List.of("other.svc"));
  }

  @Test
  void anEndInTheMiddleOfASuccessionIsMadeGoodTheNextTime() throws Exception {
    Instant worn = NOW.plus(Duration.ofDays(2500));
    Map<String, Bytes> broken = new HashMap<>(renewed(members, worn));
    broken.remove("tls.key");
    broken.put("ca.key", broken.remove("next-ca.key"));
    Instant used = worn.plus(Duration.ofDays(8));
    members = renewed(broken, used);
    validate(SelfIssued.authorities(members), used);
  }

  @Test
  void membersOfSomebodyElseAreKept() throws Exception {
    assertThat(renewed(Map.of("theirs", Bytes.utf8("x")), NOW))
        .containsEntry("theirs", Bytes.utf8("x"));
  }

  @Test
  void membersThatCannotBeReadAreNoReasonToBeginAnew() {
    Map<String, Bytes> broken = new HashMap<>(members);
    broken.put("ca.crt", Bytes.utf8("no certificate"));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> renewed(broken, NOW))
        .satisfies(e ->
            assertThat(e.hint())
                .hasValueSatisfying(hint -> assertThat(hint).contains("begin anew")));
  }
}
