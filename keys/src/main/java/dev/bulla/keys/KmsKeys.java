package dev.bulla.keys;

import dev.bulla.error.KeyException;
import dev.bulla.error.Quoted;
import dev.bulla.keys.KeyReference.KeyProvider;
import dev.bulla.keys.KeyReference.Managed;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsProvider;
import java.util.Optional;

/** Opens the keys that stay in services. */
public final class KmsKeys {

  private KmsKeys() {}

  /**
   * The key that a reference names, whose service is not asked yet. The caller closes it.
   *
   * @throws KeyException when no provider knows the scheme, or its provider refuses the reference;
   *     in cosign's words, without what it puts before them
   */
  public static KmsKey open(Managed reference, KeyContext context) throws KeyException {
    Optional<KmsProvider> provider = context.providers().find(reference.scheme());
    if (provider.isEmpty()) {
      throw noProvider(reference);
    }
    return provider
        .get()
        .open(
            reference.text(),
            new KmsContext(
                context.environment()::get,
                context.directory(),
                context.timeout(),
                context.warnings()));
  }

  private static KeyException noProvider(Managed reference) {
    Optional<KeyProvider> known = KeyProvider.of(reference.text());
    return known.isPresent()
        ? KeyText.notAvailable(known.get())
        : new KeyException(
            "loading URL: unrecognized scheme: " + Quoted.plain(reference.scheme()) + "://",
            "key plugins (programs named sigstore-kms-…) are not available in this version of"
                + " bulla");
  }
}
