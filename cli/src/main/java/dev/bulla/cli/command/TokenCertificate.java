package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.error.BullaException;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.Signer;
import dev.bulla.keys.kms.KmsSigner;
import java.util.Optional;

/** The certificate that lies beside a key on a token. It goes with the key's signatures. */
final class TokenCertificate {

  static final String IGNORE = "COSIGN_PKCS11_IGNORE_CERTIFICATE";

  private TokenCertificate() {}

  /** Nothing for a key without one, and where the environment says to leave it alone. */
  static Optional<Certificate> of(Signer key, CommandContext context) throws BullaException {
    if (!(key instanceof KmsSigner managed)
        || context.environment().find(IGNORE).filter("1"::equals).isPresent()) {
      return Optional.empty();
    }
    Optional<Bytes> der;
    try {
      der = managed.certificate();
    } catch (KeyException e) {
      throw e.in("getting keypair and token: getting signer: reading key");
    }
    if (der.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Certificate.parse(der.get()));
    } catch (MalformedInputException e) {
      throw e.in("getting keypair and token: getting signer: the token's certificate");
    }
  }
}
