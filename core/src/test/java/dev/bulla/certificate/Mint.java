package dev.bulla.certificate;

import dev.bulla.bytes.Bytes;
import dev.bulla.der.DerWriter;
import dev.bulla.error.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes certificates, also ones that no authority would: each part can be replaced. What is not set
 * is as in a certificate of Fulcio's.
 */
public final class Mint {

  public static final Instant FROM = Instant.parse("2024-01-01T12:00:00Z");
  public static final Instant TO = Instant.parse("2024-01-01T18:00:00Z");
  public static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
  public static final String TIME_STAMPING = "1.3.6.1.5.5.7.3.8";

  private static final String KEY_USAGE = "2.5.29.15";
  private static final String EXTENDED_USAGE = "2.5.29.37";
  private static final String CONSTRAINTS = "2.5.29.19";
  private static final String NAMES = "2.5.29.17";
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final Map<String, byte[]> ALGORITHMS =
      Map.of(
          "SHA256withECDSA", algorithm("1.2.840.10045.4.3.2"),
          "SHA384withECDSA", algorithm("1.2.840.10045.4.3.3"),
          "SHA512withECDSA", algorithm("1.2.840.10045.4.3.4"),
          "SHA1withECDSA", algorithm("1.2.840.10045.4.1"),
          "SHA256withRSA", algorithm("1.2.840.113549.1.1.11", DerWriter.nothing()),
          "SHA1withRSA", algorithm("1.2.840.113549.1.1.5", DerWriter.nothing()),
          "Ed25519", algorithm("1.3.101.112"));

  /** A certificate with its key. */
  public record Made(String name, KeyPair keys, Certificate certificate) {

    /** A leaf below this one. */
    public Mint leaf() {
      return new Mint("", newKeys("secp256r1"), name, keys)
          .usage(0x80)
          .extendedUsage(false, CODE_SIGNING)
          .names(true, uri("https://signer.example/workflow"));
    }

    /** An authority below this one. */
    public Mint authority(String subject) {
      return new Mint(subject, newKeys("secp256r1"), name, keys).asAuthority();
    }

    public CertificateAuthority asTrusted() {
      return new CertificateAuthority(List.of(certificate), ValidityPeriod.ALWAYS);
    }

    /** Trusted by way of its issuer. */
    public CertificateAuthority asTrusted(Made anchor) {
      return new CertificateAuthority(
          List.of(certificate, anchor.certificate), ValidityPeriod.ALWAYS);
    }
  }

  private final String subject;
  private final String issuer;
  private final KeyPair signer;
  private final Map<String, byte[]> extensions = new TreeMap<>();
  private KeyPair keys;
  private Instant from = FROM;
  private Instant to = TO;
  private String signedBy;
  private byte[] version = DerWriter.element(0xa0, DerWriter.integer(2));

  private Mint(String subject, KeyPair keys, String issuer, KeyPair signer) {
    this.subject = subject;
    this.keys = keys;
    this.issuer = issuer;
    this.signer = signer;
    this.signedBy = naturalOf(signer.getPublic());
  }

  /** An authority that vouches for itself. */
  public static Mint root(String name) {
    return root(name, newKeys("secp256r1"));
  }

  public static Mint root(String name, KeyPair keys) {
    return new Mint(name, keys, name, keys).asAuthority();
  }

  private Mint asAuthority() {
    return usage(0x06).constraints(DerWriter.element(1, new byte[] {-1}));
  }

  public Mint keys(KeyPair own) {
    keys = own;
    return this;
  }

  public Mint valid(Instant first, Instant last) {
    from = first;
    to = last;
    return this;
  }

  public Mint signedBy(String jcaName) {
    signedBy = jcaName;
    return this;
  }

  public Mint version(int number) {
    version = DerWriter.element(0xa0, DerWriter.integer(number));
    return this;
  }

  /** Key usage, as the bits of its first byte. */
  public Mint usage(int bits) {
    int unused = Integer.numberOfTrailingZeros(bits);
    return extension(
        KEY_USAGE, true, DerWriter.element(3, new byte[] {(byte) unused, (byte) bits}));
  }

