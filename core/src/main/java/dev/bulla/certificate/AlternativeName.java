package dev.bulla.certificate;

/**
 * One name that a certificate gives its subject (RFC 5280 §4.2.1.6).
 *
 * @param value printable ASCII, except that the user names of {@link Kind#OTHER} may hold any text:
 *     it comes from outside and is shown through {@code Quoted}
 */
public record AlternativeName(Kind kind, String value) {

  /** The kinds of name that can be an identity. Others are not kept. */
  public enum Kind {
    URI,
    EMAIL,
    DNS,
    /** Fulcio's {@code user!domain}, under its own object identifier. */
    OTHER
  }
}
