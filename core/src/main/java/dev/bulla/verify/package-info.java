/**
 * The one verifier: evidence in, verdict out.
 *
 * <p>Start at {@link dev.bulla.verify.Verifier}. It takes candidates of every generation of format,
 * a {@link dev.bulla.verify.Policy} and nothing else, and either returns a {@link
 * dev.bulla.verify.Verified}, which nothing else can make, or throws a {@code
 * VerificationException} that gives each candidate its own reason. The verdict starts as "no" and
 * is earned. Does no I/O and knows no clock. No second verifier exists anywhere.
 */
@NullMarked
package dev.bulla.verify;

import org.jspecify.annotations.NullMarked;
