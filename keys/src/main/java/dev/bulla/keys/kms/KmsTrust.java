package dev.bulla.keys.kms;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.key.Pem;
import dev.bulla.limits.LimitedInput;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates of a key service are believed: those below the authorities of the service's
 * own setting where there is one, else those of the platform, to which {@code SSL_CERT_FILE} or
 * {@code SSL_CERT_DIR} adds and which both together replace, as with registries.
 */
public final class KmsTrust {

  /** System bundles have some 200 KiB. */
  private static final long MAX_FILE = 8 << 20;

  private static final int MAX_FILES = 2000;

  private final boolean anyCertificate;
  private final @Nullable List<X509Certificate> roots;

  private KmsTrust(boolean anyCertificate, @Nullable List<X509Certificate> roots) {
    this.anyCertificate = anyCertificate;
    this.roots = roots;
  }

  /** Whatever certificate comes, for whatever name. */
  public static KmsTrust insecureAnyCertificate() {
    return new KmsTrust(true, null);
  }

  /**
   * Reads the authorities.
   *
   * @param onlyFile a file of certificates that counts instead of the platform's
   * @param onlyFolder likewise a folder of such files
   */
  public static KmsTrust of(
      KmsContext context, Optional<String> onlyFile, Optional<String> onlyFolder)
      throws KeyException {
    List<X509Certificate> roots = new ArrayList<>();
    if (onlyFile.isPresent() || onlyFolder.isPresent()) {
      if (onlyFile.isPresent()) {
        addFile(roots, context.directory().resolve(onlyFile.get()));
      } else {
        addFolder(roots, context.directory().resolve(onlyFolder.get()));
      }
      return new KmsTrust(false, roots);
    }
    Optional<String> file = context.variable("SSL_CERT_FILE");
    Optional<String> folders = context.variable("SSL_CERT_DIR");
    if (file.isEmpty() && folders.isEmpty()) {
      return new KmsTrust(false, null);
    }
    if (file.isPresent()) {
      addFile(roots, context.directory().resolve(file.get()));
    }
    for (String folder : folders.orElse("").split(File.pathSeparator, -1)) {
      if (!folder.isEmpty()) {
        addFolder(roots, context.directory().resolve(folder));
      }
    }
    if (file.isEmpty() || folders.isEmpty()) {
      roots.addAll(platform());
    }
    return new KmsTrust(false, roots);
  }

  /**
   * The authorities in a text, instead of the platform's.
   *
   * @param name what messages call the text
   */
  public static KmsTrust ofPem(Bytes pem, String name) throws KeyException {
    List<X509Certificate> roots = new ArrayList<>();
    try {
      add(roots, pem);
    } catch (MalformedInputException | CertificateException e) {
      throw unreadable(name, e);
    }
    if (roots.isEmpty()) {
      throw unreadable(name, null);
    }
    return new KmsTrust(false, roots);
  }

  /** Whether anything goes. */
  public boolean isAnyCertificate() {
    return anyCertificate;
  }

  /** For a TLS context or a client that takes its own. */
  public TrustManager[] managers() {
    if (anyCertificate) {
      return new TrustManager[] {new AnyCertificate()};
    }
    try {
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      if (roots == null) {
        factory.init((KeyStore) null);
      } else {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < roots.size(); i++) {
          store.setCertificateEntry(Integer.toString(i), roots.get(i));
        }
        factory.init(store);
      }
      return factory.getTrustManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("certificates that were read are usable", e);
    }
  }

  private static List<X509Certificate> platform() {
    List<X509Certificate> all = new ArrayList<>();
    for (TrustManager manager : new KmsTrust(false, null).managers()) {
      if (manager instanceof X509TrustManager x509) {
        all.addAll(List.of(x509.getAcceptedIssuers()));
      }
    }
    return all;
  }

  private static void addFile(List<X509Certificate> roots, Path file) throws KeyException {
    int before = roots.size();
    try (InputStream in = Files.newInputStream(file)) {
      Bytes text = LimitedInput.readAll(in, MAX_FILE, "certificates");
      add(roots, text);
    } catch (IOException | MalformedInputException | CertificateException e) {
      throw unreadable(file.toString(), e);
    }
    if (roots.size() == before) {
      throw unreadable(file.toString(), null);
    }
  }

  private static void add(List<X509Certificate> roots, Bytes text)
      throws MalformedInputException, CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (Pem block : Pem.parseAll(text, "certificates")) {
      if (block.type().equals("CERTIFICATE")) {
        roots.add((X509Certificate) factory.generateCertificate(block.content().newInputStream()));
      }
    }
  }

  /** A folder of authorities often has other files beside them; those add no trust. */
  private static void addFolder(List<X509Certificate> roots, Path folder) throws KeyException {
    int files = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (++files > MAX_FILES) {
          throw unreadable(folder.toString(), null);
        }
        if (Files.isRegularFile(entry)) {
          try {
            addFile(roots, entry);
          } catch (KeyException e) {
            // adds no trust
          }
        }
      }
    } catch (IOException e) {
      throw unreadable(folder.toString(), e);
    }
  }

  private static KeyException unreadable(String name, @Nullable Throwable cause) {
    return KeyException.of(
        Problem.MISCONFIGURED,
        "no certificates of authorities could be read from " + Quoted.plain(name),
        null,
        cause);
  }
}
