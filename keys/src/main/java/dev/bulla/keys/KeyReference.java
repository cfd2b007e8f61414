package dev.bulla.keys;

import dev.bulla.error.KeyException;
import dev.bulla.error.Quoted;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Optional;

/**
 * What stands after {@code --key}: a file, an address, a variable, or a key somewhere else. A
 * scheme needs its {@code ://}, so that a file may be called {@code gitlab.key}; {@code pkcs11:}
 * alone goes without, as RFC 7512 has it.
 */
public sealed interface KeyReference {

  /**
   * A file, by its path. For checking signatures, text that names no file may be the key itself in
   * base64; that is decided when it is read, and a file of that name wins.
   */
  record LocalFile(String path) implements KeyReference {}

  /** Something to be fetched. */
  record Url(URI address) implements KeyReference {

    /** The address without what may be secret in it: user, password and query. */
    public String shown() {
      String shown = address.getScheme() + "://" + address.getHost();
      if (address.getPort() >= 0) {
        shown += ":" + address.getPort();
      }
      if (address.getRawPath() != null) {
        shown += address.getRawPath();
      }
      if (address.getRawQuery() != null) {
        shown += "?…";
      }
      return Quoted.plain(shown);
    }

    @Override
    public String toString() {
      return "Url[" + shown() + "]";
    }
  }

  /** The value of an environment variable is the content of the key file. */
  record EnvironmentVariable(String name) implements KeyReference {}

  /**
   * A key with a provider this version does not speak to. The rest of the text is not kept; it may
   * hold a PIN.
   */
  record NotBuiltYet(KeyProvider provider) implements KeyReference {}

  /** A scheme nobody here knows; cosign would look for a plugin program of that name. */
  record UnknownScheme(String scheme) implements KeyReference {}

  /** Providers of keys that never leave them, or that keep secrets. */
  enum KeyProvider {
    AWS_KMS("awskms://", "AWS KMS"),
    GCP_KMS("gcpkms://", "Google Cloud KMS"),
    AZURE_KEY_VAULT("azurekms://", "Azure Key Vault"),
    VAULT("hashivault://", "HashiCorp Vault"),
    OPENBAO("openbao://", "OpenBao"),
    KUBERNETES("k8s://", "Kubernetes secrets"),
    GITLAB("gitlab://", "GitLab variables"),
    GITHUB("github://", "GitHub secrets"),
    PKCS11("pkcs11:", "PKCS #11 tokens");

    private final String prefix;
    private final String description;

    KeyProvider(String prefix, String description) {
      this.prefix = prefix;
      this.description = description;
    }

    /** What a reference to it begins with: {@code awskms://}. */
    public String prefix() {
      return prefix;
    }

    /** For people: {@code AWS KMS}. */
    public String description() {
      return description;
    }

    private static Optional<KeyProvider> of(String text) {
      return Arrays.stream(values()).filter(p -> text.startsWith(p.prefix)).findFirst();
    }
  }

  /**
   * The meaning of a text, decided by how it begins. Nothing is opened or asked.
   *
   * @throws KeyException when it begins like an address and is none
   */
  static KeyReference parse(String text) throws KeyException {
    if (text.startsWith("https://") || text.startsWith("http://")) {
      return new Url(address(text));
    }
    if (text.startsWith("env://")) {
      return new EnvironmentVariable(text.substring("env://".length()));
    }
    Optional<KeyProvider> provider = KeyProvider.of(text);
    if (provider.isPresent()) {
      return new NotBuiltYet(provider.get());
    }
    int scheme = text.indexOf("://");
    return scheme < 0 ? new LocalFile(text) : new UnknownScheme(text.substring(0, scheme));
  }

  private static URI address(String text) throws KeyException {
    try {
      URI address = new URI(text);
      if (address.getHost() != null) {
        return address;
      }
    } catch (URISyntaxException e) {
      // its message would show the text, which may hold a password
    }
    throw new KeyException(
        "loading URL: not an address: it has no host, or a character of its own");
  }
}
