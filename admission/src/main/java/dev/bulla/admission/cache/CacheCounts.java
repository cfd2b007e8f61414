package dev.bulla.admission.cache;

/**
 * What a cache has done since it was made.
 *
 * @param entries digests remembered in this process now
 * @param underWay looks at signatures under way now
 * @param hits verdicts that were remembered in this process
 * @param sharedHits verdicts that another process had left
 * @param misses verdicts that had to be found out
 * @param stale digests that counted although they could not be looked at again
 */
public record CacheCounts(
    int entries, int underWay, long hits, long sharedHits, long misses, long stale) {

  /** Of a cache that was never asked. */
  public static final CacheCounts NONE = new CacheCounts(0, 0, 0, 0, 0, 0);

  /** What two caches have done, the other one being the one that is asked now. */
  public CacheCounts plus(CacheCounts later) {
    return new CacheCounts(
        later.entries,
        later.underWay,
        hits + later.hits,
        sharedHits + later.sharedHits,
        misses + later.misses,
        stale + later.stale);
  }
}
