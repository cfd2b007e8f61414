package dev.bulla.cli.command;

import dev.bulla.ServiceConnections;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.terminal.Environment;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.limits.Limits;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.Proxies;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.sigstore.trust.Initialization;
import dev.bulla.sigstore.trust.TrustMaterial;
import dev.bulla.sigstore.trust.TrustSettings;
import dev.bulla.sigstore.trust.TufMirrors;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The Sigstore instance that this user trusts, as the environment says: {@code TUF_ROOT}, {@code
 * TUF_MIRROR}, {@code TUF_ROOT_JSON}. Asks nobody before {@link #material()} is asked.
 */
final class InstanceTrust implements AutoCloseable {

  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final HttpTransport transport;
  private final ServiceCaller caller;
  private final TufMirrors mirrors;
  private final TrustSettings settings;
  private final TrustMaterial material;

  private InstanceTrust(HttpTransport transport, CommandContext context, TrustSettings settings) {
    this.transport = transport;
    this.settings = settings;
    this.caller =
        ServiceCaller.of(
            new ServiceConnections(transport, "bulla/" + Build.ofThisProgram().version()),
            context.timeout().compareTo(LONGEST) < 0 ? context.timeout() : LONGEST);
    this.mirrors = TufMirrors.of(() -> caller);
    this.material = new TrustMaterial(settings, mirrors, InstantSource.system(), context::note);
  }

  /**
   * The instance of this user.
   *
   * @param offline whether only what is kept counts
   */
  static InstanceTrust of(CommandContext context, boolean offline) throws BullaException {
    Environment environment = context.environment();
    Optional<String> rootFile = environment.value("TUF_ROOT_JSON");
    HttpTransport transport =
        SocketTransport.create(
            TlsOptions.builder().environment(environment.asMap()).build(),
            Proxies.of(environment.asMap()));
    return new InstanceTrust(
        transport,
        context,
        new TrustSettings(
            home(context),
            environment.value("TUF_MIRROR"),
            rootFile.isPresent()
                ? Optional.of(context.files().resolve(rootFile.get()))
                : Optional.empty(),
            offline));
  }

  private static Path home(CommandContext context) throws ConfigurationException {
    Optional<String> chosen = context.environment().value("TUF_ROOT");
    if (chosen.isPresent()) {
      return context.files().resolve(chosen.get());
    }
    // cosign takes the folder it is in where there is no home
    Path home = context.files().resolve(context.environment().value("HOME").orElse(""));
    return home.resolve(".sigstore").resolve("root");
  }

  /** What the instance says of itself, fetched once for this object. */
  TrustMaterial material() {
    return material;
  }

  /** For choosing another instance. */
  Initialization initialization() {
    return new Initialization(settings, mirrors);
  }

  /** A small file from anywhere. */
  Bytes download(String url) throws BullaException {
    return caller.call(ServiceRequest.get(ServiceUrl.parse(url), Limits.MAX_KEY_FILE)).body();
  }

  @Override
  public void close() {
    transport.close();
  }
}
