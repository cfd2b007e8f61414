package dev.bulla.limits;

/**
 * The bounds on hostile input. Sizes are bytes unless the name says otherwise. They are generous
 * for honest use and small enough that reaching every one of them at once stays within a 64 MiB
 * heap.
 */
public final class Limits {

  private Limits() {}

  /** One manifest or index. Registries commonly refuse more than 4 MiB. */
  public static final int MAX_MANIFEST = 4 << 20;

  /**
   * One Sigstore bundle. Real ones have a few kilobytes; attestations with an SBOM inside a few
   * megabytes.
   */
  public static final int MAX_BUNDLE = 8 << 20;

  /** All evidence of one image that is held at the same time. */
  public static final int MAX_EVIDENCE = 16 << 20;

  /** One payload or attachment, unless {@code COSIGN_MAX_ATTACHMENT_SIZE} says otherwise. */
  public static final long MAX_ATTACHMENT = 128L << 20;

  /** One simple-signing payload that is verified in memory. */
  public static final int MAX_PAYLOAD = 1 << 20;

  /** A key, certificate, signature or configuration file. */
  public static final int MAX_KEY_FILE = 1 << 20;

  /** One certificate. Real ones have one or two kilobytes. */
  public static final int MAX_CERTIFICATE = 64 << 10;

  /** Extensions and names of one certificate (count each). */
  public static final int MAX_CERTIFICATE_PARTS = 64;

  /** Certificates between a leaf and its anchor, both included (count). */
  public static final int MAX_CHAIN = 8;

  /** One answer of a timestamp authority. */
  public static final int MAX_TIMESTAMP = 1 << 20;

  /** A list of images, or the journal of what was done with them. */
  public static final int MAX_LIST_FILE = 64 << 20;

  /** The body of an error or token answer. */
  public static final int MAX_ERROR_BODY = 64 << 10;

  /** One identity token, in characters. Real ones have one to four thousand. */
  public static final int MAX_IDENTITY_TOKEN = 64 << 10;

  /** The body of a token answer. */
  public static final int MAX_TOKEN_BODY = 1 << 20;

  /** Layers of one signature object (count). */
  public static final int MAX_SIGNATURE_LAYERS = 1000;

  /** Referrers of one image that are looked at (count). */
  public static final int MAX_REFERRERS = 1000;

  /**
   * One page of a list of referrers. Registries are asked to stay within the limit for manifests;
   * one that keeps annotations and knows no pages exceeds it.
   */
  public static final int MAX_REFERRERS_PAGE = 8 << 20;

  /** Pages of one listing (count). */
  public static final int MAX_PAGES = 1000;

  /** Entries of an index that {@code --recursive} follows (count, over all levels). */
  public static final int MAX_INDEX_ENTRIES = 1000;

  /** Levels of nested indexes that {@code --recursive} follows. */
  public static final int MAX_INDEX_DEPTH = 8;

  /** Nesting of a JSON document. */
  public static final int MAX_JSON_DEPTH = 64;

  /** Subjects of one in-toto statement (count). */
  public static final int MAX_SUBJECTS = 1024;

  /** Digests of one subject (count). */
  public static final int MAX_DIGESTS_PER_SUBJECT = 32;

  /** Questions to a transparency log about the signatures of one image (count). */
  public static final int MAX_LOG_LOOKUPS = 32;

  /** Log entries, timestamps, certificates, and signatures of one bundle (count each). */
  public static final int MAX_BUNDLE_PROOFS = 32;

  /** Signatures that {@code download} prints (count). */
  public static final int MAX_DOWNLOADED_SIGNATURES = 100;
}
