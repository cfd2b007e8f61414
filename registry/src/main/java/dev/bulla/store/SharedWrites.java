package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.PutCondition;
import dev.bulla.registry.RegistryClient;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The writes of one writer to one tag, and what their answers mean. */
final class SharedWrites {

  /** What came of one write. */
  enum Outcome {
    /** It happened. */
    STORED,
    /** No answer: it may have happened. */
    UNKNOWN,
    /** It did not happen. */
    REFUSED
  }

  private final RegistryClient client;
  private final Repository repository;
  private final String tag;
  private final LostAnswers lost = new LostAnswers();
  private boolean conditional = true;
  private @Nullable RegistryException refusal;

  SharedWrites(RegistryClient client, Repository repository, String tag) {
    this.client = client;
    this.repository = repository;
    this.tag = tag;
  }

  /**
   * Writes once.
   *
   * @param base on which it depends
   * @throws RegistryException when writing again is of no use
   */
  Outcome put(TagState base, SharedObject next, Bytes manifest) throws RegistryException {
    try {
      client.putManifest(
          repository,
          tag,
          next.mediaType(),
          manifest,
          conditional ? base.unchanged() : PutCondition.none());
      return Outcome.STORED;
    } catch (RegistryException e) {
      if (isRefusal(e)) {
        refusal = e;
        return Outcome.REFUSED;
      }
      lost.accept(e);
      return Outcome.UNKNOWN;
    }
  }

  /**
   * What to make of a refusal although nothing had changed: no honest condition, or no tag that
   * moves.
   *
   * @return whether it is worth writing again, without a condition
   * @throws RegistryException the refusal, when it is about something else
   */
  boolean dropCondition(TagState now) throws RegistryException {
    boolean dropped = conditional;
    if (now.fetched().isEmpty() && !(dropped && isUnmet(refusal()))) {
      throw refusal(); // there is no tag that could be moved
    }
    conditional = false;
    return dropped;
  }

  /** The last refusal. */
  RegistryException refusal() {
    return Objects.requireNonNull(refusal);
  }

  /** Registries do not agree on how to say that a tag cannot be moved, or not any more. */
  private static boolean isRefusal(RegistryException e) {
    return switch (e.status().orElse(0)) {
      case 400, 403, 405, 409, 412 -> true;
      default -> false;
    };
  }

  private static boolean isUnmet(RegistryException e) {
    return e.status().orElse(0) == 412;
  }
}
