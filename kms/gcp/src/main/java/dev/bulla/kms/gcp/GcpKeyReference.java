package dev.bulla.kms.gcp;

import dev.bulla.error.KeyException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands behind {@code gcpkms://}.
 *
 * @param location {@code projects/P/locations/L}
 * @param ringId the name of the key ring
 * @param keyId the name of the key
 * @param version the number of the version, in references that are pinned to one
 */
record GcpKeyReference(String location, String ringId, String keyId, Optional<String> version) {

  private static final int MAX = 2048;

  // what ids and numbers of projects consist of, the older ones with a domain included
  private static final String PROJECT = "[A-Za-z0-9][A-Za-z0-9.:_-]*";
  private static final String ID = "[A-Za-z0-9_-]+";
  private static final Pattern FORM =
      Pattern.compile(
          "gcpkms://(?<location>projects/"
              + PROJECT
              + "/locations/"
              + ID
              + ")/keyRings/(?<ring>"
              + ID
              + ")/cryptoKeys/(?<key>"
              + ID
              + ")(?:/(?:versions|cryptoKeyVersions)/(?<version>[0-9]+))?");

  static GcpKeyReference parse(String text) throws KeyException {
    Matcher parts = FORM.matcher(text);
    if (text.length() > MAX || !parts.matches()) {
      throw new KeyException(
          "kms specification should be in the format gcpkms://projects/[PROJECT_ID]/locations/"
              + "[LOCATION]/keyRings/[KEY_RING]/cryptoKeys/[KEY]/cryptoKeyVersions/[VERSION]",
          "without a version, the newest one that is enabled signs");
    }
    return new GcpKeyReference(
        parts.group("location"),
        parts.group("ring"),
        parts.group("key"),
        Optional.ofNullable(parts.group("version")));
  }

  String ring() {
    return location + "/keyRings/" + ringId;
  }

  String key() {
    return ring() + "/cryptoKeys/" + keyId;
  }

  String version(String number) {
    return key() + "/cryptoKeyVersions/" + number;
  }
}
