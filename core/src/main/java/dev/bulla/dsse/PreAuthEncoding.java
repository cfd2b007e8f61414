package dev.bulla.dsse;

import dev.bulla.bytes.Bytes;

/** The bytes that a DSSE signature covers. Source: DSSE protocol v1, "PAE definition". */
public final class PreAuthEncoding {

  private static final Bytes SPACE = Bytes.utf8(" ");

  private PreAuthEncoding() {}

  /** {@code DSSEv1 <length of type> <type> <length of payload> <payload>}; lengths count bytes. */
  public static Bytes of(String payloadType, Bytes payload) {
    Bytes type = Bytes.utf8(payloadType);
    return Bytes.concat(
        Bytes.utf8("DSSEv1 " + type.size() + " "),
        type,
        SPACE,
        Bytes.utf8(Integer.toString(payload.size())),
        SPACE,
        payload);
  }
}
