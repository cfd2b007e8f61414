package dev.bulla.registry.transport;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.Pem;
import dev.bulla.limits.LimitedInput;
import dev.bulla.registry.transport.TlsOptions.ClientIdentity;
import dev.bulla.registry.transport.TlsOptions.PemText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Turns {@link TlsOptions} into what the JDK wants. The one place that reads certificates of
 * servers' authorities.
 */
final class TlsContexts {

  /** System bundles have some 200 KiB. */
  private static final long MAX_ROOTS_FILE = 8 << 20;

  private static final int MAX_ROOTS_FILES = 2000;

  private TlsContexts() {}

  static SSLContext create(TlsOptions options) throws ConfigurationException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(options), trustManagers(options), null);
      return context;
    } catch (MalformedInputException e) {
      throw new ConfigurationException(e.message(), e);
    } catch (GeneralSecurityException e) {
      throw new ConfigurationException("the TLS settings cannot be used: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ConfigurationException("the TLS certificates cannot be read: " + e.getMessage(), e);
    }
  }

  private static TrustManager[] trustManagers(TlsOptions options)
      throws GeneralSecurityException, IOException, MalformedInputException {
    if (options.insecureAnyCertificate()) {
      return new TrustManager[] {new AnyCertificate()};
    }
    List<Certificate> roots = new ArrayList<>();
    boolean platform = true;
    if (options.onlyRoots().isPresent()) {
      platform = false;
      addAll(roots, options.onlyRoots().get());
    } else {
      if (options.rootsFile().isPresent()) {
        Path file = options.rootsFile().get();
        addAll(roots, new PemText(read(file), "SSL_CERT_FILE " + file));
      }
      for (Path folder : options.rootsFolders()) {
        addFolder(roots, folder);
      }
      platform = options.rootsFile().isEmpty() || options.rootsFolders().isEmpty();
      for (PemText more : options.moreRoots()) {
        addAll(roots, more);
      }
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    if (roots.isEmpty() && platform) {
      factory.init((KeyStore) null);
      return factory.getTrustManagers();
    }
    if (platform) {
      factory.init((KeyStore) null);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          roots.addAll(List.of(x509.getAcceptedIssuers()));
        }
      }
    }
    KeyStore store = emptyStore();
    for (int i = 0; i < roots.size(); i++) {
      store.setCertificateEntry(Integer.toString(i), roots.get(i));
    }
    TrustManagerFactory own = TrustManagerFactory.getInstance("PKIX");
    own.init(store);
    return own.getTrustManagers();
  }

  /**
   * Every file that holds certificates counts; a folder often has others beside them, and links to
   * nowhere.
   */
  private static void addFolder(List<Certificate> roots, Path folder)
      throws IOException, GeneralSecurityException {
    int files = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (++files > MAX_ROOTS_FILES) {
          throw new CertificateException("more than " + MAX_ROOTS_FILES + " files in " + folder);
        }
        if (Files.isRegularFile(entry)) {
          try {
            addAll(roots, new PemText(read(entry), entry.toString()));
          } catch (MalformedInputException | IOException e) {
            // as with Go programs and OpenSSL: what is no certificate adds no trust
          }
        }
      }
    }
  }

  private static Bytes read(Path file) throws IOException, MalformedInputException {
    try (InputStream in = Files.newInputStream(file)) {
      return LimitedInput.readAll(in, MAX_ROOTS_FILE, file.toString());
    }
  }

  private static void addAll(List<Certificate> into, PemText text) throws MalformedInputException {
    into.addAll(certificates(text));
  }

  private static List<X509Certificate> certificates(PemText text) throws MalformedInputException {
    List<X509Certificate> found = new ArrayList<>();
    for (Pem block : Pem.parseAll(text.pem(), text.source())) {
      if (block.type().equals("CERTIFICATE") || block.type().equals("X509 CERTIFICATE")) {
        try {
          CertificateFactory factory = CertificateFactory.getInstance("X.509");
          found.add(
              (X509Certificate) factory.generateCertificate(block.content().newInputStream()));
        } catch (CertificateException e) {
          throw new MalformedInputException(text.source(), "not an X.509 certificate", e);
        }
      }
    }
    if (found.isEmpty()) {
      throw new MalformedInputException(text.source(), "no certificate in PEM form");
    }
    return found;
  }

  private static KeyManager[] keyManagers(TlsOptions options)
      throws GeneralSecurityException, IOException, MalformedInputException {
    Optional<ClientIdentity> identity = options.clientIdentity();
    if (identity.isEmpty()) {
      return new KeyManager[0];
    }
    List<X509Certificate> chain = certificates(identity.get().chain());
    PrivateKey key =
        ClientKey.parse(identity.get().key(), chain.get(0).getPublicKey().getAlgorithm());
    char[] none = new char[0];
    KeyStore store = emptyStore();
    store.setKeyEntry("client", key, none, chain.toArray(new Certificate[0]));
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, none);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
