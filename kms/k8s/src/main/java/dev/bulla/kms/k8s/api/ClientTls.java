package dev.bulla.kms.k8s.api;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.Pem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** TLS with the server's authorities and, where there is one, the client's certificate. */
final class ClientTls {

  private static final char[] NO_PASSWORD = {};

  private ClientTls() {}

  static SSLContext of(Connection connection) throws KeyException {
    KeyManager @Nullable [] managers =
        connection.identity().isPresent() ? managers(connection.identity().get()) : null;
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers, connection.trust().managers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform speaks TLS", e);
    }
  }

  private static KeyManager[] managers(Connection.Identity identity) throws KeyException {
    try {
      List<Certificate> chain = new ArrayList<>();
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Pem block : Pem.parseAll(identity.certificate(), "client-certificate")) {
        if (block.type().equals("CERTIFICATE")) {
          chain.add(factory.generateCertificate(block.content().newInputStream()));
        }
      }
      if (chain.isEmpty()) {
        throw new MalformedInputException("client-certificate", "no certificate");
      }
      PrivateKey key = key(identity.key(), chain.get(0).getPublicKey());
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("client", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
      KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
      managers.init(store, NO_PASSWORD);
      return managers.getKeyManagers();
    } catch (MalformedInputException | GeneralSecurityException | IOException e) {
      // not its message, which may show a part of the key
      throw KubeConfig.unusable(
          "client-certificate and client-key are no certificate and key", null);
    }
  }

  /** PKCS #8, or PKCS #1 and SEC 1 put into it; which algorithm it is says the certificate. */
  private static PrivateKey key(Bytes pem, PublicKey owner)
      throws MalformedInputException, GeneralSecurityException {
    for (Pem block : Pem.parseAll(pem, "client-key")) {
      byte[] der =
          switch (block.type()) {
            case "PRIVATE KEY" -> block.content().toByteArray();
            case "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
                der(
                    0x30,
                    new byte[] {2, 1, 0},
                    algorithm(owner.getEncoded()),
                    der(0x04, block.content().toByteArray()));
            default -> new byte[0];
          };
      if (der.length > 0) {
        return KeyFactory.getInstance(owner.getAlgorithm())
            .generatePrivate(new PKCS8EncodedKeySpec(der));
      }
    }
    throw new MalformedInputException("client-key", "no private key");
  }

  /** The first member of a SubjectPublicKeyInfo that the JDK encoded. */
  private static byte[] algorithm(byte[] spki) {
    ByteBuffer in = ByteBuffer.wrap(spki);
    in.get();
    length(in);
    int start = in.position();
    in.get();
    int length = length(in);
    return Arrays.copyOfRange(spki, start, in.position() + length);
  }

  private static int length(ByteBuffer in) {
    int first = in.get() & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = length << 8 | (in.get() & 0xff);
    }
    return length;
  }

  private static byte[] der(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer out = ByteBuffer.allocate(length + 5);
    out.put((byte) tag);
    if (length < 0x80) {
      out.put((byte) length);
    } else if (length < 0x100) {
      out.put((byte) 0x81).put((byte) length);
    } else {
      out.put((byte) 0x82).putShort((short) length);
    }
    for (byte[] part : parts) {
      out.put(part);
    }
    return Arrays.copyOf(out.array(), out.position());
  }
}
