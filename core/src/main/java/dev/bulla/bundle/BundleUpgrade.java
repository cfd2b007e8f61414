package dev.bulla.bundle;

import dev.bulla.bundle.Bundle.CertificateChain;
import dev.bulla.bundle.Bundle.KeyMaterial;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bundle.Bundle.Version;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings a bundle to the version that is written today. */
public final class BundleUpgrade {

  /** Where an inclusion proof comes from that a bundle does not hold. */
  public interface ProofSource {
    /**
     * The same entry, with its proof.
     *
     * @throws BullaException when the log cannot be asked
     */
    LogEntry withProof(LogEntry entry) throws BullaException;
  }

  private BundleUpgrade() {}

  /**
   * The bundle in today's version: with the signer's certificate alone, and a proof for each entry.
   *
   * @throws BullaException what the source throws
   * @throws MalformedInputException when the source has another entry, or no proof
   */
  public static Bundle upgrade(Bundle bundle, ProofSource proofs) throws BullaException {
    if (bundle.version() == Version.V0_3) {
      return bundle;
    }
    KeyMaterial material = bundle.keyMaterial();
    if (material instanceof CertificateChain chain) {
      material = new CertificateChain(List.of(chain.certificates().get(0)));
    }
    List<LogEntry> entries = new ArrayList<>(bundle.logEntries().size());
    for (LogEntry entry : bundle.logEntries()) {
      entries.add(entry.inclusionProof().isPresent() ? entry : proven(entry, proofs));
    }
    return new Bundle(
        BundleJson.MEDIA_TYPE,
        Version.V0_3,
        material,
        entries,
        bundle.timestamps(),
        bundle.content());
  }

  /**
   * The entry with its proof. What a log answers replaces nothing that the entry already says.
   *
   * @throws BullaException what the source throws
   * @throws MalformedInputException when the source has another entry, or no proof
   */
  public static LogEntry proven(LogEntry entry, ProofSource proofs) throws BullaException {
    LogEntry found = proofs.withProof(entry);
    if (found.logIndex() != entry.logIndex()
        || !found.logId().equals(entry.logId())
        || !found.canonicalizedBody().equals(entry.canonicalizedBody())) {
      throw new MalformedInputException(
          "transparency log", "has another entry at index " + entry.logIndex());
    }
    if (found.inclusionProof().isEmpty()) {
      throw new MalformedInputException(
          "transparency log", "has no inclusion proof for index " + entry.logIndex());
    }
    return new LogEntry(
        entry.logIndex(),
        entry.logId(),
        entry.kind(),
        entry.version(),
        entry.integratedTime(),
        entry.inclusionPromise(),
        Optional.of(found.inclusionProof().get()),
        entry.canonicalizedBody());
  }
}
