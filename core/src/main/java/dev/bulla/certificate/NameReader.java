package dev.bulla.certificate;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.AlternativeName.Kind;
import dev.bulla.der.DerReader;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a list of alternative names (RFC 5280 §4.2.1.6). */
final class NameReader {

  private static final String WHAT = "certificate: alternative name";

  private static final int OTHER_NAME = 0xa0;
  private static final int EMAIL = 0x81;
  private static final int DNS = 0x82;
  private static final int URI = 0x86;

  /** Addresses, directory names and numbers, which identify nobody here and are not looked into. */
  private static final Set<Integer> NOT_KEPT = Set.of(0xa3, 0xa4, 0xa5, 0x87, 0x88);

  private static final String FULCIO_USER = "1.3.6.1.4.1.57264.1.7";
  private static final int EXPLICIT_0 = 0xa0;

  private NameReader() {}

  static List<AlternativeName> read(DerReader in) throws MalformedInputException {
    DerReader list = in.enter(DerReader.SEQUENCE);
    List<AlternativeName> names = new ArrayList<>();
    boolean hasOther = false;
    int count = 0;
    while (list.hasMore()) {
      if (++count > Limits.MAX_CERTIFICATE_PARTS) {
        throw new MalformedInputException(
            WHAT, "more than " + Limits.MAX_CERTIFICATE_PARTS + " of them");
      }
      int tag = list.nextTag();
      if (tag == URI) {
        names.add(new AlternativeName(Kind.URI, printable(list.bytes(tag))));
      } else if (tag == EMAIL) {
        names.add(new AlternativeName(Kind.EMAIL, printable(list.bytes(tag))));
      } else if (tag == DNS) {
        names.add(new AlternativeName(Kind.DNS, printable(list.bytes(tag))));
      } else if (tag == OTHER_NAME) {
        if (hasOther) {
          throw new MalformedInputException(WHAT, "more than one name of a kind of its own");
        }
        hasOther = true;
        names.add(new AlternativeName(Kind.OTHER, userName(list.enter(tag))));
      } else if (NOT_KEPT.contains(tag)) {
        list.skip();
      } else {
        throw list.problem("unexpected tag");
      }
    }
    if (count == 0) {
      throw new MalformedInputException(WHAT, "the list of them is empty");
    }
    return List.copyOf(names);
  }

  private static String userName(DerReader in) throws MalformedInputException {
    String oid = in.oid();
    if (!oid.equals(FULCIO_USER)) {
      throw new MalformedInputException(WHAT, "of an unknown kind: " + oid);
    }
    DerReader tagged = in.enter(EXPLICIT_0);
    in.finish();
    String name = Bytes.owning(tagged.bytes(DerReader.UTF8_STRING)).toUtf8String(WHAT);
    tagged.finish();
    if (name.isEmpty()) {
      throw new MalformedInputException(WHAT, "empty");
    }
    return name;
  }

  /** Names are compared with what people wrote down; a control character has no place in one. */
  private static String printable(byte[] ascii) throws MalformedInputException {
    StringBuilder text = new StringBuilder(ascii.length);
    for (byte c : ascii) {
      if (c <= 0x20 || c == 0x7f) {
        throw new MalformedInputException(WHAT, "not printable ASCII");
      }
      text.append((char) c);
    }
    if (text.isEmpty()) {
      throw new MalformedInputException(WHAT, "empty");
    }
    return text.toString();
  }
}
