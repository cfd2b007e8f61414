package dev.bulla;

import dev.bulla.digest.Digest;
import dev.bulla.oci.Repository;
import java.util.List;
import java.util.Optional;

/**
 * Evidence that could go from a repository.
 *
 * @param removals in the order in which they have to happen
 * @param rewrites lists of referrers with entries that lead nowhere
 */
public record OrphanPlan(Repository repository, List<Removal> removals, List<Rewrite> rewrites) {

  /** What kind of evidence it is. */
  public enum Kind {
    SIGNATURES,
    ATTESTATIONS,
    SBOM,
    /** Signatures of cosign v0.1. */
    OLD_SIGNATURES,
    /** The list of referrers under its tag. */
    REFERRERS,
    /** A manifest that names the image as its subject. */
    REFERRER
  }

  /**
   * Something to delete.
   *
   * @param tag absent for what has no tag
   * @param subject whose evidence it is
   * @param root the image whose absence is the reason; another than {@code subject} where that goes
   *     away, too
   * @param untagOnly whether the same manifest is also reached in another way, and so only the tag
   *     may go
   */
  public record Removal(
      Kind kind,
      Optional<String> tag,
      Digest digest,
      Digest subject,
      Digest root,
      boolean untagOnly) {}

  /**
   * A list to mend.
   *
   * @param dead entries that are not there
   */
  public record Rewrite(String tag, Digest subject, List<Digest> dead) {
    public Rewrite {
      dead = List.copyOf(dead);
    }
  }

  public OrphanPlan {
    removals = List.copyOf(removals);
    rewrites = List.copyOf(rewrites);
  }

  public boolean isEmpty() {
    return removals.isEmpty() && rewrites.isEmpty();
  }
}
