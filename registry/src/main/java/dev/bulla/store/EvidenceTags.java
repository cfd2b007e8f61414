package dev.bulla.store;

import dev.bulla.digest.Digest;
import java.util.regex.Pattern;

/** The names of the tags under which evidence of an image is kept. */
public final class EvidenceTags {

  static final String JOURNAL = "-";
  private static final Pattern JOURNAL_KEY = Pattern.compile("[0-9a-f]{16}");

  private EvidenceTags() {}

  /** {@code <prefix>sha256-<hex>.sig} */
  public static String signatures(String prefix, Digest image) {
    return prefix + base(image) + ".sig";
  }

  /** {@code <prefix>sha256-<hex>.att} */
  public static String attestations(String prefix, Digest image) {
    return prefix + base(image) + ".att";
  }

  /** {@code <prefix>sha256-<hex>.sbom} */
  public static String sbom(String prefix, Digest image) {
    return prefix + base(image) + ".sbom";
  }

  /** {@code sha256-<hex>.cosign}, as written by cosign v0.1. */
  public static String v01Signatures(Digest image) {
    return base(image) + ".cosign";
  }

  /**
   * {@code sha256-<hex>}: the index of referrers where the registry keeps none (distribution-spec
   * 1.1, "Referrers Tag Schema"), and before v0.1 the signature object itself.
   */
  public static String referrers(Digest image) {
    return base(image);
  }

  /**
   * Where one writer publishes one entry before it is merged into the object behind {@code tag}:
   * {@code <tag>-<16 hex digits>}. Nobody else writes another entry there.
   */
  static String journal(String tag, String key) {
    return tag + JOURNAL + key;
  }

  /**
   * Whether a tag is one of the journal of another: {@code sha256-….sig-0123456789abcdef} of {@code
   * sha256-….sig}.
   */
  public static boolean isJournalOf(String tag, String candidate) {
    return candidate.startsWith(tag + JOURNAL)
        && JOURNAL_KEY.matcher(candidate).region(tag.length() + 1, candidate.length()).matches();
  }

  /**
   * Where entries are kept that cannot be added to {@code tag}, because it cannot be moved: {@code
   * <tag>-2} and so on.
   *
   * @param number from 2
   */
  public static String shard(String tag, int number) {
    return tag + "-" + number;
  }

  private static String base(Digest image) {
    return image.algorithm().ociName() + "-" + image.hex();
  }
}
