package dev.bulla.kms.azure;

import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.IClientCredential;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.key.Pem;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The certificate of a service principal with its RSA key: one PEM file with both, or PKCS #12, to
 * which the password is in {@code AZURE_CLIENT_CERTIFICATE_PASSWORD}.
 */
final class ClientCertificate {

  private static final int MAX_FILE = 1 << 18;
  private static final String PASSWORD = "AZURE_CLIENT_CERTIFICATE_PASSWORD";

  private ClientCertificate() {}

  static IClientCredential read(Path file, KmsContext context) throws TokenException {
    try (InputStream in = Files.newInputStream(file)) {
      Bytes content = LimitedInput.readAll(in, MAX_FILE, "certificate");
      // DER starts with a SEQUENCE
      return !content.isEmpty() && content.at(0) == 0x30
          ? ClientCredentialFactory.createFromCertificate(
              content.newInputStream(), context.variable(PASSWORD).orElse(""))
          : ofPem(content);
    } catch (IOException
        | MalformedInputException
        | GeneralSecurityException
        | IllegalArgumentException e) {
      // not its message, which may show a part of the file
      throw new TokenException(
          Problem.MISCONFIGURED,
          "the certificate and its RSA key cannot be read from " + Quoted.plain(file.toString()),
          "AZURE_CLIENT_CERTIFICATE_PATH names a PEM file with both and without a password, or a"
              + " PKCS #12 file with its password in "
              + PASSWORD);
    }
  }

  private static IClientCredential ofPem(Bytes content)
      throws MalformedInputException, GeneralSecurityException {
    PrivateKey key = null;
    List<X509Certificate> chain = new ArrayList<>();
    CertificateFactory certificates = CertificateFactory.getInstance("X.509");
    for (Pem block : Pem.parseAll(content, "certificate")) {
      if (block.type().equals("PRIVATE KEY")) {
        key =
            KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(block.content().toByteArray()));
      } else if (block.type().equals("CERTIFICATE")) {
        chain.add(
            (X509Certificate) certificates.generateCertificate(block.content().newInputStream()));
      }
    }
    if (key == null || chain.isEmpty() || !(chain.get(0).getPublicKey() instanceof RSAPublicKey)) {
      throw new MalformedInputException("certificate", "it needs a certificate and its RSA key");
    }
    return ClientCredentialFactory.createFromCertificateChain(key, chain);
  }
}
