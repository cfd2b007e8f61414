package dev.bulla.keys.kms;

import dev.bulla.error.KeyException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the provider of a scheme: among the services on the class path, then in a folder of jars
 * named after the scheme. Nothing is looked for, and no class of a provider loaded, before a
 * reference names its scheme; a line about a key in a file pays for none of them.
 */
public final class KmsProviders {

  private final @Nullable List<SchemeProvider> fixed;
  private final InstalledServices installed;

  private KmsProviders(@Nullable List<SchemeProvider> fixed, InstalledServices installed) {
    this.fixed = fixed;
    this.installed = installed;
  }

  /** What is on the class path. */
  public static KmsProviders onClassPath() {
    return new KmsProviders(null, InstalledServices.onClassPath());
  }

  /** What is installed, in a folder that is named after the scheme if not on the class path. */
  public static KmsProviders of(InstalledServices installed) {
    return new KmsProviders(null, installed);
  }

  /** These and no others. */
  public static KmsProviders of(List<? extends SchemeProvider> providers) {
    return new KmsProviders(List.copyOf(providers), InstalledServices.onClassPath());
  }

  /**
   * The provider of keys that stay where they are, by its scheme; the first that was found when
   * there are several.
   *
   * @param scheme without {@code ://}
   * @throws KeyException when one is installed and cannot be loaded
   */
  public Optional<KmsProvider> find(String scheme) throws KeyException {
    return find(KmsProvider.class, scheme);
  }

  /** As {@link #find(String)}, of keys that are stored as a whole. */
  public Optional<StoredKeysProvider> findStored(String scheme) throws KeyException {
    return find(StoredKeysProvider.class, scheme);
  }

  /**
   * As {@link #find(String)}, of any kind of provider. Only classes that are registered for this
   * kind are loaded.
   */
  public <P extends SchemeProvider> Optional<P> find(Class<P> type, String scheme)
      throws KeyException {
    if (fixed != null) {
      return fixed.stream()
          .filter(type::isInstance)
          .map(type::cast)
          .filter(provider -> provider.schemes().contains(scheme))
          .findFirst();
    }
    try {
      return installed.find(type, scheme, provider -> provider.schemes().contains(scheme));
    } catch (IOException e) {
      throw new KeyException("a key provider " + e.getMessage(), e);
    }
  }
}
