package dev.bulla.testkit.registry;

import dev.bulla.testkit.registry.Faults.NoReferrers;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The habits of the whole registry that can be switched while it runs. */
final class Quirks {

  /** Tags that cannot be moved once they are set, and the answer to whoever tries. */
  record Immutability(Pattern tags, int status, String code) {}

  volatile @Nullable NoReferrers noReferrers;
  volatile @Nullable Immutability immutability;
  volatile int headStatus;
  volatile boolean noDelete;
  volatile boolean noTagDelete;
  volatile boolean noMount;
  volatile boolean noSinglePost;
  volatile boolean noConditions;
  volatile boolean noFilter;
  volatile boolean forbiddenForMissing;
  volatile boolean noSubjectHeader;
  final AtomicInteger forgottenReferrers = new AtomicInteger();

  /** Whether the referrer that is being pushed is one to forget. */
  boolean forgetsReferrer() {
    return forgottenReferrers.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
  }

  void reset() {
    noReferrers = null;
    immutability = null;
    headStatus = 0;
    noDelete = false;
    noTagDelete = false;
    noMount = false;
    noSinglePost = false;
    noConditions = false;
    noFilter = false;
    forbiddenForMissing = false;
    noSubjectHeader = false;
    forgottenReferrers.set(0);
  }
}
