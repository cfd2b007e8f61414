package dev.bulla.registry;

import dev.bulla.registry.auth.CredentialAnswer;
import dev.bulla.registry.auth.Scopes;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.Origin;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What a client has learned about one registry, and holds for it. Lives as long as the client. */
final class HostState {

  /** How the registry wants to be shown credentials. */
  sealed interface Scheme {}

  /** Name and password with every request. */
  record BasicScheme() implements Scheme {}

  /**
   * A token from a token service.
   *
   * @param service as the registry calls itself there, or empty
   */
  record BearerScheme(HttpUrl realm, String service) implements Scheme {}

  /**
   * A bearer token.
   *
   * @param scopes what was asked for
   * @param goodUntil on the clock of {@link Pace#nanoTime()}
   */
  record Token(String value, Scopes scopes, BearerScheme scheme, long goodUntil) {
    @Override
    public String toString() {
      return "Token[" + scopes + "]";
    }
  }

  private final String registry;
  private volatile @Nullable Origin origin;
  private volatile @Nullable Scheme scheme;
  private volatile boolean refusesSinglePost;
  private volatile boolean refusesChunks;
  private final AtomicInteger hangUps = new AtomicInteger();

  /** What is asked, and what is changed, each by itself. */
  final Concurrency reading = new Concurrency();

  final Concurrency writing = new Concurrency();

  final RetryAllowance retries = new RetryAllowance();

  /** By the resource that a request needs. */
  final Map<String, Token> tokens = new ConcurrentHashMap<>();

  /**
   * By the resource that a request needs: one request for a token at a time, the others use its
   * result.
   */
  final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  /** By repository path. */
  final Map<String, CredentialAnswer> credentials = new ConcurrentHashMap<>();

  HostState(String registry) {
    this.registry = registry;
  }

  /** As written in references. */
  String registry() {
    return registry;
  }

  /** Scheme, host and port, once an answer has settled the scheme. */
  @Nullable Origin origin() {
    return origin;
  }

  void settle(Origin settled) {
    origin = settled;
  }

  @Nullable Scheme scheme() {
    return scheme;
  }

  void setScheme(Scheme learned) {
    scheme = learned;
  }

  /**
   * Whether to find out if a port that hangs up on plain HTTP speaks TLS: the second time that it
   * does, and never again. Once may be an accident.
   */
  boolean mayProbeForTls() {
    return hangUps.incrementAndGet() == 2;
  }

  /** Whether the registry has ignored the body of an upload in one request. */
  boolean refusesSinglePost() {
    return refusesSinglePost;
  }

  void noteRefusesSinglePost() {
    refusesSinglePost = true;
  }

  /** Whether the registry takes a blob only in one piece. */
  boolean refusesChunks() {
    return refusesChunks;
  }

  void noteRefusesChunks() {
    refusesChunks = true;
  }
}
