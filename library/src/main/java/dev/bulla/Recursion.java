package dev.bulla;

/**
 * What has to be signed when an index is verified together with what it lists, over all levels of
 * nesting. Of an image that is no index all of them mean the image itself.
 */
public enum Recursion {
  /**
   * Every image by itself, or by an index above it that is reached from the one that was named: a
   * signature of an index names all that the index lists by digest. One signed image does not speak
   * for the images beside it.
   */
  ANY,
  /** The named index alone. */
  INDEX,
  /** Every image that is no index. */
  LEAVES,
  /** The named index, the indexes in it, and every image. */
  ALL
}
