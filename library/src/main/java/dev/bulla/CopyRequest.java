package dev.bulla;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What to copy beside the image itself, and how.
 *
 * @param evidence the kinds that go along
 * @param tagged whether the target's tag is set; without, image and evidence are there by digest
 * @param platform {@code os/architecture[/variant][:version]}: of an index, only that image
 * @param force whether a target tag that names another image is moved
 */
public record CopyRequest(
    Set<EvidenceKind> evidence, boolean tagged, Optional<String> platform, boolean force) {

  public CopyRequest {
    evidence =
        java.util.Collections.unmodifiableSet(
            evidence.isEmpty() ? EnumSet.noneOf(EvidenceKind.class) : EnumSet.copyOf(evidence));
  }

  /** Everything, to a tag that is free. */
  public static CopyRequest everything() {
    return new CopyRequest(EnumSet.allOf(EvidenceKind.class), true, Optional.empty(), false);
  }

  boolean wants(EvidenceKind kind) {
    return evidence.contains(kind);
  }

  boolean wantsAll() {
    return evidence.size() == EvidenceKind.values().length;
  }
}
