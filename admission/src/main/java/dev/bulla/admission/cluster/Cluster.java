package dev.bulla.admission.cluster;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.json.JsonObject;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.kms.k8s.api.ApiServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The API server for as long as the webhook runs. The token of a pod is replaced about every hour,
 * so the connection is made anew every few minutes, and at once when the server no longer knows the
 * caller.
 *
 * <p>Thread-safe.
 */
public final class Cluster implements AutoCloseable {

  private static final Duration FRESH = Duration.ofMinutes(5);

  private final KmsContext context;
  private final Path serviceAccount;
  private final InstantSource clock;
  private @Nullable ApiServer current;

  /** May still be answering. */
  private @Nullable ApiServer previous;

  private Instant opened = Instant.MIN;
  private boolean closed;

  /**
   * Nothing is asked yet.
   *
   * @param context its {@code KUBECONFIG} names the file to use; its time-out is that of a request
   */
  public Cluster(KmsContext context, InstantSource clock) {
    this(context, ApiServer.SERVICE_ACCOUNT, clock);
  }

  Cluster(KmsContext context, Path serviceAccount, InstantSource clock) {
    this.context = context;
    this.serviceAccount = serviceAccount;
    this.clock = clock;
  }

  /**
   * Reads an object.
   *
   * @param path from the server's root, with a slash at its beginning
   * @param right what RBAC calls it, for the message of who may not
   * @return empty when there is none
   */
  public Optional<JsonObject> get(String path, String right) throws KeyException {
    return ask(server -> server.get(path, right));
  }

  /** Makes an object; empty when there is one of that name already. */
  public Optional<JsonObject> createIfAbsent(String collection, JsonObject object, String right)
      throws KeyException {
    return ask(server -> server.createIfAbsent(collection, object, right));
  }

  /** Replaces an object; empty when it is not any more what the resource version in it says. */
  public Optional<JsonObject> replaceIfSame(String path, JsonObject object, String right)
      throws KeyException {
    return ask(server -> server.replaceIfSame(path, object, right));
  }

  /** Changes members of an object; empty as for {@link #replaceIfSame}. */
  public Optional<JsonObject> patchIfSame(String path, JsonObject patch, String right)
      throws KeyException {
    return ask(server -> server.patchIfSame(path, patch, right));
  }

  /** One question to the API server. */
  private interface Question {
    Optional<JsonObject> ask(ApiServer server) throws KeyException;
  }

  private Optional<JsonObject> ask(Question question) throws KeyException {
    ApiServer server = server();
    try {
      return question.ask(server);
    } catch (KeyException e) {
      if (e.problem() != Problem.NOT_AUTHENTICATED) {
        throw e;
      }
      // refused before anything was done, so it may be asked again
      outdated(server);
      return question.ask(server());
    }
  }

  private synchronized ApiServer server() throws KeyException {
    Instant now = clock.instant();
    if (current != null && now.isBefore(opened.plus(FRESH))) {
      return current;
    }
    if (closed) {
      throw new KeyException("the connection to the API server was closed");
    }
    ApiServer server =
        ApiServer.open(
            context,
            serviceAccount,
            new KmsFailures("Kubernetes", "of the cluster", KmsFailures.Subject.OBJECTS));
    if (previous != null) {
      previous.close();
    }
    previous = current;
    current = server;
    opened = now;
    return server;
  }

  private synchronized void outdated(ApiServer server) {
    if (server == current) {
      opened = Instant.MIN;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (current != null) {
      current.close();
    }
    if (previous != null) {
      previous.close();
    }
    current = null;
    previous = null;
  }
}
