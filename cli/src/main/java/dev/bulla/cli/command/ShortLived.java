package dev.bulla.cli.command;

import dev.bulla.certificate.Certificate;
import dev.bulla.error.MalformedInputException;
import java.time.Duration;
import java.time.Instant;

/** Certificates that an authority issues for a few minutes. */
final class ShortLived {

  /** Signing, stamping and logging have to be over before the end. */
  private static final Duration MARGIN = Duration.ofMinutes(2);

  /** What lives longer was not made for one signature, and is the user's to renew. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private ShortLived() {}

  /** Whether the certificate, if there is one, has to be replaced before another signature. */
  static boolean isEnding(Signatory signatory) throws MalformedInputException {
    if (signatory.certificates().isEmpty()) {
      return false;
    }
    Certificate leaf = Certificate.parse(signatory.certificates().get(0));
    Duration life = Duration.between(leaf.notBefore(), leaf.notAfter());
    return life.compareTo(LONGEST) <= 0 && Instant.now().plus(MARGIN).isAfter(leaf.notAfter());
  }
}
