package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.keys.KeyFetcher;
import dev.bulla.limits.LimitedInput;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.Proxies;
import dev.bulla.registry.transport.RequestBody;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.registry.transport.TransportRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Fetches keys by HTTP: one GET, no credentials, no redirects, the system's authorities. */
final class KeyDownload implements KeyFetcher {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final CommandContext context;

  KeyDownload(CommandContext context) {
    this.context = context;
  }

  @Override
  public Answer get(URI url, long maxBytes) throws IOException {
    try (HttpTransport transport =
        SocketTransport.create(
            TlsOptions.builder().environment(context.environment().asMap()).build(),
            Proxies.of(context.environment().asMap()))) {
      return transport.exchange(
          new TransportRequest(
              "GET", HttpUrl.parse(url.toString()), Headers.NONE, RequestBody.NONE, TIMEOUT),
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
