package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.certificate.AlternativeName;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateIdentity;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.key.Signer;
import java.util.List;
import java.util.Optional;

/**
 * A key that signs, with the certificates that speak for it.
 *
 * @param certificates DER, the key's own first; empty when it speaks for itself
 */
record Signatory(Signer signer, List<Bytes> certificates) {

  Signatory {
    certificates = List.copyOf(certificates);
  }

  /** As lists name signers: whom the certificate names, else the key's fingerprint. */
  String name() throws BullaException {
    if (!certificates.isEmpty()) {
      Optional<AlternativeName> name =
          CertificateIdentity.of(Certificate.parse(certificates.get(0))).name();
      if (name.isPresent()) {
        return Quoted.plain(name.get().value());
      }
    }
    return fingerprint(signer);
  }

  static String fingerprint(Signer signer) {
    return "sha256:" + HexText.encode(signer.publicKey().fingerprint());
  }
}
