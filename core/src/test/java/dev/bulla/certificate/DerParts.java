package dev.bulla.certificate;

import dev.bulla.bytes.Bytes;
import dev.bulla.der.DerReader;
import dev.bulla.der.DerWriter;
import dev.bulla.error.MalformedInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Changes one part of an encoding, whose lengths stay right. A part is told by the numbers of the
 * parts that lead to it: {@code .0.2} is the third one in the first. Parts are in whatever is
 * constructed, and in octet strings.
 */
final class DerParts {

  private static final byte[] MORE = DerWriter.nothing();

  private DerParts() {}

  /** Every way of putting something after the last part of one of the parts, by its place. */
  static Map<String, byte[]> grown(byte[] elements) throws MalformedInputException {
    return grown("", elements);
  }

  private static Map<String, byte[]> grown(String at, byte[] elements)
      throws MalformedInputException {
    Map<String, byte[]> all = new TreeMap<>();
    List<byte[]> parts = parts(elements);
    for (int i = 0; i < parts.size(); i++) {
      int tag = parts.get(i)[0] & 0xff;
      if ((tag & 0x20) == 0 && tag != DerReader.OCTET_STRING) {
        continue;
      }
      String where = at + "." + i;
      byte[] content = content(parts.get(i));
      List<byte[]> changed = new ArrayList<>(parts);
      for (Map.Entry<String, byte[]> inside : grown(where, content).entrySet()) {
        changed.set(i, DerWriter.element(tag, inside.getValue()));
        all.put(inside.getKey(), joined(changed.toArray(byte[][]::new)));
      }
      changed.set(i, DerWriter.element(tag, content, MORE));
      all.put(where, joined(changed.toArray(byte[][]::new)));
    }
    return all;
  }

  static byte[] part(byte[] elements, String where) throws MalformedInputException {
    byte[] part = elements;
    for (String step : where.substring(1).split("\\.")) {
      part = parts(part == elements ? elements : content(part)).get(Integer.parseInt(step));
    }
    return part;
  }

  /** The elements with others in the place of one. */
  static byte[] replaced(byte[] elements, String where, byte[]... instead)
      throws MalformedInputException {
    List<byte[]> parts = new ArrayList<>(parts(elements));
    int dot = where.indexOf('.', 1);
    int i = Integer.parseInt(where.substring(1, dot < 0 ? where.length() : dot));
    byte[] old = parts.get(i);
    parts.set(
        i,
        dot < 0
            ? joined(instead)
            : DerWriter.element(
                old[0] & 0xff, replaced(content(old), where.substring(dot), instead)));
    return joined(parts.toArray(byte[][]::new));
  }

  static byte[] joined(byte[]... parts) {
    return Bytes.concat(Stream.of(parts).map(Bytes::of).toArray(Bytes[]::new)).toByteArray();
  }

  private static List<byte[]> parts(byte[] elements) throws MalformedInputException {
    DerReader in = DerReader.of(elements, "test");
    List<byte[]> parts = new ArrayList<>();
    while (in.hasMore()) {
      parts.add(in.element());
    }
    return parts;
  }

  private static byte[] content(byte[] element) throws MalformedInputException {
    return DerReader.of(element, "test").bytes(element[0] & 0xff);
  }
}