  public Mint extendedUsage(boolean critical, String... usages) {
    byte[][] oids = new byte[usages.length][];
    for (int i = 0; i < usages.length; i++) {
      oids[i] = DerWriter.oid(usages[i]);
    }
    return extension(EXTENDED_USAGE, critical, DerWriter.sequence(oids));
  }

  public Mint pathLength(int authorities) {
    return constraints(DerWriter.element(1, new byte[] {-1}), DerWriter.integer(authorities));
  }

  public Mint constraints(byte[]... parts) {
    return extension(CONSTRAINTS, true, DerWriter.sequence(parts));
  }

  public Mint names(boolean critical, byte[]... names) {
    return extension(NAMES, critical, DerWriter.sequence(names));
  }

  public static byte[] uri(String value) {
    return DerWriter.element(0x86, value.getBytes(StandardCharsets.UTF_8));
  }

  public static byte[] email(String value) {
    return DerWriter.element(0x81, value.getBytes(StandardCharsets.UTF_8));
  }

  public static byte[] user(String oid, String value) {
    return DerWriter.element(
        0xa0,
        DerWriter.oid(oid),
        DerWriter.element(0xa0, DerWriter.element(0x0c, value.getBytes(StandardCharsets.UTF_8))));
  }

  /** Adds an extension, or replaces the one that is there. */
  public Mint extension(String oid, boolean critical, byte[] value) {
    byte[] wrapped = DerWriter.octets(value);
    extensions.put(
        oid,
        critical
            ? DerWriter.sequence(DerWriter.oid(oid), DerWriter.element(1, new byte[] {-1}), wrapped)
            : DerWriter.sequence(DerWriter.oid(oid), wrapped));
    return this;
  }

  public Mint without(String oid) {
    extensions.remove(oid);
    return this;
  }

  public Made make() {
    try {
      return new Made(subject, keys, Certificate.parse(encoded()));
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  /** The encoding, for what cannot be read. */
  public Bytes encoded() {
    return signed(body());
  }

  /** The part that is signed. */
  public byte[] body() {
    List<byte[]> parts = new ArrayList<>(List.of(version, DerWriter.integer(77)));
    parts.add(ALGORITHMS.get(signedBy));
    parts.add(name(issuer));
    parts.add(DerWriter.sequence(time(from), time(to)));
    parts.add(name(subject));
    parts.add(keys.getPublic().getEncoded());
    if (!extensions.isEmpty()) {
      parts.add(
          DerWriter.element(0xa3, DerWriter.sequence(extensions.values().toArray(byte[][]::new))));
    }
    return DerWriter.sequence(parts.toArray(byte[][]::new));
  }

  private Bytes signed(byte[] body) {
    return Bytes.owning(
        DerWriter.sequence(
            body, ALGORITHMS.get(signedBy), DerWriter.bits(sign(signedBy, signer, body))));
  }

  public static byte[] sign(String jcaName, KeyPair keys, byte[] message) {
    try {
      Signature signature = Signature.getInstance(jcaName);
      signature.initSign(keys.getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Fresh keys: a curve's name, {@code Ed25519}, or the size of an RSA modulus. */
  public static KeyPair newKeys(String kind) {
    try {
      if (kind.startsWith("secp")) {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(kind));
        return generator.generateKeyPair();
      }
      if (kind.equals("Ed25519")) {
        return KeyPairGenerator.getInstance(kind).generateKeyPair();
      }
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(Integer.parseInt(kind));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String naturalOf(PublicKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EdDSA", "Ed25519" -> "Ed25519";
      default -> "SHA256withECDSA";
    };
  }

  private static byte[] algorithm(String oid, byte[]... parameters) {
    return parameters.length == 0
        ? DerWriter.sequence(DerWriter.oid(oid))
        : DerWriter.sequence(DerWriter.oid(oid), parameters[0]);
  }

  /** A distinguished name of one common name, or of none. */
  public static byte[] name(String common) {
    return common.isEmpty()
        ? DerWriter.sequence()
        : DerWriter.sequence(
            DerWriter.element(
                0x31,
                DerWriter.sequence(
                    DerWriter.oid("2.5.4.3"),
                    DerWriter.element(0x0c, common.getBytes(StandardCharsets.UTF_8)))));
  }

  private static byte[] time(Instant time) {
    return DerWriter.element(0x17, UTC.format(time).getBytes(StandardCharsets.US_ASCII));
  }
}
