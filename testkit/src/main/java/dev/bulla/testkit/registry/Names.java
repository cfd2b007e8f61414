package dev.bulla.testkit.registry;

import java.util.regex.Pattern;

/**
 * The grammar of repository names and tags. Source: OCI distribution-spec 1.1, "Pulling manifests".
 */
final class Names {

  private static final int MAX_NAME = 255;

  // possessive, so that no name makes the matcher try one letter in two places
  private static final String PART = "[a-z0-9]++(?:(?:\\.|_|__|-++)[a-z0-9]++)*+";

  private static final Pattern NAME = Pattern.compile(PART + "(?:/" + PART + ")*+");

  private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

  private Names() {}

  static boolean isRepository(String text) {
    return text.length() <= MAX_NAME && NAME.matcher(text).matches();
  }

  static boolean isTag(String text) {
    return TAG.matcher(text).matches();
  }
}
