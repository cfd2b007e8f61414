/**
 * What fuzzing needs around its targets, and the targets whose parsers are public.
 *
 * <p>A {@link dev.bulla.fuzz.FuzzTarget} holds one parser of foreign bytes to what it promises;
 * {@link dev.bulla.fuzz.FuzzTargets} lists them all. Targets for package-private parsers live in
 * the parser's package. {@link dev.bulla.fuzz.CorpusTest} replays the committed inputs in every
 * build, without Jazzer; {@link dev.bulla.fuzz.JazzerEntry} is where Jazzer comes in, under {@code
 * fuzz/run}.
 */
@NullMarked
package dev.bulla.fuzz;

import org.jspecify.annotations.NullMarked;
