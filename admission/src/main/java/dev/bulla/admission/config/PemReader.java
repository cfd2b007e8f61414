package dev.bulla.admission.config;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.VerificationKey;

/** Reports PEM text that is not what it has to be. */
record PemReader(Problems problems) {

  void requireKey(String pem, int line, String what) {
    try {
      VerificationKey.parsePem(Bytes.utf8(pem), what);
    } catch (MalformedInputException e) {
      problems.error(line, e.message());
    }
  }

  void requireCertificates(String pem, int line, String what) {
    try {
      Certificate.parsePem(Bytes.utf8(pem), what);
    } catch (MalformedInputException e) {
      problems.error(line, e.message());
    }
  }
}
