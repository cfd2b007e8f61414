package dev.bulla.cli.command;

import dev.bulla.error.BullaException;
import dev.bulla.trust.TrustedRoot;
import dev.bulla.verify.TrustSource;
import org.jspecify.annotations.Nullable;

/**
 * The trusted root of the Sigstore instance that the user trusts. Nobody is asked for it before
 * there is something to check with it, and then once.
 */
final class LiveRoot implements TrustSource {

  private final CommandContext context;
  private final boolean offline;
  private @Nullable TrustedRoot root;
  private @Nullable BullaException failure;

  private LiveRoot(CommandContext context, boolean offline) {
    this.context = context;
    this.offline = offline;
  }

  /**
   * The root of the instance that the environment names.
   *
   * @param offline whether only what is kept counts
   */
  static LiveRoot of(CommandContext context, boolean offline) {
    return new LiveRoot(context, offline);
  }

  /** What tells the instance from others, without asking it. */
  String name() {
    return context.environment().value("TUF_ROOT").orElse("")
        + " "
        + context.environment().value("TUF_MIRROR").orElse("");
  }

  @Override
  public synchronized TrustedRoot root() throws BullaException {
    if (failure != null) {
      throw failure;
    }
    if (root == null) {
      try (InstanceTrust instance = InstanceTrust.of(context, offline)) {
        root = TrustedRoot.parse(instance.material().trustedRoot());
      } catch (BullaException e) {
        failure = e;
        e.hint().ifPresent(context::note);
        throw e;
      }
    }
    return root;
  }
}
