package dev.bulla.admission.config;

import dev.bulla.admission.quorum.Quorum;
import java.util.Optional;

/**
 * A rule of the policy.
 *
 * @param pattern which images, as written
 * @param validator who decides
 * @param quorum whose signatures it takes; absent for static validators
 * @param verifyLog whether a transparency log entry is needed
 * @param verifySct whether certificates need a certificate log's promise
 * @param line where it stands in the file
 */
public record RuleConfig(
    String pattern,
    ValidatorConfig validator,
    Optional<Quorum> quorum,
    Mode mode,
    boolean verifyLog,
    boolean verifySct,
    int line) {

  /** What happens to the workload. */
  public enum Mode {
    /** Tags get the verified digest. */
    MUTATE,
    /** Nothing is changed: the tag may mean another image by the time it is pulled. */
    INSECURE_VALIDATE_ONLY
  }
}
