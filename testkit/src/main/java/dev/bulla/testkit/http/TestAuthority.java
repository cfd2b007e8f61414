package dev.bulla.testkit.http;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate authority for loopback servers: a fresh P-256 root that issues leaves at once. For
 * tests only; its keys live in memory and its certificates are valid from 2020 to 2049, or were
 * until 2021.
 */
public final class TestAuthority {

  private static final String VALID_FROM = "200101000000Z";
  private static final String VALID_TO = "491231235959Z";
  private static final String EXPIRED_AT = "210101000000Z";
  private static final char[] NO_PASSWORD = new char[0];

  private final AtomicLong serials = new AtomicLong(1);
  private final String name;
  private final KeyPair keys;
  private final X509Certificate root;

  /** A certificate with its key. {@link #toString()} shows neither. */
  public static final class Issued {

    private final PrivateKey key;
    private final X509Certificate certificate;

    private Issued(PrivateKey key, X509Certificate certificate) {
      this.key = key;
      this.certificate = certificate;
    }

    public X509Certificate certificate() {
      return certificate;
    }

    public String certificatePem() {
      return TestAuthority.pem(certificate);
    }

    /** The key as unencrypted PKCS#8. */
    public String keyPem() {
      return block("PRIVATE KEY", Bytes.of(key.getEncoded()));
    }

    @Override
    public String toString() {
      return "Issued[" + certificate.getSubjectX500Principal().getName() + "]";
    }
  }

  private TestAuthority(String name) {
    this.name = name;
    this.keys = newKeys();
    this.root = sign(name, keys.getPublic(), VALID_TO, authorityExtensions());
  }

  /** A fresh authority. */
  public static TestAuthority create(String name) {
    return new TestAuthority(name);
  }

  public X509Certificate certificate() {
    return root;
  }

  /** The root in PEM, as clients want it in a file. */
  public String certificatePem() {
    return pem(root);
  }

  /** A server certificate for host names and IP addresses. */
  public Issued issueServer(String... names) {
    return issueLeaf(names[0], VALID_TO, Der.OID_SERVER_AUTH, names);
  }

  /** A server certificate whose time is over. */
  public Issued issueExpiredServer(String... names) {
    return issueLeaf(names[0], EXPIRED_AT, Der.OID_SERVER_AUTH, names);
  }

  /** A client certificate. */
  public Issued issueClient(String commonName) {
    return issueLeaf(commonName, VALID_TO, Der.OID_CLIENT_AUTH);
  }

  /** A client certificate for keys of the caller's, of whatever kind. */
  public Issued issueClient(String commonName, KeyPair theirs) {
    return issueLeaf(theirs, commonName, VALID_TO, Der.OID_CLIENT_AUTH);
  }

  /**
   * What a server needs that shows the given certificate and trusts the clients of this authority.
   */
  public SSLContext context(Issued identity) {
    return context(keyManagers(identity));
  }

  /** What a server needs whose certificate is for the given names. */
  public SSLContext serverContext(String... names) {
    return context(issueServer(names));
  }

  /** What a client needs that trusts this authority only and shows no certificate. */
  public SSLContext clientContext() {
    return context(new KeyManager[0]);
  }

  private SSLContext context(KeyManager[] own) {
    try {
      KeyStore trusted = emptyStore();
      trusted.setCertificateEntry("root", root);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS is not available", e);
    }
  }

  private static KeyManager[] keyManagers(Issued identity) {
    try {
      KeyStore store = emptyStore();
      store.setKeyEntry(
          "leaf", identity.key, NO_PASSWORD, new X509Certificate[] {identity.certificate});
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, NO_PASSWORD);
      return factory.getKeyManagers();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS is not available", e);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new IllegalStateException("nothing was read", e);
    }
    return store;
  }

  private Issued issueLeaf(String commonName, String notAfter, byte[] usage, String... names) {
    return issueLeaf(newKeys(), commonName, notAfter, usage, names);
  }

  private Issued issueLeaf(
      KeyPair leaf, String commonName, String notAfter, byte[] usage, String... names) {
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(Der.extension(Der.OID_KEY_USAGE, true, Der.bits(7, 0x80)));
    extensions.add(Der.extension(Der.OID_EXTENDED_USAGE, false, Der.sequence(usage)));
    if (names.length > 0) {
      extensions.add(Der.extension(Der.OID_ALTERNATIVE_NAMES, false, alternatives(names)));
    }
    byte[] all = Der.sequence(extensions.toArray(byte[][]::new));
    return new Issued(leaf.getPrivate(), sign(commonName, leaf.getPublic(), notAfter, all));
  }

  private static byte[] authorityExtensions() {
    return Der.sequence(
        Der.extension(Der.OID_BASIC_CONSTRAINTS, true, Der.sequence(Der.TRUE)),
        Der.extension(Der.OID_KEY_USAGE, true, Der.bits(1, 0x06)));
  }

  private static byte[] alternatives(String... names) {
    List<byte[]> all = new ArrayList<>();
    for (String name : names) {
      boolean address = name.indexOf(':') >= 0 || name.matches("[0-9.]+");
      all.add(address ? Der.tagged(0x87, addressBytes(name)) : Der.tagged(0x82, Der.ascii(name)));
    }
    return Der.sequence(all.toArray(byte[][]::new));
  }

  private static byte[] addressBytes(String literal) {
    try {
      // an address in digits is never looked up
      return InetAddress.getByName(literal).getAddress();
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException("not an IP address: " + literal, e);
    }
  }

  private X509Certificate sign(
      String subject, PublicKey subjectKey, String notAfter, byte[] extensions) {
    byte[] body =
        Der.sequence(
            Der.tagged(0xa0, Der.integer(2)),
            Der.integer(serials.getAndIncrement()),
            Der.ECDSA_SHA256,
            Der.commonName(name),
            Der.sequence(Der.time(VALID_FROM), Der.time(notAfter)),
            Der.commonName(subject),
            subjectKey.getEncoded(),
            Der.tagged(0xa3, extensions));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(body);
      byte[] whole = Der.sequence(body, Der.ECDSA_SHA256, Der.bits(signature.sign()));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(Bytes.owning(whole).newInputStream());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate could not be made", e);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("P-256 is not available", e);
    }
  }

  private static String pem(X509Certificate certificate) {
    try {
      return block("CERTIFICATE", Bytes.of(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("it was parsed from bytes", e);
    }
  }

  private static String block(String type, Bytes content) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64Text.encodeLines(content)
        + "-----END "
        + type
        + "-----\n";
  }

  @Override
  public String toString() {
    return "TestAuthority[" + name + "]";
  }
}
