package dev.bulla.cli.command;

import dev.bulla.SigningTarget;
import dev.bulla.StoredSignature;
import java.util.List;

/**
 * What became of one manifest.
 *
 * @param signer as lists name signers
 * @param written false when it had the signature already
 * @param stored signatures that were seen in the registry; only where somebody asked for that
 */
record SigningResult(
    SigningTarget target, String signer, boolean written, List<StoredSignature> stored) {

  SigningResult {
    stored = List.copyOf(stored);
  }
}
