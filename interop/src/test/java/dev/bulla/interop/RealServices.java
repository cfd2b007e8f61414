package dev.bulla.interop;

/** What signers find in their configuration of {@link RealSigstore}. */
enum RealServices {
  /** The log is testkit's. */
  LOG_1("log v1 (double)", 1, false),
  /** The log is testkit's. */
  LOG_1_AND_TIMESTAMPS("log v1 (double) and timestamps", 1, true),
  /** What cannot be read of it by one of the programs: see {@link BundleJudges}. */
  LOG_2_AND_TIMESTAMPS("log v2, not sigstore-js, and timestamps", 2, true);

  private final String label;
  private final int logVersion;
  private final boolean timestamps;

  RealServices(String label, int logVersion, boolean timestamps) {
    this.label = label;
    this.logVersion = logVersion;
    this.timestamps = timestamps;
  }

  int logVersion() {
    return logVersion;
  }

  boolean timestamps() {
    return timestamps;
  }

  @Override
  public String toString() {
    return label;
  }
}
