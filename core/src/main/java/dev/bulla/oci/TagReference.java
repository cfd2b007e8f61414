package dev.bulla.oci;

import dev.bulla.error.Quoted;

/**
 * A name that may mean something else tomorrow.
 *
 * @param tag 1 to 128 characters of {@code A-Z a-z 0-9 _ - .}, not starting with {@code -} or
 *     {@code .} (distribution-spec 1.1, "Pulling manifests")
 * @param typed as the user typed it
 */
public record TagReference(Repository repository, String tag, String typed) implements Reference {

  public TagReference {
    if (!isTag(tag)) {
      throw new IllegalArgumentException("not a tag: " + Quoted.text(tag));
    }
  }

  public static boolean isTag(String text) {
    if (text.isEmpty() || text.length() > 128) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean word =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (!word && (i == 0 || (c != '-' && c != '.'))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String tagOrDigest() {
    return tag;
  }

  /** The full name: {@code index.docker.io/library/alpine:latest}. */
  @Override
  public String toString() {
    return repository + ":" + tag;
  }
}
