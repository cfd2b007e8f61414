package dev.bulla.testkit.kms;

import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.keys.kms.KmsKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One key service and a provider's way into it, for one check of the {@link KmsConformance} suite.
 * What a service cannot do, or a real server cannot be made to do, is answered with {@code false};
 * the suite then leaves the check out and says so.
 */
public interface KmsBench extends AutoCloseable {

  /** What the caller does. */
  enum Operation {
    READ,
    SIGN,
    CREATE
  }

  /**
   * The key of this name through a client of its own, as a new process would open it.
   *
   * @param name letters and digits
   * @param timeout for one request
   */
  KmsKey open(String name, Duration timeout) throws KeyException;

  /** The types of key that can be made here. */
  Set<KeyType> types();

  /** The type that is made when none is asked for. */
  default KeyType usualType() {
    return KeyType.EC_P256;
  }

  /** Puts a key there that is of no use for signing. */
  boolean makeKeyOfAnotherKind(String name);

  /** Gives the key a new version that signs from now on. */
  boolean rotate(String name);

  /** Makes the service accept the newest version only. */
  boolean retireOldVersions(String name);

  /** Takes the key away. */
  boolean delete(String name);

  /** Lets the next so many requests fail. */
  boolean fail(KmsFault fault, int requests);

  /** The exact names of the right to an operation, each of which a refusal may name. */
  List<String> permissions(String name, Operation operation);

  /** How many requests arrived so far, where that is known. */
  Optional<Integer> requests();

  /** What no message, hint or description may ever show. */
  List<String> secrets();

  @Override
  void close();
}
