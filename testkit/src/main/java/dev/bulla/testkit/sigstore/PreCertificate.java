package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate that says of itself that it is none, as authorities show it to logs (RFC 6962
 * §3.1).
 *
 * @param issuerSpki the public key of its issuer
 * @param body its TBSCertificate without that extension
 */
record PreCertificate(Bytes issuerSpki, Bytes body) {

  private static final Bytes POISON = Asn1.oid("1.3.6.1.4.1.11129.2.4.3");
  private static final int VERSION = 0xa0;
  private static final int EXTENSIONS = 0xa3;

  /** Takes apart what was submitted, in DER. */
  static PreCertificate parse(Bytes certificate, Bytes issuer) throws MalformedInputException {
    Asn1Reader fields = body(certificate);
    List<Bytes> kept = new ArrayList<>();
    boolean marked = false;
    while (fields.hasMore()) {
      if (fields.tag() != EXTENSIONS) {
        kept.add(fields.readWhole(fields.tag()));
        continue;
      }
      Asn1Reader extensions = fields.enter(EXTENSIONS).enter(Asn1.SEQUENCE);
      List<Bytes> others = new ArrayList<>();
      while (extensions.hasMore()) {
        Bytes extension = extensions.readWhole(Asn1.SEQUENCE);
        if (new Asn1Reader(extension, "extension").read(Asn1.SEQUENCE).startsWith(POISON)) {
          marked = true;
        } else {
          others.add(extension);
        }
      }
      kept.add(Asn1.explicit(3, Asn1.sequence(others)));
    }
    if (!marked) {
      throw fields.malformed("not a precertificate");
    }
    return new PreCertificate(spki(issuer), Asn1.sequence(kept));
  }

  private static Bytes spki(Bytes certificate) throws MalformedInputException {
    Asn1Reader fields = body(certificate);
    if (fields.tag() == VERSION) {
      fields.read(VERSION);
    }
    fields.integer();
    // the algorithm, the issuer, the validity, the subject
    for (int i = 0; i < 4; i++) {
      fields.read(Asn1.SEQUENCE);
    }
    return fields.readWhole(Asn1.SEQUENCE);
  }

  private static Asn1Reader body(Bytes certificate) throws MalformedInputException {
    return new Asn1Reader(certificate, "certificate").enter(Asn1.SEQUENCE).enter(Asn1.SEQUENCE);
  }
}
