package dev.bulla.key;

import java.util.Optional;

/**
 * The three sets of scrypt parameters (RFC 7914) a key file may have. Others are refused before
 * anything is derived: they would let a file decide how much memory and time reading it takes.
 */
enum ScryptStrength {
  /** 32 MiB. Older files. */
  LEGACY(32768),
  /** 64 MiB. What is written. */
  STANDARD(65536),
  /** 128 MiB. */
  OWASP(131072);

  static final int R = 8;
  static final int P = 1;

  private final int cost;

  ScryptStrength(int cost) {
    this.cost = cost;
  }

  static Optional<ScryptStrength> of(long n, long r, long p) {
    for (ScryptStrength strength : values()) {
      if (n == strength.cost && r == R && p == P) {
        return Optional.of(strength);
      }
    }
    return Optional.empty();
  }

  int cost() {
    return cost;
  }
}
