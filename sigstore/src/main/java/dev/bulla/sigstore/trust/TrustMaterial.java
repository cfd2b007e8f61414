package dev.bulla.sigstore.trust;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.tuf.RootFacts;
import dev.bulla.sigstore.tuf.TufClient;
import dev.bulla.sigstore.tuf.TufException;
import dev.bulla.sigstore.tuf.TufException.Reason;
import dev.bulla.sigstore.tuf.TufTargets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands out what the chosen Sigstore instance says of itself. Nothing is read or asked before the
 * first question; the repository is asked once for all questions.
 *
 * <p>Every run asks the mirror whether there is something newer. A mirror that cannot be reached is
 * no failure as long as nothing that is kept has expired; the notice says so. Everything else that
 * a mirror does wrong is one: kept material is not used in place of material that was refused.
 *
 * <p>For use by several threads. Processes that start together with nothing kept do not disturb
 * each other, and a home that cannot be written to costs requests only.
 */
public final class TrustMaterial {

  /** The name of the trusted root in every repository. */
  public static final String TRUSTED_ROOT = "trusted_root.json";

  /** The name of the signing configuration in every repository. */
  public static final String SIGNING_CONFIG = "signing_config.v0.2.json";

  /** The signing configuration that names logs of the second generation. */
  public static final String SIGNING_CONFIG_REKOR_V2 = "signing_config_rekor_v2.v0.2.json";

  private static final String HINT =
      "`bulla initialize` fetches it where there is a network; TUF_ROOT names the folder to take"
          + " along. A trusted root may also come from a file, with --trusted-root";

  /** A first root, and the instance it was released for when it came with the program. */
  private record Anchor(Bytes root, Optional<KnownInstance> ofRelease) {}

  private final TrustSettings settings;
  private final TrustHome home;
  private final TufMirrors mirrors;
  private final InstantSource clock;
  private final Consumer<String> notices;
  private @Nullable String mirror;
  private @Nullable Anchor anchor;
  private @Nullable TufTargets targets;

  /**
   * @param notices takes what a person should know although all is well: one line each, safe to
   *     print
   */
  public TrustMaterial(
      TrustSettings settings, TufMirrors mirrors, InstantSource clock, Consumer<String> notices) {
    this.settings = settings;
    this.home = new TrustHome(settings.home());
    this.mirrors = mirrors;
    this.clock = clock;
    this.notices = notices;
  }

  /**
   * The {@code trusted_root.json} of the instance, as it was signed; still to be parsed.
   *
   * @throws ConfigurationException when the choice of the instance cannot be read, or lacks a root
   * @throws ServiceException when it cannot be had, or was refused
   */
  public synchronized Bytes trustedRoot() throws BullaException {
    open();
    try {
      return refreshed().target(TRUSTED_ROOT);
    } catch (TufException e) {
      Optional<Bytes> released = ofRelease(e);
      if (released.isPresent()) {
        return released.get();
      }
      throw failure("error getting live trusted root", e);
    }
  }

  /**
   * The {@code signing_config.v0.2.json} of the instance, as it was signed; still to be parsed.
   *
   * @throws ConfigurationException when the choice of the instance cannot be read, or lacks a root
   * @throws ServiceException when it cannot be had, or was refused
   */
  public synchronized Bytes signingConfig() throws BullaException {
    return signingConfig(SIGNING_CONFIG);
  }

  /** As {@link #signingConfig()}, for a configuration under another name. */
  public synchronized Bytes signingConfig(String name) throws BullaException {
    open();
    try {
      return refreshed().target(name);
    } catch (TufException e) {
      throw failure("error getting signing config from TUF", e);
    }
  }

  /** Settles which instance it is. */
  private void open() throws BullaException {
    if (anchor != null) {
      return;
    }
    try {
      String chosen = chosenMirror();
      anchor = anchor(chosen);
      mirror = chosen;
    } catch (ConfigurationException e) {
      throw e.in("error setting TUF options");
    }
  }

  private String chosenMirror() throws ConfigurationException {
    if (settings.mirror().isPresent()) {
      return settings.mirror().get();
    }
    return home.mirror().orElse(KnownInstance.PUBLIC_GOOD.mirror());
  }

