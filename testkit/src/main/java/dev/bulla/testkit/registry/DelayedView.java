package dev.bulla.testkit.registry;

import dev.bulla.digest.Digest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A repository as it was, for a number of reads. */
final class DelayedView implements RepositoryView {

  private final @Nullable RepositoryState past;
  private final AtomicInteger reads;

  /**
   * @param present the repository before the change; null when there was none
   */
  DelayedView(@Nullable RepositoryState present, int reads) {
    this.past = present == null ? null : present.copyOfManifests();
    this.reads = new AtomicInteger(reads);
  }

  private DelayedView(@Nullable RepositoryState past, AtomicInteger reads) {
    this.past = past;
    this.reads = reads;
  }

  /** The same past for so many reads more. */
  DelayedView withReads(int number) {
    return new DelayedView(past, new AtomicInteger(number));
  }

  /** Whether one more reader sees this. */
  boolean takeRead() {
    return reads.getAndDecrement() > 0;
  }

  boolean isOver() {
    return reads.get() <= 0;
  }

  boolean exists() {
    return past != null;
  }

  @Override
  public Optional<Digest> tag(String tag) {
    return past == null ? Optional.empty() : past.tag(tag);
  }

  @Override
  public List<String> tags() {
    return past == null ? List.of() : past.tags();
  }

  @Override
  public Optional<Catalog.Entry> manifest(Digest digest) {
    return past == null ? Optional.empty() : past.manifest(digest);
  }

  @Override
  public List<Digest> referrers(Digest subject) {
    return past == null ? List.of() : past.referrers(subject);
  }
}
