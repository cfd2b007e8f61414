package dev.bulla.admission.verify;

import dev.bulla.ServiceConnections;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.keys.Environment;
import dev.bulla.keys.KeyContext;
import dev.bulla.keys.KeyFetcher;
import dev.bulla.limits.LimitedInput;
import dev.bulla.registry.auth.AmbientCredentials;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.RegistryEnvironment;
import dev.bulla.registry.auth.StoredCredentials;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.Proxies;
import dev.bulla.registry.transport.RequestBody;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.registry.transport.TransportRequest;
import dev.bulla.sigstore.http.ServiceCaller;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What the options say, as the parts of the library want it. */
final class Surroundings {

  static final String USER_AGENT = "bulla-admission";

  private static final Duration REQUEST = Duration.ofSeconds(10);

  private final VerifierOptions options;

  Surroundings(VerifierOptions options) {
    this.options = options;
  }

  VerifierOptions options() {
    return options;
  }

  TlsOptions.Builder tls() {
    return TlsOptions.builder().environment(options.environment());
  }

  Proxies proxies() {
    return Proxies.of(options.environment());
  }

  /**
   * For what the answer to a review depends on: addresses are looked at before they are connected
   * to, and every call is told of. The caller closes it.
   */
  HttpTransport guardedTransport(TlsOptions tls) {
    return new WatchedTransport(
        SocketTransport.create(tls, proxies(), new AddressGuard(options)),
        options.registryListener());
  }

  /** For services that the configuration names, not images. The caller closes it. */
  HttpTransport serviceTransport() {
    return SocketTransport.create(tls().build(), proxies());
  }

  ServiceCaller serviceCaller(HttpTransport transport) {
    return ServiceCaller.of(new ServiceConnections(transport, USER_AGENT), REQUEST);
  }

  private RegistryEnvironment registryEnvironment() {
    return new RegistryEnvironment(options.environment(), options.home());
  }

  CredentialSource stored() {
    return StoredCredentials.in(registryEnvironment());
  }

  CredentialSource ambient() {
    return options
        .clouds()
        .map(lookup -> AmbientCredentials.in(registryEnvironment(), lookup))
        .orElseGet(() -> AmbientCredentials.in(registryEnvironment()));
  }

  /**
   * Where references to keys mean something. Programs are not looked for: a scheme that nobody
   * installed is not a reason to run something.
   */
  KeyContext keys() {
    Environment variables =
        name ->
            name.equals("PATH")
                ? Optional.empty()
                : Optional.ofNullable(options.environment().get(name));
    return new KeyContext(variables, Path.of(""), new Download(), options.notices())
        .withProviders(options.keyProviders())
        .withTimeout(REQUEST);
  }

  /** One GET, no credentials, no redirects. */
  private final class Download implements KeyFetcher {
    @Override
    public Answer get(URI url, long maxBytes) throws IOException {
      try (HttpTransport transport = serviceTransport()) {
        return transport.exchange(
            new TransportRequest(
                "GET", HttpUrl.parse(url.toString()), Headers.NONE, RequestBody.NONE, REQUEST),
            response ->
                new Answer(
                    response.status(),
                    response.status() / 100 == 2
                        ? LimitedInput.readAll(response.body(), maxBytes, "key")
                        : Bytes.EMPTY));
      } catch (BullaException e) {
        throw new IOException(e.message(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }
}
