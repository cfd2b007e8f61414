package dev.bulla.certificate;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.AlternativeName.Kind;
import dev.bulla.der.DerReader;
import dev.bulla.error.MalformedInputException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whom a certificate speaks of: the names of its subject, and what Fulcio says of the token that
 * they come from. It is worth what the certificate is worth. All text in it comes from outside.
 */
public final class CertificateIdentity {

  private final List<AlternativeName> names;
  private final Map<FulcioExtension, String> values;

  private CertificateIdentity(List<AlternativeName> names, Map<FulcioExtension, String> values) {
    this.names = names;
    this.values = values;
  }

  /**
   * The identity in a certificate.
   *
   * @throws MalformedInputException when an extension of Fulcio's is no text
   */
  public static CertificateIdentity of(Certificate certificate) throws MalformedInputException {
    Map<FulcioExtension, String> values = new EnumMap<>(FulcioExtension.class);
    for (FulcioExtension extension : FulcioExtension.values()) {
      Optional<Bytes> content = certificate.extension(extension.oid());
      if (content.isPresent()) {
        String what = "certificate: extension " + extension.oid();
        values.put(
            extension,
            extension.isRawText() ? content.get().toUtf8String(what) : string(content.get(), what));
      }
    }
    return new CertificateIdentity(certificate.names(), values);
  }

  private static String string(Bytes der, String what) throws MalformedInputException {
    DerReader in = DerReader.of(der.toByteArray(), what);
    int tag = in.nextTag();
    if (tag != DerReader.UTF8_STRING
        && tag != DerReader.PRINTABLE_STRING
        && tag != DerReader.IA5_STRING
        && tag != DerReader.NUMERIC_STRING) {
      throw in.problem("no string");
    }
    String text = Bytes.owning(in.bytes(tag)).toUtf8String(what);
    in.finish();
    return text;
  }

  /** All names of the subject, in order. */
  public List<AlternativeName> names() {
    return names;
  }

  /**
   * The one name that identities are compared with: the first URI, else the first email address,
   * else Fulcio's user name. Names of hosts identify nobody.
   */
  public Optional<AlternativeName> name() {
    return first(Kind.URI).or(() -> first(Kind.EMAIL)).or(() -> first(Kind.OTHER));
  }

  private Optional<AlternativeName> first(Kind kind) {
    for (AlternativeName name : names) {
      if (name.kind() == kind) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  /** Who issued the token, from the newer extension if there is one. */
  public Optional<String> issuer() {
    return value(FulcioExtension.ISSUER).or(() -> value(FulcioExtension.ISSUER_V1));
  }

  /** What an extension says. */
  public Optional<String> value(FulcioExtension extension) {
    return Optional.ofNullable(values.get(extension));
  }

  @Override
  public String toString() {
    return "CertificateIdentity[" + names.size() + " names]";
  }
}
