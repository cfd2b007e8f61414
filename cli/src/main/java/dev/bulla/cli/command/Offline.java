package dev.bulla.cli.command;

import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.keys.KeyFetcher;
import dev.bulla.keys.KeyReference;
import java.io.IOException;

/**
 * {@code verify --offline}: nobody but the registries of the images is talked to, with whom they
 * send us to for tokens and blobs. Whatever else would open a connection asks here first.
 */
final class Offline {

  private Offline() {}

  static boolean isMeant(ParsedFlags flags) {
    return flags.get(VerifyCommand.OFFLINE);
  }

  /** How files are fetched over HTTP: not at all, offline. */
  static KeyFetcher downloads(ParsedFlags flags, CommandContext context) {
    if (!isMeant(flags)) {
      return new KeyDownload(context);
    }
    return (url, maxBytes) -> {
      throw new IOException(
          "not fetched, since --offline asks for no connection but the registry's");
    };
  }

  /**
   * Refuses a key that somebody else has to be asked for. Keys on tokens of this machine are near.
   *
   * @param reference as typed
   */
  static void requireNear(ParsedFlags flags, String reference) throws BullaException {
    if (!isMeant(flags)) {
      return;
    }
    KeyReference parsed = KeyReference.parse(reference);
    boolean near =
        parsed instanceof KeyReference.Managed managed
            ? managed.isOnToken()
            : !(parsed instanceof KeyReference.Stored || parsed instanceof KeyReference.Url);
    if (!near) {
      throw new ConfigurationException(
          "--offline asks for no connection but the registry's, and the key lies elsewhere",
          "fetch the key with `bulla public-key`, or by hand, and name the file");
    }
  }
}
