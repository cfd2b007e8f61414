package dev.bulla.kms.azure;

import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.KeyVaultServer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;

/** A certificate of the one service principal, with its RSA key. */
final class ClientCertificates {

  /** Made once: it takes a while. */
  static final KeyPair KEYS = keys();

  private ClientCertificates() {}

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no RSA", e);
    }
  }

  /** A certificate that the double knows. */
  static TestAuthority.Issued issue(KeyVaultServer server) {
    TestAuthority.Issued issued = AzureKmsBench.AUTHORITY.issueClient("principal", KEYS);
    server.entra().trust(issued.certificate());
    return issued;
  }
}
