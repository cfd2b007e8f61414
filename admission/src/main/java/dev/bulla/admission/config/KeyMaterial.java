package dev.bulla.admission.config;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.VerificationKey;

/** Reports keys and certificates that are not what they have to be. */
record KeyMaterial(Problems problems) {

  void requireKey(String pem, int line, String what) {
    try {
      VerificationKey.parsePem(Bytes.utf8(pem), what);
    } catch (MalformedInputException e) {
      problems.error(
          line,
          e.message(),
          pem.strip().indexOf('\n') < 0
              ? "its lines became one: write | behind the name, and them below it, indented"
              : "copy the whole of the file of the public key, from -----BEGIN PUBLIC KEY----- on");
    }
  }

  void requireReference(String text, int line, String what) {
    try {
      KeyReferences.parse(text);
    } catch (BullaException e) {
      problems.error(
          line,
          what + ": " + e.message(),
          e.hint().orElse("a key is PEM, or a reference such as awskms:///alias/NAME"));
    }
  }

  void requireCertificates(String pem, int line, String what) {
    try {
      Certificate.parsePem(Bytes.utf8(pem), what);
    } catch (MalformedInputException e) {
      problems.error(
          line,
          e.message(),
          "copy the whole of the file, from -----BEGIN CERTIFICATE----- on, behind a |");
    }
  }
}
