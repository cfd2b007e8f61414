package dev.bulla.certificate;

import dev.bulla.der.DerReader;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What the extensions say that everybody has to understand (RFC 5280 §4.2.1). */
record ExtensionFacts(
    List<AlternativeName> names,
    OptionalInt keyUsage,
    Optional<List<String>> extendedUsages,
    boolean authority,
    OptionalInt pathLength) {

  // bits of the key usage, as they lie in its first byte
  static final int DIGITAL_SIGNATURE = 0x80;
  static final int NON_REPUDIATION = 0x40;
  static final int SIGN_CERTIFICATES = 0x04;

  boolean allows(int usage) {
    return keyUsage.isEmpty() || (keyUsage.getAsInt() & usage) != 0;
  }

  static ExtensionFacts read(List<CertificateExtension> extensions) throws MalformedInputException {
    List<AlternativeName> names = List.of();
    OptionalInt keyUsage = OptionalInt.empty();
    Optional<List<String>> usages = Optional.empty();
    boolean authority = false;
    OptionalInt pathLength = OptionalInt.empty();
    for (CertificateExtension extension : extensions) {
      DerReader in = DerReader.of(extension.value().toByteArray(), CertificateParts.WHAT);
      String oid = extension.oid();
      if (oid.equals(CertificateExtension.ALTERNATIVE_NAME)) {
        names = NameReader.read(in);
        in.finish();
      } else if (oid.equals(CertificateExtension.KEY_USAGE)) {
        keyUsage = OptionalInt.of(keyUsage(in));
        in.finish();
      } else if (oid.equals(CertificateExtension.EXTENDED_KEY_USAGE)) {
        usages = Optional.of(extendedUsages(in));
        in.finish();
      } else if (oid.equals(CertificateExtension.BASIC_CONSTRAINTS)) {
        DerReader constraints = in.enter(DerReader.SEQUENCE);
        in.finish();
        authority = constraints.nextIs(DerReader.BOOLEAN) && constraints.bool();
        if (constraints.hasMore()) {
          pathLength = OptionalInt.of(constraints.smallNumber());
        }
        constraints.finish();
      }
    }
    return new ExtensionFacts(names, keyUsage, usages, authority, pathLength);
  }

  /** The first byte of the key usage; the one bit beyond it lets nobody sign. */
  private static int keyUsage(DerReader in) throws MalformedInputException {
    byte[] bits = in.bytes(DerReader.BIT_STRING);
    boolean usable = bits.length >= 2 && bits.length <= 3 && bits[0] >= 0 && bits[0] < 8;
    if (!usable || (bits[bits.length - 1] & ((1 << bits[0]) - 1)) != 0) {
      throw in.problem("unusable key usage");
    }
    return bits[1] & 0xff;
  }

  private static List<String> extendedUsages(DerReader in) throws MalformedInputException {
    DerReader list = in.enter(DerReader.SEQUENCE);
    List<String> usages = new ArrayList<>();
    do {
      usages.add(list.oid());
    } while (list.hasMore() && usages.size() < Limits.MAX_CERTIFICATE_PARTS);
    list.finish();
    return List.copyOf(usages);
  }
}
