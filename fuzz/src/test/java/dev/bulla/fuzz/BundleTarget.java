package dev.bulla.fuzz;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.Bundle.CertificateChain;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bundle.Bundle.PublicKeyHint;
import dev.bulla.bundle.Bundle.Version;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import java.util.List;

/**
 * {@link BundleJson#parse}: what a version does not allow stays out; what can be written reads
 * back.
 */
final class BundleTarget {

  private BundleTarget() {}

  static boolean accepts(byte[] input) throws MalformedInputException {
    Bundle bundle;
    try {
      bundle = BundleJson.parse(Bytes.of(input));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.that(bundle.logEntries().size() <= Limits.MAX_BUNDLE_PROOFS, "number of log entries");
    Check.that(bundle.timestamps().size() <= Limits.MAX_BUNDLE_PROOFS, "number of timestamps");
    if (bundle.keyMaterial() instanceof CertificateChain chain) {
      int certificates = chain.certificates().size();
      Check.that(
          certificates >= 1 && certificates <= Limits.MAX_BUNDLE_PROOFS, "number of certificates");
      Check.that(
          certificates == 1 || bundle.version() != Version.V0_3, "0.3 has a single certificate");
    }
    for (LogEntry entry : bundle.logEntries()) {
      Check.that(entry.logIndex() >= 0, "no log index is negative");
      Check.that(!entry.canonicalizedBody().isEmpty(), "an entry has a body");
    }
    switch (bundle.content()) {
      case MessageSignature message ->
          Check.that(!message.signature().isEmpty(), "a message signature signs");
      case DsseContent dsse ->
          Check.that(
              dsse.envelope()
                  .signedBytes()
                  .startsWith(
                      Bytes.utf8(
                          "DSSEv1 "
                              + Bytes.utf8(dsse.envelope().payloadType()).size()
                              + " "
                              + dsse.envelope().payloadType())),
              "what is signed names the payload's type");
    }
    if (bundle.keyMaterial() instanceof PublicKeyHint) {
      Bundle writable =
          new Bundle(
              bundle.mediaType(),
              bundle.version(),
              bundle.keyMaterial(),
              List.of(),
              List.of(),
              bundle.content());
      Bytes written = BundleJson.write(writable);
      Bundle again = BundleJson.parse(written);
      Check.equal(writable, again, "what is written reads back");
      Check.equal(written, BundleJson.write(again), "and is written the same again");
    }
    return true;
  }
}
