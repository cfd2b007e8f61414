package dev.bulla.admission.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.der.DerReader;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.Pem;
import dev.bulla.testkit.http.TestAuthority;
import org.junit.jupiter.api.Test;

class ServerIdentityTest {

  private final TestAuthority authority = TestAuthority.create("identity");
  private final TestAuthority.Issued issued = authority.issueServer("localhost");
  private final Bytes certificate = Bytes.utf8(issued.certificatePem());

  @Test
  void aKeyIsReadInItsOlderFormToo() throws Exception {
    Pem pkcs8 = Pem.parseFirst(Bytes.utf8(issued.keyPem()), "key");
    DerReader whole = DerReader.of(pkcs8.content().toByteArray(), "key").enter(DerReader.SEQUENCE);
    whole.skip();
    whole.skip();
    Bytes sec1 = Bytes.owning(whole.bytes(DerReader.OCTET_STRING));
    Bytes older = new Pem("EC PRIVATE KEY", sec1).print();

    assertThat(ServerIdentity.parse(certificate, older).chain())
        .containsExactly(issued.certificate());
    assertThat(ServerIdentity.parse(certificate, Bytes.utf8(issued.keyPem())).toString())
        .doesNotContain("PRIVATE");
  }

  @Test
  void anotherCertificatesKeyIsRefused() {
    Bytes other = Bytes.utf8(authority.issueServer("localhost").keyPem());
    assertThatThrownBy(() -> ServerIdentity.parse(certificate, other))
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("TLS key: it is not the key of the certificate");
  }

  @Test
  void whatIsMissingOrLockedIsSaid() {
    assertThatThrownBy(() -> ServerIdentity.parse(Bytes.EMPTY, certificate))
        .hasMessage("TLS certificate: no certificate in PEM form");
    assertThatThrownBy(() -> ServerIdentity.parse(certificate, certificate))
        .hasMessage("TLS key: no private key in PEM form");
    Bytes locked = new Pem("ENCRYPTED PRIVATE KEY", Bytes.of((byte) 1)).print();
    assertThatThrownBy(() -> ServerIdentity.parse(certificate, locked))
        .hasMessage("TLS key: encrypted; it has to be without password");
  }
}
