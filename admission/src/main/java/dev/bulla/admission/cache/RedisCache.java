package dev.bulla.admission.cache;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.Pem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Redis, or something that speaks like it, as the memory that replicas share. What cannot be asked
 * in time remembers nothing, and is then left alone for a few seconds, so that no request waits for
 * a server that is down.
 */
public final class RedisCache implements SharedCache {

  private static final String PREFIX = "bulla:verdict:";
  private static final int MAX_KEPT = 16;
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final RedisOptions options;
  private final @Nullable SSLContext tls;
  private final InstantSource clock;
  private final Consumer<String> notices;
  private final Deque<RedisConnection> kept = new ArrayDeque<>();
  private Instant notBefore = Instant.MIN;
  private Optional<Instant> answered = Optional.empty();
  private Optional<Instant> failed = Optional.empty();
  private boolean closed;

  /**
   * How it went lately.
   *
   * @param answered when it last answered
   * @param failed when it last did not
   */
  public record State(Optional<Instant> answered, Optional<Instant> failed) {

    /** Whether it did not answer when it was last asked. */
    public boolean isFailing() {
      return failed.isPresent() && (answered.isEmpty() || answered.get().isBefore(failed.get()));
    }
  }

  private RedisCache(
      RedisOptions options,
      @Nullable SSLContext tls,
      InstantSource clock,
      Consumer<String> notices) {
    this.options = options;
    this.tls = tls;
    this.clock = clock;
    this.notices = notices;
  }

  /**
   * A cache there. Asks nobody yet.
   *
   * @param notices takes what a person should know although all is well: one line each
   * @throws ConfigurationException when the authority is none
   */
  public static RedisCache at(RedisOptions options, InstantSource clock, Consumer<String> notices)
      throws ConfigurationException {
    return new RedisCache(options, options.tls() ? context(options) : null, clock, notices);
  }

  private static SSLContext context(RedisOptions options) throws ConfigurationException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      if (options.authority().isEmpty()) {
        context.init(null, null, null);
        return context;
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int number = 0;
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Pem block : Pem.parseAll(options.authority().get(), "the certificate for Redis")) {
        store.setCertificateEntry(
            Integer.toString(number++),
            factory.generateCertificate(block.content().newInputStream()));
      }
      if (number == 0) {
        throw new MalformedInputException(
            "the certificate for Redis", "no certificate in PEM form");
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException | MalformedInputException e) {
      throw new ConfigurationException("the certificate for Redis cannot be used", e);
    }
  }

  @Override
  public Optional<Bytes> get(String key, Duration within) {
    return ask(within, Bytes.utf8("GET"), Bytes.utf8(PREFIX + key));
  }

  @Override
  public void put(String key, Bytes value, Duration life) {
    Optional<Bytes> nothing =
        ask(
            options.patience(),
            Bytes.utf8("SET"),
            Bytes.utf8(PREFIX + key),
            value,
            Bytes.utf8("PX"),
            Bytes.utf8(Long.toString(Math.max(1, life.toMillis()))));
    if (nothing.isPresent()) {
      fail(new IOException("an answer where none was expected"));
    }
  }

  private Optional<Bytes> ask(Duration within, Bytes... words) {
    if (isPaused()) {
      return Optional.empty();
    }
    Duration most = within.compareTo(options.patience()) < 0 ? within : options.patience();
    RedisConnection known = take();
    if (known != null) {
      try {
        return asked(known, most, words);
      } catch (IOException e) {
        // kept too long: the server may have ended it, or have been started anew
      }
    }
    try {
      return asked(RedisConnection.open(options, tls, most), most, words);
    } catch (IOException e) {
      fail(e);
      return Optional.empty();
    }
  }

  private Optional<Bytes> asked(RedisConnection connection, Duration most, Bytes... words)
      throws IOException {
    boolean done = false;
    try {
      Optional<Bytes> answer = connection.ask(most, words);
      done = true;
      return answer;
    } finally {
      if (!done || !keep(connection)) {
        connection.close();
      }
    }
  }

  private synchronized boolean isPaused() {
    return closed || clock.instant().isBefore(notBefore);
  }

  private synchronized @Nullable RedisConnection take() {
    return kept.pollFirst();
  }

  /** How it went lately. */
  public synchronized State state() {
    return new State(answered, failed);
  }

  private synchronized boolean keep(RedisConnection connection) {
    answered = Optional.of(clock.instant());
    if (closed || kept.size() == MAX_KEPT) {
      return false;
    }
    kept.addFirst(connection);
    return true;
  }

  private void fail(IOException e) {
    synchronized (this) {
      if (isPaused()) {
        return;
      }
      failed = Optional.of(clock.instant());
      notBefore = failed.get().plus(PAUSE);
    }
    notices.accept(
        "the shared cache at "
            + options
            + " is not reached ("
            + e.getClass().getSimpleName()
            + "); every replica remembers for itself");
  }

  @Override
  public void close() {
    Deque<RedisConnection> all;
    synchronized (this) {
      closed = true;
      all = new ArrayDeque<>(kept);
      kept.clear();
    }
    for (RedisConnection connection : all) {
      try {
        connection.close();
      } catch (IOException e) {
        // a socket that does not close is closed
      }
    }
  }
}
