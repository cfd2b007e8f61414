package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateAuthority;
import dev.bulla.certificate.CertificateChain;
import dev.bulla.certificate.CertificateUsage;
import dev.bulla.certificate.ChainCheck;
import dev.bulla.certificate.ChainRefusal;
import dev.bulla.certificate.SctCheck;
import dev.bulla.certificate.ValidityPeriod;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.key.Pem;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import dev.bulla.limits.Limits;
import dev.bulla.trust.TrustedRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A certificate that the user has: of {@code --certificate}, else of the token that holds the key;
 * and {@code --certificate-chain}.
 */
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
   * @param trust what the signature has to stand up to
   * @return DER, that of the key first; empty when the key has none
   */
  static List<Bytes> load(
      ParsedFlags flags, CommandContext context, Signer key, Optional<TrustedRoot> trust)
      throws BullaException {
    // what lies on the token is not looked at when it does not count
    Optional<Certificate> onToken =
        flags.get(SignCommand.CERTIFICATE).isEmpty()
            ? TokenCertificate.of(key, context)
            : Optional.empty();
    if (onToken.isPresent()) {
      refuseComparing(flags);
      context.note(
          "the certificate on the token goes with the signature, which is verified by whom it"
              + " names; "
              + TokenCertificate.IGNORE
              + "=1 leaves it out");
    }
    try {
      List<Certificate> all = certificates(flags, context, key.publicKey(), onToken);
      if (!all.isEmpty()
          && !SctCheck.areEmbedded(all.get(0))
          && trust.isPresent()
          && !trust.get().certificateLogs().isEmpty()) {
        context.note(
            "the certificate is in no certificate log; who verifies by a root that names one needs"
                + " --insecure-ignore-sct");
      }
      return all.stream().map(Certificate::der).toList();
    } catch (BullaException e) {
      throw e.in("getting keypair and token: getting signer");
    }
  }

  /** As is refused for a certificate that the line names, of which one knows before. */
  private static void refuseComparing(ParsedFlags flags) throws ConfigurationException {
    boolean ifAbsent = flags.get(SignCommand.IF_ABSENT);
    if (ifAbsent
        || (flags.get(SignCommand.CONFIRM) && flags.get(SignCommand.TRUSTED_ROOT).isEmpty())) {
      throw new ConfigurationException(
          ifAbsent
              ? "--if-absent compares the keys of signatures, and the token has a certificate to"
                  + " give to new ones"
              : "--confirm needs --trusted-root where a certificate vouches for the key",
          TokenCertificate.IGNORE + "=1 leaves the token's certificate alone");
    }
  }

  private static List<Certificate> certificates(
      ParsedFlags flags, CommandContext context, VerificationKey key, Optional<Certificate> onToken)
      throws BullaException {
    String file = flags.get(SignCommand.CERTIFICATE);
    String chainFile = flags.get(SignCommand.CERTIFICATE_CHAIN);
    Certificate leaf;
    if (!file.isEmpty()) {
      leaf = leaf(context.files().read(file, Limits.MAX_KEY_FILE), file);
    } else if (onToken.isPresent()) {
      leaf = onToken.get();
    } else if (chainFile.isEmpty()) {
      return List.of();
    } else {
      throw new ConfigurationException(
          "no leaf certificate found or provided while specifying chain",
          "name the certificate of the key with --certificate");
    }
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
