package dev.bulla.registry.transport;

/** The two ways to speak HTTP. Whatever depends on one is tested on both. */
public enum TransportKind {
  SOCKET {
    @Override
    public HttpTransport create(TlsOptions tls) {
      return SocketTransport.create(tls);
    }
  },
  JDK {
    @Override
    public HttpTransport create(TlsOptions tls) {
      return JdkHttpTransport.create(tls);
    }
  };

  public abstract HttpTransport create(TlsOptions tls);

  public HttpTransport create() {
    return create(TlsOptions.DEFAULT);
  }
}
