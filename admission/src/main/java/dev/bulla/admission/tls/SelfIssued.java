package dev.bulla.admission.tls;

import dev.bulla.admission.tls.CertificateMaker.Made;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.Pem;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An authority of the webhook's own, for when nobody gives it a certificate. It keeps in a folder:
 * {@code tls.crt} and {@code tls.key} for the server; {@code ca.crt}, what the API server has to
 * believe; {@code ca.key} and {@code next-ca.key}, which nobody else needs.
 *
 * <p>Renewed by calling {@link #renew} again and again. A new authority stands in {@code ca.crt}
 * for {@link #OVERLAP} before it signs anything, and the one before it for as long as it is valid:
 * whoever learns of {@code ca.crt} within that time never meets a server that it does not believe.
 */
public final class SelfIssued {

  /** How long a new authority is announced before it is used. */
  public static final Duration OVERLAP = Duration.ofDays(7);

  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
  private static final Duration SERVER_LIFE = Duration.ofDays(90);

  /** Clocks differ. */
  private static final Duration SKEW = Duration.ofHours(1);

  private static final String AUTHORITY = "bulla-admission-ca";
  private static final int MAX_FILE = 1 << 20;

  private final Path folder;
  private final List<String> names;
  private final CertificateMaker maker = new CertificateMaker();

  /**
   * @param folder where the files are kept; made when it is not there
   * @param names host names and IP addresses of the server, as its clients call it
   */
  public SelfIssued(Path folder, List<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a server without names");
    }
    this.folder = folder;
    this.names = List.copyOf(names);
  }

  /** The server's certificate. */
  public Path certificate() {
    return folder.resolve("tls.crt");
  }

  /** The server's key. */
  public Path key() {
    return folder.resolve("tls.key");
  }

  /** The authorities to believe; several while one follows another. */
  public Path authorities() {
    return folder.resolve("ca.crt");
  }

  private Path authorityKey() {
    return folder.resolve("ca.key");
  }

  private Path nextKey() {
    return folder.resolve("next-ca.key");
  }

  /**
   * Makes what is missing or has used up two thirds of its time. Does nothing otherwise.
   *
   * @return whether {@link #authorities} changed, and has to be published
   * @throws ConfigurationException when a file is not what it was
   */
  public boolean renew(Instant now) throws IOException, ConfigurationException {
    try {
      Files.createDirectories(folder);
      boolean changed = authorities(now);
      server(now);
      return changed;
    } catch (MalformedInputException | GeneralSecurityException e) {
      throw new ConfigurationException(
          "the self-issued certificates in "
              + folder
              + " cannot be used: "
              + e.getMessage()
              + "; take the folder away to begin anew",
          e);
    }
  }

  private boolean authorities(Instant now)
      throws IOException, MalformedInputException, GeneralSecurityException {
    List<X509Certificate> all =
        Files.exists(authorities())
            ? ServerIdentity.certificates(read(authorities()), "ca.crt")
            : List.of();
    Optional<X509Certificate> current = ofKey(all, authorityKey());
    if (current.isEmpty() || ends(current.get()).isBefore(now)) {
      Made made = newAuthority(now);
      Files.deleteIfExists(nextKey());
      writeKey(authorityKey(), made);
      write(authorities(), pem(List.of(made.certificate())), false);
      return true;
    }
    List<X509Certificate> kept = new ArrayList<>(all);
    Optional<X509Certificate> next = ofKey(all, nextKey());
    if (next.isPresent()) {
      if (!begins(next.get()).plus(SKEW).plus(OVERLAP).isAfter(now)) {
        // it has been announced for long enough: from now on it signs
        move(nextKey(), authorityKey());
      }
    } else if (isWornOut(current.get(), now)) {
      Made made = newAuthority(now);
      kept.add(made.certificate());
      writeKey(nextKey(), made);
    }
    kept.removeIf(certificate -> ends(certificate).isBefore(now));
    if (kept.equals(all)) {
      return false;
    }
    write(authorities(), pem(kept), false);
    return true;
  }

  /** Which certificate belongs to a key, whatever was under way when a process ended. */
  private static Optional<X509Certificate> ofKey(List<X509Certificate> all, Path keyFile)
      throws IOException, MalformedInputException {
    if (!Files.exists(keyFile)) {
      return Optional.empty();
    }
    Bytes pem = read(keyFile);
    for (X509Certificate certificate : all) {
      PublicKey key = certificate.getPublicKey();
      if (ServerIdentity.belongTogether(ServerIdentity.privateKey(pem, key), key)) {
        return Optional.of(certificate);
      }
    }
    return Optional.empty();
  }

  private void server(Instant now)
      throws IOException, MalformedInputException, GeneralSecurityException {
    X509Certificate authority =
        ofKey(ServerIdentity.certificates(read(authorities()), "ca.crt"), authorityKey())
            .orElseThrow(() -> new MalformedInputException("ca.key", "belongs to no certificate"));
    if (Files.exists(certificate()) && Files.exists(key())) {
      X509Certificate current = ServerIdentity.certificates(read(certificate()), "tls.crt").get(0);
      if (!isWornOut(current, now)
          && isBy(current, authority)
          && ofKey(List.of(current), key()).isPresent()
          && namesOf(current).containsAll(names.stream().map(CertificateMaker::shown).toList())) {
        return;
      }
    }
    Made signer =
        new Made(
            ServerIdentity.privateKey(read(authorityKey()), authority.getPublicKey()), authority);
    Instant end = now.plus(SERVER_LIFE);
    Made made =
        maker.server(
            signer,
            AUTHORITY,
            names,
            now.minus(SKEW),
            end.isBefore(ends(authority)) ? end : ends(authority));
    writeKey(key(), made);
    write(certificate(), pem(List.of(made.certificate())), false);
  }

  private Made newAuthority(Instant now) {
    return maker.authority(AUTHORITY, now.minus(SKEW), now.plus(AUTHORITY_LIFE));
  }

  private static boolean isBy(X509Certificate certificate, X509Certificate authority) {
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Set<String> namesOf(X509Certificate certificate) throws GeneralSecurityException {
    return certificate.getSubjectAlternativeNames() == null
        ? Set.of()
        : certificate.getSubjectAlternativeNames().stream()
            .map(name -> String.valueOf(name.get(1)))
            .collect(Collectors.toSet());
  }

  private static boolean isWornOut(X509Certificate certificate, Instant now) {
    Duration life = Duration.between(begins(certificate), ends(certificate));
    return begins(certificate).plus(life.multipliedBy(2).dividedBy(3)).isBefore(now);
  }

  private static Instant begins(X509Certificate certificate) {
    return certificate.getNotBefore().toInstant();
  }

  private static Instant ends(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }

  private static Bytes pem(List<X509Certificate> certificates) throws GeneralSecurityException {
    Bytes[] blocks = new Bytes[certificates.size()];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = new Pem("CERTIFICATE", Bytes.owning(certificates.get(i).getEncoded())).print();
    }
    return Bytes.concat(blocks);
  }

  private static void writeKey(Path file, Made made) throws IOException {
    write(file, new Pem("PRIVATE KEY", Bytes.owning(made.key().getEncoded())).print(), true);
  }

  /** Whole or not at all: who looks meanwhile sees the old file. */
  private static void write(Path file, Bytes content, boolean secret) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    if (secret && fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.write(fresh, content.toByteArray());
    move(fresh, file);
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Bytes read(Path file) throws IOException, MalformedInputException {
    try (InputStream in = Files.newInputStream(file)) {
      return LimitedInput.readAll(in, MAX_FILE, file.toString());
    }
  }
}
