package dev.bulla.admission.config;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.KeyException;
import dev.bulla.error.Quoted;
import dev.bulla.keys.KeyReference;
import dev.bulla.keys.KeyReference.KeyProvider;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** References to keys that trust roots may have: those that need no program to be run. */
public final class KeyReferences {

  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]{0,40}):/.*");

  private KeyReferences() {}

  /**
   * Reads a reference. Nobody is asked.
   *
   * @throws ConfigurationException when it begins with a scheme that nobody knows: that would mean
   *     a program, and the webhook runs none
   * @throws KeyException when it begins like an address and is none
   */
  public static KeyReference parse(String text) throws ConfigurationException, KeyException {
    KeyReference reference = KeyReference.parse(text);
    if (reference instanceof KeyReference.Managed managed) {
      if (prefixes().stream().noneMatch(text::startsWith)) {
        throw unknown(managed.scheme());
      }
    } else if (reference instanceof KeyReference.LocalFile) {
      Matcher scheme = SCHEME.matcher(text);
      if (scheme.matches()) {
        throw unknown(scheme.group(1));
      }
    }
    return reference;
  }

  private static List<String> prefixes() {
    return Arrays.stream(KeyProvider.values()).map(KeyProvider::prefix).toList();
  }

  private static ConfigurationException unknown(String scheme) {
    List<String> schemes =
        prefixes().stream().map(prefix -> prefix.substring(0, prefix.indexOf(':'))).toList();
    boolean slashes = schemes.contains(scheme);
    Optional<String> meant =
        slashes ? Optional.of("write " + scheme + "://") : Meant.of(scheme, schemes);
    return new ConfigurationException(
        slashes
            ? "a reference to a key has two slashes behind its scheme"
            : "nobody knows keys that begin with " + Quoted.plain(scheme) + "://",
        meant.orElse("programs that know keys are not run by the webhook"));
  }
}
