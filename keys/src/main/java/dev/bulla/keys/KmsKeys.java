package dev.bulla.keys;

import dev.bulla.error.KeyException;
import dev.bulla.error.Quoted;
import dev.bulla.keys.KeyReference.KeyProvider;
import dev.bulla.keys.KeyReference.Managed;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsProvider;
import dev.bulla.keys.plugin.PluginPrograms;
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
    return find(reference, context)
        .orElseThrow(() ->
            new KeyException(
                "loading URL: unrecognized scheme: " + Quoted.plain(reference.scheme()) + "://",
                "a program "
                    + Quoted.plain(PluginPrograms.programName(reference.scheme()))
                    + " in a folder of the PATH could answer for it"));
  }

  /**
   * As {@link #open}; nothing when neither a provider nor a plugin program knows the scheme. A
   * provider wins.
   *
   * @throws KeyException also when the scheme is that of a provider that is not installed
   */
  public static Optional<KmsKey> find(Managed reference, KeyContext context) throws KeyException {
    if (reference.isOnToken()) {
      return Optional.of(TokenKeys.openToCheck(reference, context));
    }
    KmsContext surroundings =
        new KmsContext(
            context.environment()::get, context.directory(), context.timeout(), context.warnings());
    Optional<KmsProvider> provider = context.providers().find(reference.scheme());
    if (provider.isPresent()) {
      return Optional.of(provider.get().open(reference.text(), surroundings));
    }
    Optional<KmsKey> plugin =
        PluginPrograms.find(reference.scheme(), reference.text(), surroundings, context.patience());
    Optional<KeyProvider> known = KeyProvider.of(reference.text());
    if (plugin.isEmpty() && known.isPresent()) {
      throw KeyText.notAvailable(known.get());
    }
    return plugin;
  }
}
