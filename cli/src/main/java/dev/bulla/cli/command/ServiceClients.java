package dev.bulla.cli.command;

import dev.bulla.ServiceConnections;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.limits.Limits;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.Proxies;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.sigstore.fulcio.FulcioClient;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.sigstore.oidc.IdentityTokenSource;
import dev.bulla.sigstore.rekor.LogWriter;
import dev.bulla.sigstore.rekor.RekorLookup;
import dev.bulla.sigstore.rekor.RekorV1Client;
import dev.bulla.sigstore.rekor.RekorV2Client;
import dev.bulla.sigstore.tsa.TimestampClient;
import dev.bulla.verify.LogLookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sigstore's services, as the flags and the environment of a line say to reach them. What the line
 * says of its registry is not theirs.
 */
final class ServiceClients implements AutoCloseable {

  /** A log that works in batches answers after its next one. */
  private static final Duration LOG = Duration.ofSeconds(90);

  private static final Duration OTHERS = Duration.ofSeconds(30);

  private final ParsedFlags flags;
  private final CommandContext context;
  private final List<HttpTransport> transports = new ArrayList<>();
  private @Nullable HttpTransport common;

  ServiceClients(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  FulcioClient authority(String url) throws BullaException {
    return new FulcioClient(caller(common(), OTHERS), ServiceUrl.parse(url));
  }

  IdentityTokenSource tokens(SigningChoice choice) throws BullaException {
    return SignIn.source(
        flags,
        context,
        choice.issuer().orElseThrow(),
        choice.source() == SigningChoice.Source.FLAGS,
        caller(common(), OTHERS),
        caller(opened(SocketTransport.create(tls().build(), Proxies.NONE)), OTHERS));
  }

  List<LogWriter> logs(List<SigningChoice.Log> addresses) throws BullaException {
    List<LogWriter> logs = new ArrayList<>();
    for (SigningChoice.Log log : addresses) {
      ServiceCaller caller = caller(common(), LOG);
      ServiceUrl url = ServiceUrl.parse(log.url());
      logs.add(
          log.version() == 1 ? new RekorV1Client(caller, url) : new RekorV2Client(caller, url));
    }
    return logs;
  }

  /** A log that is asked about signatures which come without their entry. */
  LogLookup lookup(ServiceAddress address) {
    ServiceCaller caller = caller(common(), OTHERS);
    return signature ->
        new RekorLookup(new RekorV1Client(caller, address.url())).entries(signature);
  }

  List<TimestampClient> timestampAuthorities(List<String> urls) throws BullaException {
    List<TimestampClient> clients = new ArrayList<>();
    if (urls.isEmpty()) {
      return clients;
    }
    ServiceCaller caller =
        caller(opened(SocketTransport.create(timestampTls(), proxies())), OTHERS);
    for (String url : urls) {
      clients.add(new TimestampClient(caller, ServiceUrl.parse(url)));
    }
    return clients;
  }

  private TlsOptions timestampTls() throws BullaException {
    TlsOptions.Builder tls = tls();
    String roots = flags.get(IdentityFlags.TIMESTAMP_CLIENT_CACERT);
    String certificate = flags.get(IdentityFlags.TIMESTAMP_CLIENT_CERT);
    String key = flags.get(IdentityFlags.TIMESTAMP_CLIENT_KEY);
    String name = flags.get(IdentityFlags.TIMESTAMP_SERVER_NAME);
    if (!roots.isEmpty()) {
      tls.trustOnly(file(IdentityFlags.TIMESTAMP_CLIENT_CACERT, roots), roots);
    }
    if (certificate.isEmpty() != key.isEmpty()) {
      throw new ConfigurationException(
          "--timestamp-client-cert and --timestamp-client-key belong together");
    }
    if (!certificate.isEmpty()) {
      tls.clientIdentity(
          file(IdentityFlags.TIMESTAMP_CLIENT_CERT, certificate),
          certificate,
          file(IdentityFlags.TIMESTAMP_CLIENT_KEY, key),
          key);
    }
    if (!name.isEmpty()) {
      tls.serverName(name);
    }
    return tls.build();
  }

  private Bytes file(Flag<String> flag, String name) throws BullaException {
    try {
      return context.files().read(name, Limits.MAX_KEY_FILE);
    } catch (BullaException e) {
      throw e.in("--" + flag.name());
    }
  }

  private TlsOptions.Builder tls() {
    return TlsOptions.builder().environment(context.environment().asMap());
  }

  private HttpTransport common() {
    if (common == null) {
      common = opened(SocketTransport.create(tls().build(), proxies()));
    }
    return common;
  }

  private Proxies proxies() {
    return Proxies.of(context.environment().asMap());
  }

  private HttpTransport opened(HttpTransport transport) {
    transports.add(transport);
    return transport;
  }

  private ServiceCaller caller(HttpTransport transport, Duration longest) {
    return ServiceCaller.of(
        new ServiceConnections(transport, "bulla/" + Build.ofThisProgram().version()),
        context.timeout().compareTo(longest) < 0 ? context.timeout() : longest);
  }

  @Override
  public void close() {
    transports.forEach(HttpTransport::close);
  }
}
