/**
 * How fast bulla is, always as ratios measured in one run: whole processes beside real cosign
 * ({@link dev.bulla.benchmarks.CliBenchmark}), and the verifier beside the bare signature check of
 * the same provider ({@link dev.bulla.benchmarks.VerifierBenchmark}). Nothing here is a test; no
 * test depends on it.
 */
@NullMarked
package dev.bulla.benchmarks;

import org.jspecify.annotations.NullMarked;
