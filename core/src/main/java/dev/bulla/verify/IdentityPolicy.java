package dev.bulla.verify;

import dev.bulla.certificate.CertificateIdentity;
import dev.bulla.certificate.FulcioExtension;
import dev.bulla.error.Quoted;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Whom a certificate has to name. It always asks for a name and for who vouched for it: the one
 * without the other is somebody else's to claim.
 */
public final class IdentityPolicy {

  private final Predicate<String> name;
  private final Predicate<String> issuer;
  private final Predicate<String> issuerInBundles;
  private final Map<FulcioExtension, String> extensions;

  private IdentityPolicy(
      Predicate<String> name,
      Predicate<String> issuer,
      Predicate<String> issuerInBundles,
      Map<FulcioExtension, String> extensions) {
    this.name = name;
    this.issuer = issuer;
    this.issuerInBundles = issuerInBundles;
    this.extensions = extensions;
  }

  /** Exactly this name, vouched for by exactly this issuer. */
  public static IdentityPolicy exactly(String name, String issuer) {
    return matching(name::equals, issuer::equals);
  }

  /**
   * Names and issuers of one's own choice.
   *
   * @param name decides over text from outside; patterns have to take linear time
   * @param issuer likewise
   */
  public static IdentityPolicy matching(Predicate<String> name, Predicate<String> issuer) {
    return new IdentityPolicy(name, issuer, found -> true, Map.of());
  }

  /**
   * As well, the issuer of a signature in a bundle. Cosign lets a pattern replace the exact issuer
   * in the older format, and wants both in bundles.
   */
  public IdentityPolicy withIssuerInBundles(Predicate<String> wanted) {
    return new IdentityPolicy(name, issuer, wanted, extensions);
  }

  /** As well, this extension of the certificate has exactly this value. */
  public IdentityPolicy withExtension(FulcioExtension extension, String value) {
    Map<FulcioExtension, String> more = new EnumMap<>(FulcioExtension.class);
    more.putAll(extensions);
    more.put(extension, value);
    return new IdentityPolicy(name, issuer, issuerInBundles, more);
  }

  boolean acceptsName(String found) {
    return name.test(found);
  }

  /**
   * What is wrong with everything but the name; empty when nothing is.
   *
   * @param inBundle whether the signature came in a bundle, not in the older format
   */
  Optional<String> difference(CertificateIdentity found, boolean inBundle) {
    Optional<String> foundIssuer = found.issuer();
    if (foundIssuer.isEmpty()) {
      return Optional.of("the certificate names no issuer");
    }
    if (!issuer.test(foundIssuer.get()) || (inBundle && !issuerInBundles.test(foundIssuer.get()))) {
      return Optional.of("its issuer is " + Quoted.text(foundIssuer.get()));
    }
    for (Map.Entry<FulcioExtension, String> wanted : extensions.entrySet()) {
      Optional<String> value = found.value(wanted.getKey());
      if (value.isEmpty() || !value.get().equals(wanted.getValue())) {
        return Optional.of(
            "its extension "
                + wanted.getKey().oid()
                + " is "
                + value.map(Quoted::text).orElse("missing"));
      }
    }
    return Optional.empty();
  }
}
