package dev.bulla.admission.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.testkit.http.TestAuthority;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.junit.jupiter.api.Test;

class ServerTlsTest {

  private final TestAuthority.Issued issued = TestAuthority.create("tls").issueServer("localhost");

  /** What is handed out anew each time is decrypted anew each time, which costs milliseconds. */
  @Test
  void theKeyIsTakenOutOfItsStoreOnceAndNotAtEachHandshake() throws Exception {
    ServerIdentity identity =
        ServerIdentity.parse(Bytes.utf8(issued.certificatePem()), Bytes.utf8(issued.keyPem()));
    KeyManager[] managers = ServerTls.keys(identity);
    assertThat(managers).hasSize(1);
    X509KeyManager keys = (X509KeyManager) managers[0];
    // as a handshake does it
    String first = keys.chooseServerAlias("EC", null, null);
    String second = keys.chooseServerAlias("EC", null, null);

    assertThat(List.of(keys.getCertificateChain(first))).containsExactly(issued.certificate());
    assertThat(keys.getPrivateKey(first)).isNotNull().isSameAs(keys.getPrivateKey(second));
  }
}
