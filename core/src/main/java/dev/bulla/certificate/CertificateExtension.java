package dev.bulla.certificate;

import dev.bulla.bytes.Bytes;

/**
 * An extension of a certificate.
 *
 * @param oid in dotted form
 * @param value what is inside the octet string
 */
record CertificateExtension(String oid, boolean critical, Bytes value) {

  static final String SUBJECT_KEY_ID = "2.5.29.14";
  static final String KEY_USAGE = "2.5.29.15";
  static final String ALTERNATIVE_NAME = "2.5.29.17";
  static final String BASIC_CONSTRAINTS = "2.5.29.19";
  static final String NAME_CONSTRAINTS = "2.5.29.30";
  static final String AUTHORITY_KEY_ID = "2.5.29.35";
  static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  static final String SCT_LIST = "1.3.6.1.4.1.11129.2.4.2";
}
