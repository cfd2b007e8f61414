package dev.bulla.admission.tls;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Turns certificates into what a TLS server needs. */
public final class ServerTls {

  private static final char[] NO_PASSWORD = new char[0];

  private ServerTls() {}

  /**
   * A context that shows an identity.
   *
   * @param clientAuthorities PEM, whose clients are believed; without it no client's certificate is
   */
  public static SSLContext context(ServerIdentity identity, Optional<Bytes> clientAuthorities)
      throws MalformedInputException, ConfigurationException {
    List<X509Certificate> authorities =
        clientAuthorities.isEmpty()
            ? List.of()
            : ServerIdentity.certificates(clientAuthorities.get(), "client authorities");
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(identity), trust(authorities), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigurationException("the TLS certificate cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * Of the two kinds that the JDK has, the one that takes the key out of the store once. The other
   * one ("PKIX") does at each handshake, and the store derives its own key from a password each
   * time, ten thousand rounds: more than all the rest of a handshake, for whoever connects.
   */
  static KeyManager[] keys(ServerIdentity identity) throws GeneralSecurityException, IOException {
    KeyStore own = emptyStore();
    own.setKeyEntry(
        "own", identity.key(), NO_PASSWORD, identity.chain().toArray(new Certificate[0]));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(own, NO_PASSWORD);
    return keys.getKeyManagers();
  }

  private static TrustManager[] trust(List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    if (authorities.isEmpty()) {
      return new TrustManager[0];
    }
    KeyStore trusted = emptyStore();
    for (int i = 0; i < authorities.size(); i++) {
      trusted.setCertificateEntry(Integer.toString(i), authorities.get(i));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted);
    return factory.getTrustManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