  /** The root of the release is for the instance it came from, and for no other. */
  private Anchor anchor(String chosen) throws ConfigurationException {
    boolean publicGood = chosen.equals(KnownInstance.PUBLIC_GOOD.mirror());
    if (!publicGood && settings.rootFile().isPresent()) {
      return new Anchor(file(settings.rootFile().get()), Optional.empty());
    }
    Optional<Bytes> own = home.root(chosen);
    if (own.isPresent()) {
      return new Anchor(own.get(), Optional.empty());
    }
    for (KnownInstance known : KnownInstance.values()) {
      if (chosen.equals(known.mirror())) {
        return new Anchor(known.root(), Optional.of(known));
      }
    }
    throw new ConfigurationException(
        "error setting root: could not find cached root.json",
        "name the repository's first root with TUF_ROOT_JSON, or run `bulla initialize --mirror "
            + Quoted.plain(chosen)
            + " --root FILE`");
  }

  private static Bytes file(Path file) throws ConfigurationException {
    try (InputStream in = Files.newInputStream(file)) {
      return LimitedInput.readAll(in, Limits.MAX_KEY_FILE, "TUF_ROOT_JSON");
    } catch (IOException | MalformedInputException e) {
      throw new ConfigurationException(
          "error setting root: error reading root.json given by TUF_ROOT_JSON", e);
    }
  }

  private TufTargets refreshed() throws TufException, ConfigurationException {
    if (targets == null) {
      targets = refresh(opened(mirror), opened(anchor));
    }
    return targets;
  }

  private TufTargets refresh(String from, Anchor first)
      throws TufException, ConfigurationException {
    Instant now = clock.instant();
    TufClient client = new TufClient(mirrors.open(from), home.store(from), first.root());
    if (settings.offline()) {
      return client.kept(now);
    }
    try {
      return client.refresh(now);
    } catch (TufException e) {
      if (e.reason() != Reason.UNREACHABLE) {
        throw e;
      }
      TufTargets kept = keptInstead(client, now, e);
      notices.accept(
          "trust material could not be renewed ("
              + e.getMessage()
              + "); what was kept is used, until it expires");
      return kept;
    }
  }

  private static TufTargets keptInstead(TufClient client, Instant now, TufException failure)
      throws TufException {
    try {
      return client.kept(now);
    } catch (TufException e) {
      failure.addSuppressed(e);
      throw failure;
    }
  }

  /**
   * The trusted root of this release, for the public instance, offline, with nothing kept, and only
   * as long as the TUF root it came with is valid: what has expired vouches for nothing.
   */
  private Optional<Bytes> ofRelease(TufException failure) throws ServiceException {
    Optional<KnownInstance> known = opened(anchor).ofRelease();
    if (!settings.offline() || failure.reason() != Reason.MISSING || known.isEmpty()) {
      return Optional.empty();
    }
    Optional<Bytes> released = known.get().trustedRoot();
    if (released.isEmpty()) {
      return released;
    }
    try {
      Instant end = RootFacts.read(known.get().root()).expires();
      if (clock.instant().isBefore(end)) {
        notices.accept(
            "offline, and nothing was fetched before: the trusted root is the one of this release,"
                + " which counts until "
                + end);
        return released;
      }
      throw new ServiceException(
          Kind.UNREACHABLE,
          "error getting live trusted root: offline, and nothing was fetched before; the trusted"
              + " root of this release counted until "
              + end,
          0,
          HINT,
          failure);
    } catch (TufException e) {
      throw failure("error getting live trusted root", e);
    }
  }

  private ServiceException failure(String doing, TufException e) {
    String from = settings.offline() ? "kept of " : "";
    return new ServiceException(
        e.reason() == Reason.UNREACHABLE ? Kind.UNREACHABLE : Kind.BAD_ANSWER,
        doing + ": " + from + Quoted.plain(opened(mirror)) + ": " + e.getMessage(),
        0,
        HINT,
        e);
  }

  private static <T> T opened(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("asked before it was opened");
    }
    return value;
  }
}
