package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateAuthority;
import dev.bulla.certificate.CertificateChain;
import dev.bulla.certificate.CertificateUsage;
import dev.bulla.certificate.ChainCheck;
import dev.bulla.certificate.ChainRefusal;
import dev.bulla.certificate.ValidityPeriod;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.key.Pem;
import dev.bulla.key.VerificationKey;
import dev.bulla.limits.Limits;
import java.util.ArrayList;
import java.util.List;

/** {@code --certificate} and {@code --certificate-chain}: a certificate that the user has. */
final class GivenCertificate {

  private static final String PEM_START = "-----BEGIN ";

  private GivenCertificate() {}

  static boolean isNamed(ParsedFlags flags) {
    return !flags.get(SignCommand.CERTIFICATE).isEmpty()
        || !flags.get(SignCommand.CERTIFICATE_CHAIN).isEmpty();
  }

  /**
   * Reads and checks them.
   *
   * @param key that the certificate has to be for
   * @return DER, that of the key first
   */
  static List<Bytes> load(ParsedFlags flags, CommandContext context, VerificationKey key)
      throws BullaException {
    try {
      return certificates(flags, context, key).stream().map(Certificate::der).toList();
    } catch (BullaException e) {
      throw e.in("getting keypair and token: getting signer");
    }
  }

  private static List<Certificate> certificates(
      ParsedFlags flags, CommandContext context, VerificationKey key) throws BullaException {
    String file = flags.get(SignCommand.CERTIFICATE);
    String chainFile = flags.get(SignCommand.CERTIFICATE_CHAIN);
    if (file.isEmpty()) {
      throw new ConfigurationException(
          "no leaf certificate found or provided while specifying chain",
          "name the certificate of the key with --certificate");
    }
    Certificate leaf = leaf(context.files().read(file, Limits.MAX_KEY_FILE), file);
    if (!leaf.publicKey().equals(key)) {
      throw new ConfigurationException(
          "public key in certificate does not match the provided public key");
    }
    List<Certificate> all = new ArrayList<>(List.of(leaf));
    if (!chainFile.isEmpty()) {
      List<Certificate> chain =
          chain(context.files().read(chainFile, Limits.MAX_KEY_FILE), chainFile);
      requireChain(leaf, chain);
      all.addAll(chain);
    }
    return all;
  }

  private static Certificate leaf(Bytes content, String file) throws BullaException {
    String shown = Quoted.plain(file);
    if (!content.startsWith(Bytes.utf8(PEM_START))) {
      try {
        return Certificate.parse(content);
      } catch (MalformedInputException e) {
        throw e.in(shown);
      }
    }
    Pem block = Pem.parseFirst(content, shown);
    if (!block.type().equals("CERTIFICATE")) {
      throw new ConfigurationException("supplied PEM file is not a certificate: " + shown);
    }
    try {
      return Certificate.parse(block.content());
    } catch (MalformedInputException e) {
      throw e.in(shown);
    }
  }

  private static List<Certificate> chain(Bytes content, String file) throws BullaException {
    if (Pem.parseAll(content, Quoted.plain(file)).isEmpty()) {
      throw new ConfigurationException("no certificates in certificate chain");
    }
    return Certificate.parsePem(content, Quoted.plain(file));
  }

  /** Up to the last of them, which the user vouches for by naming it. */
  private static void requireChain(Certificate leaf, List<Certificate> chain)
      throws ConfigurationException {
    ChainCheck check =
        CertificateChain.verify(
            leaf,
            List.of(),
            List.of(new CertificateAuthority(chain, ValidityPeriod.ALWAYS)),
            leaf.notBefore(),
            CertificateUsage.CODE_SIGNING);
    if (check instanceof ChainRefusal refusal) {
      throw new ConfigurationException("unable to validate certificate chain: " + refusal.detail());
    }
  }
}
