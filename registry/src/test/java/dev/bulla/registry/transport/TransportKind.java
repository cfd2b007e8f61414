package dev.bulla.registry.transport;

/** The two ways to speak HTTP. Whatever depends on one is tested on both. */
public enum TransportKind {
  SOCKET {
    @Override
    public HttpTransport create(TlsOptions tls, Proxies proxies) {
      return SocketTransport.create(tls, proxies);
    }
  },
  JDK {
    @Override
    public HttpTransport create(TlsOptions tls, Proxies proxies) {
      return JdkHttpTransport.create(tls, proxies);
    }
  };

  public abstract HttpTransport create(TlsOptions tls, Proxies proxies);

  public HttpTransport create(TlsOptions tls) {
    return create(tls, Proxies.NONE);
  }

  public HttpTransport create() {
    return create(TlsOptions.DEFAULT);
  }
}
