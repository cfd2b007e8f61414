package dev.bulla.keys;

import dev.bulla.error.BullaBug;
import dev.bulla.error.KeyException;
import dev.bulla.keys.KeyReference.KeyProvider;
import dev.bulla.keys.KeyReference.Stored;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.StoredKeys;
import dev.bulla.keys.kms.StoredKeysProvider;
import java.util.Optional;

/** Opens key pairs that are stored as a whole: Kubernetes secrets, variables of Git hosts. */
public final class StoredPairs {

  private StoredPairs() {}

  /**
   * The pair that a reference names, whose place is not asked yet. The caller closes it.
   *
   * @throws KeyException when no provider knows the scheme, or its provider refuses the reference
   */
  public static StoredKeys open(Stored reference, KeyContext context) throws KeyException {
    Optional<StoredKeysProvider> provider = context.providers().findStored(reference.scheme());
    if (provider.isEmpty()) {
      throw KeyText.notAvailable(
          KeyProvider.of(reference.text()).orElseThrow(() -> new BullaBug("a known scheme")));
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
}
