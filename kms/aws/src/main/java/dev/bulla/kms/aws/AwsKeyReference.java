package dev.bulla.kms.aws;

import dev.bulla.error.KeyException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands behind {@code awskms://}.
 *
 * @param text the whole reference
 * @param endpoint host, perhaps with a port, of a server other than AWS itself
 * @param key as the service takes it: key id, key ARN, alias or alias ARN
 * @param alias {@code alias/NAME}, for the forms that have one
 * @param region of the ARN, for the forms that have one
 */
record AwsKeyReference(
    String text,
    Optional<String> endpoint,
    String key,
    Optional<String> alias,
    Optional<String> region) {

  private static final int MAX = 2048;

  // the endpoint is a host and a port: it goes into a URL as it is
  private static final String HOST =
      "(?<host>(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?)?";
  // each letter of mrk- is optional upstream; nobody has keys named that way, but nobody is harmed
  private static final String ID =
      "m?r?k?-?[A-Fa-f0-9]{8}-?[A-Fa-f0-9]{4}-?[A-Fa-f0-9]{4}-?[A-Fa-f0-9]{4}-?[A-Fa-f0-9]{12}";
  private static final String ARN = "arn:aws(?:-[a-z]+)*:kms:(?<region>[a-z0-9-]+):[0-9]{12}:";
  private static final Pattern FORM =
      Pattern.compile(
          "awskms://"
              + HOST
              + "/(?<key>"
              + ID
              + "|(?:"
              + ARN
              + ")?(?:key/"
              + ID
              + "|(?<alias>alias/[^\\p{Cntrl}]*)))");

  static AwsKeyReference parse(String text) throws KeyException {
    Matcher parts = FORM.matcher(text);
    // key/ID needs its ARN; without one it is nothing that the service knows
    if (text.length() > MAX || !parts.matches() || parts.group("key").startsWith("key/")) {
      throw new KeyException(
          "kms specification should be in the format awskms://[ENDPOINT]/[ID/ALIAS/ARN] (endpoint"
              + " optional)",
          "without an endpoint there are three slashes: awskms:///alias/NAME");
    }
    return new AwsKeyReference(
        text,
        Optional.ofNullable(parts.group("host")),
        parts.group("key"),
        Optional.ofNullable(parts.group("alias")),
        Optional.ofNullable(parts.group("region")));
  }
}
