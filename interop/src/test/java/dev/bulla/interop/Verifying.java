package dev.bulla.interop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Every program that verifies: the command line, what it can read, and how it refuses. */
enum Verifying {
  BULLA(Program.BULLA),
  COSIGN2(Program.COSIGN2),
  COSIGN3(Program.COSIGN3);

  /** No signature found. */
  static final int NO_SIGNATURE = 10;

  /** No such image. */
  static final int NO_IMAGE = 11;

  /** Signatures, and none that counts. */
  static final int NO_MATCH = 12;

  private final Program program;

  Verifying(Program program) {
    this.program = program;
  }

  Program program() {
    return program;
  }

  /** cosign 2.5 does not know bundles of images. */
  boolean reads(SigningWay way) {
    return this != COSIGN2 || way.writesLegacy();
  }

  /** The exit code when nothing counts: cosign 3 has none of its own for bundles. */
  int refusal(SigningWay way) {
    return this == COSIGN3 && way.writesBundle() ? 1 : NO_MATCH;
  }

  /** Verifies and expects success. */
  Finished verify(Workplace place, KeyPair pair, String reference, String... more) {
    return call(place, pair, reference, more).run().expect(0);
  }

  Call call(Workplace place, KeyPair pair, String reference, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of("verify", "--key", pair.pub().toString(), "--insecure-ignore-tlog"));
    line.addAll(Arrays.asList(more));
    line.add(reference);
    return place.call(program, line);
  }

  @Override
  public String toString() {
    return program.toString();
  }
}
