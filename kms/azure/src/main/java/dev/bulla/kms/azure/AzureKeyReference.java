package dev.bulla.kms.azure;

import dev.bulla.error.KeyException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands behind {@code azurekms://}.
 *
 * @param host lower case; a vault's bare name where that was written
 * @param port with its colon; empty for TLS's own
 * @param name the name of the key
 * @param version its version, in references that are pinned to one
 */
record AzureKeyReference(String host, String port, String name, Optional<String> version) {

  private static final int MAX = 2048;

  private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  private static final Pattern FORM =
      Pattern.compile(
          "azurekms://(?<host>"
              + LABEL
              + "(?:\\."
              + LABEL
              + ")*)(?<port>:[0-9]{1,5})?/(?<name>[A-Za-z0-9-]{1,127})"
              + "(?:/(?<version>[a-z0-9]{0,64}))?");

  static AzureKeyReference parse(String text) throws KeyException {
    Matcher parts = FORM.matcher(text);
    if (text.length() > MAX || !parts.matches()) {
      throw new KeyException(
          "kms specification should be in the format"
              + " azurekms://[VAULT_NAME][VAULT_URL]/[KEY_NAME]/[VERSION (optional)]",
          "as in azurekms://myvault.vault.azure.net/mykey; without a version, the newest one"
              + " signs");
    }
    return new AzureKeyReference(
        parts.group("host").toLowerCase(Locale.ROOT),
        Optional.ofNullable(parts.group("port")).orElse(""),
        parts.group("name"),
        Optional.ofNullable(parts.group("version")).filter(version -> !version.isEmpty()));
  }

  /** The same with the cloud's domain, where only the name of a vault was written. */
  AzureKeyReference in(AzureCloud cloud) {
    return host.contains(".") || !port.isEmpty() || host.equals("localhost")
        ? this
        : new AzureKeyReference(host + "." + cloud.vaultDomain(), port, name, version);
  }

  String address() {
    return "https://" + host + port;
  }
}
