package dev.bulla.sigstore.trust;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.sigstore.tuf.MemoryTufStore;
import dev.bulla.sigstore.tuf.TufClient;
import dev.bulla.sigstore.tuf.TufException;
import dev.bulla.sigstore.tuf.TufException.Reason;
import dev.bulla.sigstore.tuf.TufTargets;
import dev.bulla.trust.TrustedRoot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses an instance: fetches everything from its mirror, starting from a root alone, and only
 * then makes it the one that is trusted. A failure leaves the choice as it was.
 */
public final class Initialization {

  private final TrustSettings settings;
  private final TufMirrors mirrors;

  public Initialization(TrustSettings settings, TufMirrors mirrors) {
    this.settings = settings;
    this.mirrors = mirrors;
  }

  /**
   * Chooses the instance behind a mirror.
   *
   * @param root the first root; its successors are followed
   * @return what a person should know of what the instance lacks, safe to print
   * @throws ConfigurationException when the choice cannot be kept, or the repository holds nothing
   *     that we can use
   * @throws ServiceException when the repository cannot be asked, or was refused
   * @throws MalformedInputException when its trusted root cannot be read
   */
  public List<String> choose(String mirror, Bytes root, Instant now) throws BullaException {
    MemoryTufStore fetched = new MemoryTufStore();
    List<String> warnings = new ArrayList<>();
    TufTargets targets;
    try {
      targets = new TufClient(mirrors.open(mirror), fetched, root).refresh(now);
    } catch (TufException e) {
      throw new ServiceException(
          e.reason() == Reason.UNREACHABLE ? Kind.UNREACHABLE : Kind.BAD_ANSWER,
          "updating local metadata and targets: error updating to TUF remote mirror: "
              + Quoted.plain(mirror)
              + ": "
              + e.getMessage(),
          0,
          "nothing was changed: what was trusted before still is",
          e);
    }
    try {
      targets.target(TrustMaterial.SIGNING_CONFIG);
    } catch (TufException e) {
      warnings.add(
          "Could not fetch signing_config.json from the TUF mirror (encountered error: "
              + e.getMessage()
              + "). It is recommended to use a signing config file rather than provide service URLs"
              + " when signing.");
    }
    trustedRoot(targets);
    TrustHome home = new TrustHome(settings.home());
    home.choose(mirror, root);
    fetched.copyTo(home.store(mirror));
    return warnings;
  }

  private static void trustedRoot(TufTargets targets) throws BullaException {
    Bytes file;
    try {
      file = targets.target(TrustMaterial.TRUSTED_ROOT);
    } catch (TufException e) {
      throw new ConfigurationException(
          "Could not fetch trusted_root.json from the TUF mirror (encountered error: "
              + e.getMessage()
              + ")",
          "the separate keys that older repositories hold instead are not read; a trusted root can"
              + " be made of them with `bulla trusted-root create`");
    }
    TrustedRoot.parse(file);
  }
}
