package dev.bulla.admission.tls;

import dev.bulla.bytes.Bytes;
import dev.bulla.der.DerReader;
import dev.bulla.der.DerWriter;
import dev.bulla.error.BullaBug;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Writes certificates of P-256 keys: authorities, and servers below them. Source: RFC 5280. */
final class CertificateMaker {

  private static final byte[] ECDSA_SHA256 =
      DerWriter.sequence(DerWriter.oid("1.2.840.10045.4.3.2"));
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final String EXTENDED_USAGE = "2.5.29.37";
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final byte[] TRUE = DerWriter.element(DerReader.BOOLEAN, new byte[] {(byte) 0xff});
  private static final int DNS_NAME = 0x82;
  private static final int IP_ADDRESS = 0x87;
  private static final Pattern IP_LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F.]*:[0-9a-fA-F.:]+");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final SecureRandom random = new SecureRandom();

  /** A key and its certificate. {@link #toString()} shows neither. */
  static final class Made {
    private final PrivateKey key;
    private final X509Certificate certificate;

    Made(PrivateKey key, X509Certificate certificate) {
      this.key = key;
      this.certificate = certificate;
    }

    PrivateKey key() {
      return key;
    }

    X509Certificate certificate() {
      return certificate;
    }
  }

  /** A new authority that signs for itself and for servers. */
  Made authority(String name, Instant from, Instant to) {
    KeyPair keys = newKeys();
    byte[] extensions =
        DerWriter.sequence(
            extension(BASIC_CONSTRAINTS, true, DerWriter.sequence(TRUE)),
            // keyCertSign, cRLSign
            extension(
                KEY_USAGE, true, DerWriter.element(DerReader.BIT_STRING, new byte[] {1, 0x06})));
    return new Made(
        keys.getPrivate(),
        certificate(name, keys.getPublic(), name, keys.getPrivate(), from, to, extensions));
  }

  /**
   * A server below an authority.
   *
   * @param names host names and IP addresses; at least one
   */
  Made server(Made authority, String authorityName, List<String> names, Instant from, Instant to) {
    KeyPair keys = newKeys();
    byte[][] alternatives = new byte[names.size()][];
    for (int i = 0; i < alternatives.length; i++) {
      alternatives[i] = alternativeName(names.get(i));
    }
    byte[] extensions =
        DerWriter.sequence(
            extension(BASIC_CONSTRAINTS, true, DerWriter.sequence()),
            // digitalSignature
            extension(
                KEY_USAGE,
                true,
                DerWriter.element(DerReader.BIT_STRING, new byte[] {7, (byte) 0x80})),
            extension(EXTENDED_USAGE, false, DerWriter.sequence(DerWriter.oid(SERVER_AUTH))),
            extension(ALTERNATIVE_NAMES, false, DerWriter.sequence(alternatives)));
    return new Made(
        keys.getPrivate(),
        certificate(
            "bulla-admission",
            keys.getPublic(),
            authorityName,
            authority.key(),
            from,
            to,
            extensions));
  }

  private X509Certificate certificate(
      String subject,
      PublicKey key,
      String issuer,
      PrivateKey signer,
      Instant from,
      Instant to,
      byte[] extensions) {
    byte[] body =
        DerWriter.sequence(
            DerWriter.element(0xa0, DerWriter.integer(2)),
            DerWriter.integer(new BigInteger(126, random).setBit(126)),
            ECDSA_SHA256,
            name(issuer),
            DerWriter.sequence(time(from), time(to)),
            name(subject),
            key.getEncoded(),
            DerWriter.element(0xa3, extensions));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(signer);
      signature.update(body);
      byte[] whole = DerWriter.sequence(body, ECDSA_SHA256, DerWriter.bits(signature.sign()));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(Bytes.owning(whole).newInputStream());
    } catch (GeneralSecurityException e) {
      throw new BullaBug("a certificate of our own cannot be made", e);
    }
  }

  private KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new BullaBug("P-256 is missing", e);
    }
  }

  private static byte[] name(String commonName) {
    return DerWriter.sequence(
        DerWriter.element(
            DerReader.SET,
            DerWriter.sequence(
                DerWriter.oid(COMMON_NAME),
                DerWriter.element(
                    DerReader.UTF8_STRING, commonName.getBytes(StandardCharsets.UTF_8)))));
  }

  private static byte[] time(Instant time) {
    String text = TIME.format(time);
    // two digits of the year until 2049 (RFC 5280 section 4.1.2.5)
    boolean four = text.compareTo("2050") >= 0;
    return DerWriter.element(
        four ? DerReader.GENERALIZED_TIME : DerReader.UTC_TIME,
        (four ? text : text.substring(2)).getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] extension(String oid, boolean critical, byte[] value) {
    return critical
        ? DerWriter.sequence(DerWriter.oid(oid), TRUE, DerWriter.octets(value))
        : DerWriter.sequence(DerWriter.oid(oid), DerWriter.octets(value));
  }

  /** A name as the JDK shows it when it reads a certificate. */
  static String shown(String name) {
    return address(name).map(InetAddress::getHostAddress).orElse(name);
  }

  private static byte[] alternativeName(String name) {
    return address(name)
        .map(address -> DerWriter.element(IP_ADDRESS, address.getAddress()))
        .orElseGet(() -> DerWriter.element(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII)));
  }

  private static Optional<InetAddress> address(String name) {
    if (!IP_LITERAL.matcher(name).matches()) {
      return Optional.empty();
    }
    try {
      // a literal: nothing is looked up
      return Optional.of(InetAddress.getByName(name));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no IP address: " + name, e);
    }
  }
}
