package dev.bulla.interop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Every program that signs, in every format it has: the command lines.
 *
 * <p>Cells about something else than the formats leave out {@link #BULLA_LEGACY} and {@link
 * #BULLA_BUNDLE}: of {@link #BULLA_BOTH} cosign 2 reads the one and cosign 3 the other.
 */
enum SigningWay {
  BULLA_LEGACY("bulla, legacy", Program.BULLA, true, false),
  BULLA_BUNDLE("bulla, bundle", Program.BULLA, false, true),
  BULLA_BOTH("bulla, both", Program.BULLA, true, true),
  COSIGN2_LEGACY("cosign 2, legacy", Program.COSIGN2, true, false),
  COSIGN3_LEGACY("cosign 3, legacy", Program.COSIGN3, true, false),
  COSIGN3_BUNDLE("cosign 3, bundle", Program.COSIGN3, false, true);

  private final String label;
  private final Program program;
  private final boolean legacy;
  private final boolean bundle;

  SigningWay(String label, Program program, boolean legacy, boolean bundle) {
    this.label = label;
    this.program = program;
    this.legacy = legacy;
    this.bundle = bundle;
  }

  Program program() {
    return program;
  }

  boolean writesLegacy() {
    return legacy;
  }

  boolean writesBundle() {
    return bundle;
  }

  /** Signs and expects success. */
  Finished sign(Workplace place, KeyRing keys, KeyPair pair, String reference, String... more) {
    return call(place, keys, pair, reference, more).run().expect(0);
  }

  Call call(Workplace place, KeyRing keys, KeyPair pair, String reference, String... more) {
    List<String> line = new ArrayList<>(List.of("sign", "--key", pair.key().toString()));
    line.addAll(
        switch (this) {
          case BULLA_LEGACY -> List.of("--tlog-upload=false", "--format", "legacy");
          case BULLA_BUNDLE -> List.of("--tlog-upload=false", "--format", "bundle");
          case BULLA_BOTH -> List.of("--tlog-upload=false", "--format", "both");
          case COSIGN2_LEGACY -> List.of("--yes", "--tlog-upload=false");
          case COSIGN3_LEGACY ->
              List.of(
                  "--yes",
                  "--tlog-upload=false",
                  "--use-signing-config=false",
                  "--new-bundle-format=false");
          case COSIGN3_BUNDLE ->
              List.of("--yes", "--signing-config", keys.emptySigningConfig().toString());
        });
    line.addAll(Arrays.asList(more));
    line.add(reference);
    return place.call(program, line);
  }

  @Override
  public String toString() {
    return label;
  }
}
