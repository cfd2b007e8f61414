package dev.bulla.registry.transport;

import dev.bulla.bytes.Bytes;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whom to trust over TLS, and as whom to appear. Immutable. Nothing is read or parsed before the
 * first connection over TLS, so that a run over plain HTTP does not pay for it.
 */
public final class TlsOptions {

  /** The Java platform's trust store, no client certificate. */
  public static final TlsOptions DEFAULT = new Builder().build();

  /** PEM text and where it came from, for messages. */
  record PemText(Bytes pem, String source) {}

  /** A client certificate chain, leaf first, and its key. */
  record ClientIdentity(PemText chain, PemText key) {
    @Override
    public String toString() {
      return "ClientIdentity[" + chain.source() + "]";
    }
  }

  private final Optional<PemText> onlyRoots;
  private final List<PemText> moreRoots;
  private final Optional<Path> rootsFile;
  private final List<Path> rootsFolders;
  private final Optional<ClientIdentity> clientIdentity;
  private final Optional<String> serverName;
  private final boolean insecureAnyCertificate;

  private TlsOptions(Builder builder) {
    this.onlyRoots = builder.onlyRoots;
    this.moreRoots = List.copyOf(builder.moreRoots);
    this.rootsFile = builder.rootsFile;
    this.rootsFolders = List.copyOf(builder.rootsFolders);
    this.clientIdentity = builder.clientIdentity;
    this.serverName = builder.serverName;
    this.insecureAnyCertificate = builder.insecureAnyCertificate;
  }

  public static Builder builder() {
    return new Builder();
  }

  Optional<PemText> onlyRoots() {
    return onlyRoots;
  }

  List<PemText> moreRoots() {
    return moreRoots;
  }

  Optional<Path> rootsFile() {
    return rootsFile;
  }

  List<Path> rootsFolders() {
    return rootsFolders;
  }

  Optional<ClientIdentity> clientIdentity() {
    return clientIdentity;
  }

  /** The name that certificates are checked against instead of the host that was asked. */
  Optional<String> serverName() {
    return serverName;
  }

  boolean insecureAnyCertificate() {
    return insecureAnyCertificate;
  }

  /** The same trust for a proxy: what is meant for the server only is left out. */
  TlsOptions forProxy() {
    Builder proxy = new Builder();
    proxy.onlyRoots = onlyRoots;
    proxy.moreRoots.addAll(moreRoots);
    proxy.rootsFile = rootsFile;
    proxy.rootsFolders.addAll(rootsFolders);
    return proxy.build();
  }

  @Override
  public String toString() {
    return "TlsOptions[anyCertificate=" + insecureAnyCertificate + "]";
  }

  /** Collects the options. */
  public static final class Builder {
    private Optional<PemText> onlyRoots = Optional.empty();
    private final List<PemText> moreRoots = new ArrayList<>();
    private Optional<Path> rootsFile = Optional.empty();
    private final List<Path> rootsFolders = new ArrayList<>();
    private Optional<ClientIdentity> clientIdentity = Optional.empty();
    private Optional<String> serverName = Optional.empty();
    private boolean insecureAnyCertificate;

    private Builder() {}

    /**
     * Trusts these certificates and nothing else, as {@code --registry-cacert} does.
     *
     * @param source where they came from, for messages
     */
    public Builder trustOnly(Bytes pem, String source) {
      onlyRoots = Optional.of(new PemText(pem, source));
      return this;
    }

    /** Trusts these certificates beside the others. */
    public Builder trustAlso(Bytes pem, String source) {
      moreRoots.add(new PemText(pem, source));
      return this;
    }

    /**
     * Honours {@code SSL_CERT_FILE} and {@code SSL_CERT_DIR} (folders separated as in {@code
     * PATH}). As with Go programs, either one alone adds to the platform's roots, and both together
     * replace them.
     *
     * @param environment the process environment, read by the caller
     */
    public Builder environment(Map<String, String> environment) {
      String file = environment.getOrDefault("SSL_CERT_FILE", "");
      if (!file.isEmpty()) {
        rootsFile = Optional.of(Path.of(file));
      }
      String folders = environment.getOrDefault("SSL_CERT_DIR", "");
      int start = 0;
      while (start < folders.length()) {
        int end = folders.indexOf(File.pathSeparatorChar, start);
        end = end < 0 ? folders.length() : end;
        if (end > start) {
          rootsFolders.add(Path.of(folders.substring(start, end)));
        }
        start = end + 1;
      }
      return this;
    }

    /**
     * Shows a certificate to servers that ask for one.
     *
     * @param chainPem the certificate and its intermediates
     * @param keyPem an unencrypted PKCS#8, PKCS#1 or SEC 1 key
     */
    public Builder clientIdentity(
        Bytes chainPem, String chainSource, Bytes keyPem, String keySource) {
      clientIdentity =
          Optional.of(
              new ClientIdentity(
                  new PemText(chainPem, chainSource), new PemText(keyPem, keySource)));
      return this;
    }

    /** Checks certificates against this name instead of the host that was asked. */
    public Builder serverName(String name) {
      serverName = Optional.of(name);
      return this;
    }

    /**
     * Accepts whatever certificate comes, for any name. What is transferred can then be read and
     * changed on the way.
     */
    public Builder insecureAnyCertificate() {
      insecureAnyCertificate = true;
      return this;
    }

    public TlsOptions build() {
      return new TlsOptions(this);
    }
  }
}
