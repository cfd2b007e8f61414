package dev.bulla.admission.tls;

import dev.bulla.admission.cluster.Cluster;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.keys.kms.KmsFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Certificates that the replicas of the webhook make themselves. They share them by a secret, whose
 * resource version decides who was first, and publish their authorities in the {@code caBundle} of
 * their own configurations. A certificate is served once the API server was told of its authority.
 *
 * <p>Each look reads the configurations first and the secret after them: who would put back an
 * older {@code caBundle} has read the configuration before it was changed, and is refused by its
 * resource version.
 */
public final class ClusterIssued implements AutoCloseable {

  /** Replicas that start together meet; more than this is left to the next look. */
  private static final int ATTEMPTS = 5;

  private final IssuedOptions options;
  private final Cluster cluster;
  private final SelfIssued authority;
  private final InstantSource clock;
  private final Consumer<String> news;
  private final Consumer<String> failures;
  private final Path folder;
  private final CountDownLatch end = new CountDownLatch(1);
  private Bytes served = Bytes.EMPTY;
  private volatile List<String> missing = List.of();
  private String told = "";

  private ClusterIssued(
      IssuedOptions options,
      Cluster cluster,
      InstantSource clock,
      Consumer<String> news,
      Consumer<String> failures)
      throws IOException {
    this.options = options;
    this.cluster = cluster;
    this.authority = new SelfIssued(options.names(), options.overlap());
    this.clock = clock;
    this.news = news;
    this.failures = failures;
    this.folder = Files.createTempDirectory("bulla-tls");
  }

  /**
   * Has a certificate when this returns.
   *
   * @param news takes one line for each change
   * @param failures takes one line for each reason that stands in the way of a renewal, once
   * @throws BullaException when the API server cannot be asked, or refuses, or other replicas never
   *     leave time for a change
   */
  public static ClusterIssued start(
      IssuedOptions options,
      Cluster cluster,
      InstantSource clock,
      Consumer<String> news,
      Consumer<String> failures)
      throws BullaException, IOException {
    ClusterIssued issued = new ClusterIssued(options, cluster, clock, news, failures);
    boolean started = false;
    try {
      issued.look();
      started = true;
      return issued;
    } finally {
      if (!started) {
        issued.close();
      }
    }
  }

  /** Goes on looking whether something is to be renewed, or was by another replica. */
  public void watch(Duration every) {
    Thread.ofPlatform().daemon().name("bulla-certificates").start(() -> run(every.toNanos()));
  }

  private void run(long nanos) {
    try {
      while (!end.await(nanos, TimeUnit.NANOSECONDS)) {
        // as a task, so that whatever goes wrong inside is told and not the end of looking
        FutureTask<Boolean> look =
            new FutureTask<>(() -> {
              look();
              return true;
            });
        look.run();
        String why = look.state() == Future.State.SUCCESS ? "" : reason(look.exceptionNow());
        if (!why.isEmpty() && !why.equals(told)) {
          failures.accept("the certificate is not looked after: " + why);
        }
        told = why;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String reason(Throwable e) {
    return e instanceof BullaException ours ? ours.message() : String.valueOf(e.getMessage());
  }

  /** The chain and its key in one file, which is there whole or not at all. */
  public Path identity() {
    return folder.resolve("identity.pem");
  }

  /** The configurations that were not there at the last look, as the flags name them. */
  public List<String> missing() {
    return missing;
  }

  /** Looks once, and does what is to be done. */
  void look() throws BullaException, IOException {
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (tryOnce(clock.instant())) {
          return;
        }
      }
      throw new ConfigurationException(
          "--self-issued-tls: other replicas change the secret or the registration all the time");
    } catch (KeyException e) {
      throw KmsFailures.asConfiguration(e);
    } catch (MalformedInputException | GeneralSecurityException e) {
      throw new ConfigurationException("the self-issued certificates cannot be used", e);
    }
  }

  /** Whether nobody else came between. */
  private boolean tryOnce(Instant now)
      throws BullaException, IOException, GeneralSecurityException {
    List<PublishedAuthorities> published = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    for (IssuedOptions.Registration registration : options.registrations()) {
      PublishedAuthorities.read(cluster, registration)
          .ifPresentOrElse(published::add, () -> absent.add(registration.flag()));
    }
    tell(absent);
    IssuedSecret secret = IssuedSecret.read(cluster, options);
    Map<String, Bytes> held = secret.members();
    Map<String, Bytes> members =
        authority.renewed(held, now, next -> published.stream().allMatch(one -> one.contain(next)));
    if (!members.equals(held)) {
      if (!secret.store(cluster, members)) {
        return false;
      }
      news.accept("certificates renewed in secret " + options.namespace() + "/" + options.secret());
    }
    List<X509Certificate> authorities = SelfIssued.authorities(members);
    List<PublishedAuthorities> after = new ArrayList<>();
    for (PublishedAuthorities one : published) {
      Optional<PublishedAuthorities> changed = one.publish(cluster, authorities, now);
      if (changed.isEmpty()) {
        return false;
      }
      after.add(changed.get());
    }
    serve(members, authorities, after);
    return true;
  }

  /** Each once, until it has come or gone. Where none is there, nobody asks this webhook at all. */
  private void tell(List<String> absent) {
    boolean isAlone = absent.size() == options.registrations().size();
    for (String one : absent) {
      if (!missing.contains(one)) {
        (isAlone ? failures : news)
            .accept(
                "registration "
                    + one
                    + " is not there: nobody asks because of it; its caBundle is kept once it is");
      }
    }
    for (String one : missing) {
      if (!absent.contains(one)) {
        news.accept("registration " + one + " is there now, and its caBundle is kept");
      }
    }
    missing = List.copyOf(absent);
  }

  /** Unless somebody who asks does not know the authority. */
  private void serve(
      Map<String, Bytes> members,
      List<X509Certificate> authorities,
      List<PublishedAuthorities> published)
      throws IOException, MalformedInputException {
    Bytes certificate = members.getOrDefault(SelfIssued.CERTIFICATE, Bytes.EMPTY);
    X509Certificate leaf = ServerIdentity.certificates(certificate, SelfIssued.CERTIFICATE).get(0);
    boolean isKnown =
        authorities.stream()
            .filter(one -> SelfIssued.isBy(leaf, one))
            .anyMatch(one -> published.stream().allMatch(bundle -> bundle.contain(one)));
    Bytes identity = Bytes.concat(certificate, members.getOrDefault(SelfIssued.KEY, Bytes.EMPTY));
    if (!isKnown || identity.equals(served)) {
      return;
    }
    Path fresh = folder.resolve("identity.new");
    Files.deleteIfExists(fresh);
    if (fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.write(fresh, identity.toByteArray());
    Files.move(
        fresh, identity(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    served = identity;
  }

  /** Takes the key away. */
  @Override
  public void close() {
    end.countDown();
    try {
      Files.deleteIfExists(identity());
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      failures.accept("the key stays in " + folder);
    }
  }
}
