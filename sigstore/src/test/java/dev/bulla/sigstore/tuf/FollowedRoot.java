package dev.bulla.sigstore.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;

/** Looks at roots for tests of other packages. */
public final class FollowedRoot {

  private FollowedRoot() {}

  /** Asserts that the keys of a root signed the next one. */
  public static void assertFollows(Bytes root, Bytes next) throws TufException {
    Root before = Root.read(root);
    Root after = Root.read(next);
    assertThat(after.version()).isEqualTo(before.version() + 1);
    before.keys().check(after.metadata(), before.root());
  }
}
