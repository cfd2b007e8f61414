package dev.bulla;

import dev.bulla.OrphanPlan.Kind;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tag that says whose evidence it holds: {@code sha256-<hex>}, {@code .sig}, {@code .att}, {@code
 * .sbom} or {@code .cosign} behind it, and then perhaps the number of a shard or the key of a
 * journal entry.
 */
record EvidenceTagName(Kind kind, Digest subject) {

  private static final Pattern SHAPE =
      Pattern.compile(
          "(sha256|sha384|sha512)-([0-9a-f]{64,128})(?:\\.(sig|att|sbom|cosign))?(?:-(?:[0-9]{1,6}|[0-9a-f]{16}))?");

  static Optional<EvidenceTagName> parse(String tag, String prefix) {
    boolean prefixed = !prefix.isEmpty() && tag.startsWith(prefix);
    Matcher shape = SHAPE.matcher(prefixed ? tag.substring(prefix.length()) : tag);
    if (!shape.matches()) {
      return Optional.empty();
    }
    Kind kind =
        switch (shape.group(3) == null ? "" : shape.group(3)) {
          case "sig" -> Kind.SIGNATURES;
          case "att" -> Kind.ATTESTATIONS;
          case "sbom" -> Kind.SBOM;
          case "cosign" -> Kind.OLD_SIGNATURES;
          default -> Kind.REFERRERS;
        };
    try {
      return Optional.of(
          new EvidenceTagName(kind, Digest.parse(shape.group(1) + ":" + shape.group(2))));
    } catch (MalformedInputException e) {
      return Optional.empty(); // the length is not that of the algorithm: somebody else's tag
    }
  }
}
