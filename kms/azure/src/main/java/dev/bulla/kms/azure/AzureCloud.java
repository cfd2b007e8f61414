package dev.bulla.kms.azure;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.keys.kms.KmsContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * The clouds that Azure consists of. They share nothing: each has its own accounts, its own place
 * to log in and its own names.
 */
enum AzureCloud {
  PUBLIC(
      "AZUREPUBLICCLOUD",
      "AZURECLOUD",
      "login.microsoftonline.com",
      "vault.azure.net",
      "managedhsm.azure.net",
      "azurecr.io",
      "https://containerregistry.azure.net"),
  CHINA(
      "AZURECHINACLOUD",
      "AZURECHINACLOUD",
      "login.chinacloudapi.cn",
      "vault.azure.cn",
      "managedhsm.azure.cn",
      "azurecr.cn",
      "https://management.chinacloudapi.cn"),
  US_GOVERNMENT(
      "AZUREUSGOVERNMENT",
      "AZUREUSGOVERNMENTCLOUD",
      "login.microsoftonline.us",
      "vault.usgovcloudapi.net",
      "managedhsm.usgovcloudapi.net",
      "azurecr.us",
      "https://management.usgovcloudapi.net");

  private static final String CLOUD = "AZURE_ENVIRONMENT";
  private static final String AUTHORITY = "AZURE_AUTHORITY_HOST";

  private final String name;
  private final String otherName;
  private final String authority;
  private final String vaults;
  private final String hsms;
  private final String registries;
  private final String registryResource;

  AzureCloud(
      String name,
      String otherName,
      String authority,
      String vaults,
      String hsms,
      String registries,
      String registryResource) {
    this.name = name;
    this.otherName = otherName;
    this.authority = authority;
    this.vaults = vaults;
    this.hsms = hsms;
    this.registries = registries;
    this.registryResource = registryResource;
  }

  /** The cloud that the user named; other programs write the names in other cases. */
  static Optional<AzureCloud> named(KmsContext context) throws KeyException {
    Optional<String> written = context.variable(CLOUD);
    if (written.isEmpty()) {
      return Optional.empty();
    }
    for (AzureCloud cloud : values()) {
      if (written.get().equalsIgnoreCase(cloud.name)
          || written.get().equalsIgnoreCase(cloud.otherName)) {
        return Optional.of(cloud);
      }
    }
    throw KeyException.of(
        Problem.MISCONFIGURED,
        CLOUD + " names no cloud of Azure's",
        "it is AZUREPUBLICCLOUD, AZURECHINACLOUD or AZUREUSGOVERNMENT; unset it for the first",
        null);
  }

  /** The cloud whose vaults have such names. */
  static Optional<AzureCloud> ofVault(String host) {
    for (AzureCloud cloud : values()) {
      if (cloud.resourceOf(host).isPresent()) {
        return Optional.of(cloud);
      }
    }
    return Optional.empty();
  }

  /**
   * What tokens for the vaults and HSMs of this host are for; empty when it is not this cloud's.
   */
  Optional<String> resourceOf(String host) {
    for (String domain : new String[] {vaults, hsms}) {
      if (host.length() > domain.length() + 1 && host.endsWith("." + domain)) {
        return Optional.of("https://" + domain);
      }
    }
    return Optional.empty();
  }

  /** The cloud whose registries have such names. */
  static Optional<AzureCloud> ofRegistry(String host) {
    for (AzureCloud cloud : values()) {
      if (host.endsWith("." + cloud.registries)) {
        return Optional.of(cloud);
      }
    }
    return Optional.empty();
  }

  /**
   * What tokens are for that registries exchange: registries alone, where the cloud offers that.
   */
  String registryResource() {
    return registryResource;
  }

  boolean isHsm(String host) {
    return host.endsWith("." + hsms);
  }

  String vaultDomain() {
    return vaults;
  }

  /** Where to log in: the user's word, else the cloud's address. */
  URI authority(KmsContext context) throws KeyException {
    Optional<String> written = context.variable(AUTHORITY);
    if (written.isEmpty()) {
      return URI.create("https://" + authority);
    }
    try {
      URI uri = new URI(written.get().replaceAll("/+$", ""));
      if ("https".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getRawPath().isEmpty()
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // as below
    }
    throw KeyException.of(
        Problem.MISCONFIGURED,
        AUTHORITY + " is not an address of https://",
        "it looks like https://login.microsoftonline.com/; unset it for the cloud's own",
        null);
  }
}
