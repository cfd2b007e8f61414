package dev.bulla.cli.command;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.LocalBundle;
import dev.bulla.evidence.LocalSignedPayload;

/** Bundles in files, as the commands under {@code bundle} read and write them. */
final class BundleFiles {

  private BundleFiles() {}

  /** A Sigstore bundle, or what the older format says as one. */
  static Bundle parse(Bytes raw) throws MalformedInputException {
    return LocalSignedPayload.isOne(raw)
        ? LocalBundle.of(LocalSignedPayload.parse(raw))
        : BundleJson.parse(raw);
  }

  /** To the file that was named, for its owner alone, else to stdout with an end of line. */
  static void write(Bytes bundle, String file, CommandContext context) throws BullaException {
    if (file.isEmpty()) {
      context.out().print(bundle);
      context.out().println();
    } else {
      context.files().writePrivate(file, bundle);
    }
  }
}
