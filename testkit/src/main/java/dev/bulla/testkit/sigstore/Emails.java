package dev.bulla.testkit.sigstore;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The names in a certificate under which Rekor's index finds its entries. */
final class Emails {

  private static final int EMAIL = 1;

  private Emails() {}

  static List<String> of(X509Certificate certificate) {
    List<String> found = new ArrayList<>();
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        if (Integer.valueOf(EMAIL).equals(name.get(0))) {
          found.add("email:" + name.get(1));
        }
      }
    } catch (CertificateParsingException e) {
      // a name that the JDK does not read is not indexed
    }
    return found;
  }
}
