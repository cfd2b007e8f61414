package dev.bulla.registry.transport;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.key.Pem;
import dev.bulla.registry.transport.TlsOptions.PemText;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;

/**
 * The key of a TLS client certificate, in the forms that other tools write it: PKCS#8 as it is,
 * PKCS#1 and SEC 1 wrapped into it (RFC 5208 §5, RFC 5915 §3), since the JDK reads no other.
 */
final class ClientKey {

  private static final Bytes VERSION_0 = Bytes.of((byte) 2, (byte) 1, (byte) 0);

  /** AlgorithmIdentifier rsaEncryption with NULL parameters. */
  private static final Bytes RSA =
      bytes(0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 5, 0);

  /** OBJECT IDENTIFIER id-ecPublicKey. */
  private static final Bytes EC = bytes(0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final int SEC1_PARAMETERS = 0xa0;

  private ClientKey() {}

  /**
   * @param algorithm of the certificate's public key, as the JDK names it
   */
  static PrivateKey parse(PemText text, String algorithm) throws MalformedInputException {
    for (Pem block : Pem.parseAll(text.pem(), text.source())) {
      switch (block.type()) {
        case "PRIVATE KEY" -> {
          return load(block.content(), algorithm, text);
        }
        case "RSA PRIVATE KEY" -> {
          return load(wrap(RSA, block.content()), "RSA", text);
        }
        case "EC PRIVATE KEY" -> {
          Bytes curve = sec1Parameters(block.content(), text.source());
          Bytes type = der(SEQUENCE, Bytes.concat(EC, curve));
          return load(wrap(type, block.content()), "EC", text);
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw new MalformedInputException(
                text.source(), "the key is encrypted; an unencrypted one is needed");
        default -> {
          // "EC PARAMETERS" and certificates may stand in the same file
        }
      }
    }
    throw new MalformedInputException(text.source(), "no private key in PEM form");
  }

  private static PrivateKey load(Bytes pkcs8, String algorithm, PemText text)
      throws MalformedInputException {
    try {
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(pkcs8.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new MalformedInputException(
          text.source(), "not a private key for the certificate's " + Quoted.plain(algorithm), e);
    }
  }

  private static Bytes wrap(Bytes algorithm, Bytes key) {
    return der(SEQUENCE, Bytes.concat(VERSION_0, algorithm, der(OCTET_STRING, key)));
  }

  /**
   * The content of {@code [0]} in {@code SEQUENCE { INTEGER, OCTET STRING, [0] parameters, … }}.
   */
  private static Bytes sec1Parameters(Bytes sec1, String what) throws MalformedInputException {
    int at = header(sec1, 0, what);
    while (at < sec1.size()) {
      int tag = sec1.at(at) & 0xff;
      int content = header(sec1, at, what);
      int end = content + length(sec1, at, what);
      if (end > sec1.size()) {
        break;
      }
      if (tag == SEC1_PARAMETERS) {
        return sec1.slice(content, end);
      }
      at = end;
    }
    throw new MalformedInputException(what, "the EC key does not name its curve");
  }

  /** Where the content of the element at an offset starts. */
  private static int header(Bytes der, int at, String what) throws MalformedInputException {
    if (at + 2 > der.size()) {
      throw new MalformedInputException(what, "cut DER");
    }
    int first = der.at(at + 1) & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int length(Bytes der, int at, String what) throws MalformedInputException {
    int first = der.at(at + 1) & 0xff;
    if (first < 0x80) {
      return first;
    }
    int octets = first & 0x7f;
    if (octets == 0 || octets > 2 || at + 2 + octets > der.size()) {
      throw new MalformedInputException(what, "not DER");
    }
    int length = 0;
    for (int i = 0; i < octets; i++) {
      length = length << 8 | (der.at(at + 2 + i) & 0xff);
    }
    return length;
  }

  private static Bytes der(int tag, Bytes content) {
    int n = content.size();
    Bytes head =
        n < 0x80
            ? bytes(tag, n)
            : n < 0x100 ? bytes(tag, 0x81, n) : bytes(tag, 0x82, n >> 8, n & 0xff);
    return Bytes.concat(head, content);
  }

  private static Bytes bytes(int... values) {
    byte[] out = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      out[i] = (byte) values[i];
    }
    return Bytes.owning(out);
  }
}
