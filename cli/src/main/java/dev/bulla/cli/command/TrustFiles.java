package dev.bulla.cli.command;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateAuthority;
import dev.bulla.certificate.CertificateLog;
import dev.bulla.certificate.SignedCertificateTimestamp;
import dev.bulla.certificate.ValidityPeriod;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.KeyFetcher;
import dev.bulla.limits.Limits;
import dev.bulla.timestamp.TimestampAuthority;
import dev.bulla.tlog.TransparencyLog;
import dev.bulla.trust.TrustedRoot;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads whom a line trusts from the files that came before {@code trusted_root.json}: certificates
 * of authorities, keys of logs, each by itself. Remembers the digest of whatever it read.
 */
final class TrustFiles {

  private final CommandContext context;
  private final KeyFetcher downloads;
  private final List<String> digests = new ArrayList<>();

  TrustFiles(CommandContext context, KeyFetcher downloads) {
    this.context = context;
    this.downloads = downloads;
  }

  /** What was read so far, each as {@code NAME=DIGEST}. */
  List<String> digests() {
    return List.copyOf(digests);
  }

  /** A whole trusted root. */
  TrustedRoot trustedRoot(String file) throws BullaException {
    Bytes content = file("trusted-root", file);
    try {
      return TrustedRoot.parse(content);
    } catch (MalformedInputException e) {
      throw e.in(Quoted.plain(file));
    }
  }

  /**
   * The chain of one authority: the last certificate is trusted, the others lead to it.
   *
   * @param name of what names the file, for messages
   */
  List<CertificateAuthority> chain(String name, String source) throws BullaException {
    return List.of(authority(certificates(name, source), List.of()));
  }

  /** Authorities each of which is trusted, and certificates that lead to any of them. */
  List<CertificateAuthority> roots(String name, String source, String intermediates)
      throws BullaException {
    List<Certificate> between =
        intermediates.isEmpty() ? List.of() : certificates("ca-intermediates", intermediates);
    return authorities(certificates(name, source), between);
  }

  /** A file in which what vouches for itself is trusted, and the rest leads to it. */
  List<CertificateAuthority> mixed(String name, String source) throws BullaException {
    List<Certificate> roots = new ArrayList<>();
    List<Certificate> between = new ArrayList<>();
    for (Certificate certificate : certificates(name, source)) {
      (isRoot(certificate) ? roots : between).add(certificate);
    }
    if (roots.isEmpty()) {
      throw new ConfigurationException(
          name + ": " + Quoted.plain(source) + " holds no root certificate");
    }
    return authorities(roots, between);
  }

  /** A timestamp authority: at most one certificate of its own, what leads up, and a root. */
  List<TimestampAuthority> timestamps(String name, String source) throws BullaException {
    List<Certificate> own = new ArrayList<>();
    List<Certificate> between = new ArrayList<>();
    List<Certificate> roots = new ArrayList<>();
    for (Certificate certificate : certificates(name, source)) {
      (!certificate.isAuthority() ? own : isRoot(certificate) ? roots : between).add(certificate);
    }
    if (own.size() > 1 || roots.isEmpty()) {
      throw new ConfigurationException(
          name
              + ": "
              + Quoted.plain(source)
              + (roots.isEmpty()
                  ? " holds no root certificate"
                  : " holds " + own.size() + " certificates that are no authority's"),
          "expected is the chain of one timestamp authority: its certificate, then up to the root");
    }
    List<TimestampAuthority> all = new ArrayList<>();
    for (CertificateAuthority authority : authorities(roots, between)) {
      // one authority, however many roots it has
      all.add(new TimestampAuthority(name, own.stream().findFirst(), authority));
    }
    return all;
  }

  /** A log of Rekor v1, by its key. */
  List<TransparencyLog> log(String name, String source) throws BullaException {
    VerificationKey key = VerificationKey.parsePem(file(name, source), Quoted.plain(source));
    return List.of(
        new TransparencyLog("", key.fingerprint(), key, Instant.EPOCH, Optional.empty()));
  }

  /** A log of certificates, by its key. */
  List<CertificateLog> certificateLog(String name, String source) throws BullaException {
    VerificationKey key = VerificationKey.parsePem(file(name, source), Quoted.plain(source));
    return List.of(CertificateLog.of(key, ValidityPeriod.ALWAYS));
  }

  /** The promise of a certificate log, as it answers. */
  SignedCertificateTimestamp promise(String name, String source) throws BullaException {
    Bytes content = file(name, source);
    try {
      return SignedCertificateTimestamp.parseJson(content);
    } catch (MalformedInputException e) {
      throw e.in(Quoted.plain(source));
    }
  }

  /** The first certificate of a file. */
  Certificate certificate(String name, String source) throws BullaException {
    return certificates(name, source).get(0);
  }

  /** The certificates of a file or address, in PEM or base64 of it; at least one. */
  List<Certificate> certificates(String name, String source) throws BullaException {
    Bytes content = content(name, source);
    String what = Quoted.plain(source);
    Bytes pem = content;
    try {
      pem = Base64Text.decodeIgnoringNewlines(content.toUtf8String(what).strip(), what);
    } catch (MalformedInputException e) {
      // PEM as it is, which is no base64 for its dashes
    }
    return Certificate.parsePem(pem, what);
  }

  private static boolean isRoot(Certificate certificate) {
    return certificate.subject().equals(certificate.issuer());
  }

  private static List<CertificateAuthority> authorities(
      List<Certificate> roots, List<Certificate> between) throws ConfigurationException {
    List<CertificateAuthority> all = new ArrayList<>();
    for (Certificate root : roots) {
      all.add(authority(List.of(root), between));
    }
    return all;
  }

  private static CertificateAuthority authority(List<Certificate> last, List<Certificate> between)
      throws ConfigurationException {
    List<Certificate> chain = new ArrayList<>(between);
    chain.addAll(last);
    if (chain.size() > Limits.MAX_BUNDLE_PROOFS) {
      throw new ConfigurationException(
          "more than " + Limits.MAX_BUNDLE_PROOFS + " certificates of one authority");
    }
    return new CertificateAuthority(chain, ValidityPeriod.ALWAYS);
  }

  private Bytes file(String name, String file) throws BullaException {
    return remember(name, context.files().read(file, Limits.MAX_KEY_FILE));
  }

  private Bytes content(String name, String source) throws BullaException {
    String scheme = source.toLowerCase(Locale.ROOT);
    if (scheme.startsWith("http://")) {
      throw new ConfigurationException(
          name + ": " + Quoted.plain(source) + ": a certificate over http:// could be anybody's",
          "use https://, or fetch it yourself and name the file");
    }
    if (!scheme.startsWith("https://")) {
      return file(name, source);
    }
    try {
      KeyFetcher.Answer answer = downloads.get(URI.create(source), Limits.MAX_KEY_FILE);
      if (answer.status() / 100 != 2) {
        throw new ConfigurationException(
            Quoted.plain(source) + ": the server answered " + answer.status());
      }
      return remember(name, answer.body());
    } catch (IOException e) {
      throw new ConfigurationException(
          Quoted.plain(source) + ": " + Quoted.plain(String.valueOf(e.getMessage())), e);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("no address: " + Quoted.plain(source), e);
    }
  }

  private Bytes remember(String name, Bytes content) {
    digests.add(name + "=" + Digest.sha256(content));
    return content;
  }
}
