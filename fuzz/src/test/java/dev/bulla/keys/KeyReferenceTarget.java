package dev.bulla.keys;

import dev.bulla.error.KeyException;
import dev.bulla.fuzz.Check;
import dev.bulla.fuzz.Input;
import dev.bulla.keys.KeyReference.EnvironmentVariable;
import dev.bulla.keys.KeyReference.LocalFile;
import dev.bulla.keys.KeyReference.Managed;
import dev.bulla.keys.KeyReference.Stored;
import dev.bulla.keys.KeyReference.Url;

/** {@link KeyReference#parse}: what may be secret in an address is not shown. */
public final class KeyReferenceTarget {

  private KeyReferenceTarget() {}

  public static boolean accepts(byte[] input) {
    String text = Input.text(input);
    KeyReference reference;
    try {
      reference = KeyReference.parse(text);
    } catch (KeyException e) {
      Check.refusal(e);
      return false;
    }
    switch (reference) {
      case LocalFile file -> Check.equal(text, file.path(), "a path is taken as it is");
      case Url url -> {
        Check.equal(text, url.address().toString(), "an address is taken as it is");
        Check.that(url.address().getHost() != null, "it names a host");
        Check.message(url.shown());
        Check.equal("Url[" + url.shown() + "]", url.toString(), "it shows no more elsewhere");
        Check.that(url.shown().indexOf('@') < 0 || path(url).indexOf('@') >= 0, "no user shown");
        int query = url.shown().indexOf('?');
        Check.that(query < 0 || url.shown().startsWith("…", query + 1), "no query shown");
      }
      case EnvironmentVariable variable ->
          Check.equal(text, "env://" + variable.name(), "a name is taken as it is");
      case Managed managed -> {
        Check.that(
            text.startsWith(managed.scheme() + (managed.isOnToken() ? ":" : "://")),
            "a scheme as it is");
        Check.equal(text, managed.text(), "a reference is taken as it is");
      }
      case Stored stored -> {
        Check.that(text.startsWith(stored.scheme()), "a scheme as it is");
        Check.equal(text, stored.text(), "a reference is taken as it is");
      }
    }
    return reference instanceof Url;
  }

  private static String path(Url url) {
    return url.address().getRawPath() == null ? "" : url.address().getRawPath();
  }
}
