package dev.bulla.keys;

import dev.bulla.error.KeyException;
import dev.bulla.error.Quoted;
import java.net.URI;
import java.net.URISyntaxException;
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
   * A key that stays where it is: in a service, by a scheme that some {@link
   * dev.bulla.keys.kms.KmsProvider} may know, or on a token. Only the provider knows what the text
   * means; it may hold a PIN.
   *
   * @param scheme without {@code ://}
   * @param text the whole reference
   */
  record Managed(String scheme, String text) implements KeyReference {

    /** Whether it is on a PKCS #11 token. */
    public boolean isOnToken() {
      return text.startsWith(KeyProvider.PKCS11.prefix);
    }

    /** Shows the scheme only: the rest may be anything when nobody knows the scheme. */
    @Override
    public String toString() {
      return "Managed[" + Quoted.plain(scheme) + "]";
    }
  }

  /**
   * A key pair that is stored as a whole, by a scheme that some {@link
   * dev.bulla.keys.kms.StoredKeysProvider} may know.
   *
   * @param scheme without {@code ://}
   * @param text the whole reference
   */
  record Stored(String scheme, String text) implements KeyReference {

    @Override
    public String toString() {
      return "Stored[" + Quoted.plain(scheme) + "]";
    }
  }

  /** The places of keys that references are known to name, whether or not they can be used here. */
  enum KeyProvider {
    AWS_KMS("awskms://", "AWS KMS", Way.SIGNS),
    GCP_KMS("gcpkms://", "Google Cloud KMS", Way.SIGNS),
    AZURE_KEY_VAULT("azurekms://", "Azure Key Vault", Way.SIGNS),
    VAULT("hashivault://", "HashiCorp Vault", Way.SIGNS),
    OPENBAO("openbao://", "OpenBao", Way.SIGNS),
    KUBERNETES("k8s://", "Kubernetes secrets", Way.STORES),
    GITLAB("gitlab://", "GitLab variables", Way.STORES),
    GITHUB("github://", "GitHub secrets", Way.STORES),
    PKCS11("pkcs11:", "PKCS #11 tokens", Way.TOKEN);

    private final String prefix;
    private final String description;

    /** How it is reached. */
    private enum Way {
      /** Through a {@link dev.bulla.keys.kms.KmsProvider}. */
      SIGNS,
      /** Through a {@link dev.bulla.keys.kms.StoredKeysProvider}. */
      STORES,
      /** Through a {@link dev.bulla.keys.pkcs11.TokenProvider}. */
      TOKEN
    }

    private final Way way;

    KeyProvider(String prefix, String description, Way way) {
      this.prefix = prefix;
      this.description = description;
      this.way = way;
    }

    /** What a reference to it begins with: {@code awskms://}. */
    public String prefix() {
      return prefix;
    }

    /** For people: {@code AWS KMS}. */
    public String description() {
      return description;
    }

    static Optional<KeyProvider> of(String text) {
      for (KeyProvider provider : values()) {
        if (text.startsWith(provider.prefix)) {
          return Optional.of(provider);
        }
      }
      return Optional.empty();
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
    if (provider.isPresent() && provider.get().way == KeyProvider.Way.TOKEN) {
      return new Managed("pkcs11", text);
    }
    int scheme = text.indexOf("://");
    if (provider.isPresent() && provider.get().way == KeyProvider.Way.STORES) {
      return new Stored(text.substring(0, scheme), text);
    }
    return scheme < 0 ? new LocalFile(text) : new Managed(text.substring(0, scheme), text);
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
