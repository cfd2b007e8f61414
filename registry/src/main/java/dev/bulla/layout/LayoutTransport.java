package dev.bulla.layout;

import dev.bulla.error.BullaException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.Origin;
import dev.bulla.registry.transport.ResponseReader;
import dev.bulla.registry.transport.TransportRequest;
import dev.bulla.registry.transport.TransportResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets a registry client work with folders. Each folder becomes a repository on a host of its own,
 * whose name ends in {@code .invalid} and so is nobody's (RFC 2606); requests to such a host are
 * answered here, all others go on to the network.
 *
 * <pre>{@code
 * LayoutTransport layouts = LayoutTransport.over(network);
 * RegistryClient client = RegistryClient.builder(layouts).build();
 * Repository saved = layouts.add(OciLayout.open(Path.of("saved"), "saved"));
 * }</pre>
 *
 * <p>Safe for use by many threads at once.
 */
public final class LayoutTransport implements HttpTransport {

  private static final String SUFFIX = ".layout.invalid";

  private final HttpTransport network;
  private final Map<String, LayoutServer> servers = new ConcurrentHashMap<>();
  private final Map<Repository, OciLayout> layouts = new ConcurrentHashMap<>();
  private final AtomicInteger number = new AtomicInteger();

  private LayoutTransport(HttpTransport network) {
    this.network = network;
  }

  /**
   * No folders yet.
   *
   * @param network for everything else; closed with this
   */
  public static LayoutTransport over(HttpTransport network) {
    return new LayoutTransport(network);
  }

  /** Makes a folder a repository. */
  public Repository add(OciLayout layout) {
    // a name that no earlier run had: what a cache knows of it would be of another folder
    String run = UUID.randomUUID().toString().substring(0, 8);
    String host = "oci-" + number.incrementAndGet() + "-" + run + SUFFIX;
    Repository repository = new Repository(host, "layout");
    servers.put(host, new LayoutServer(layout, repository.path()));
    layouts.put(repository, layout);
    return repository;
  }

  /** Whether a repository stands for a folder. */
  public static boolean isFolder(Repository repository) {
    return repository.registry().endsWith(SUFFIX);
  }

  /** The folder behind a repository. */
  public Optional<OciLayout> behind(Repository repository) {
    return Optional.ofNullable(layouts.get(repository));
  }

  /** A text with the names of folders in place of those that stand for them. */
  public String readable(String text) {
    String readable = text;
    for (Map.Entry<Repository, OciLayout> entry : layouts.entrySet()) {
      readable = readable.replace(entry.getKey().toString(), "oci:" + entry.getValue().shown());
    }
    return readable;
  }

  @Override
  public Thread.Builder threads() {
    return network.threads();
  }

  @Override
  public <T> T exchange(TransportRequest request, ResponseReader<T> reader)
      throws IOException, BullaException, InterruptedException {
    LayoutServer server = servers.get(request.url().origin().host());
    if (server == null) {
      return network.exchange(request, reader);
    }
    TransportResponse answer = server.answer(request);
    try (InputStream body = answer.body()) {
      return reader.read(
          new TransportResponse(answer.status(), answer.headers(), answer.announcedLength(), body));
    }
  }

  @Override
  public void prepare(Origin origin, Duration timeout) {
    if (!servers.containsKey(origin.host())) {
      network.prepare(origin, timeout);
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
