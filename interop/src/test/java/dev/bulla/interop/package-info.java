/**
 * bulla beside the real programs: cosign 2 and 3, crane, oras, openssl and jq, on real registries.
 *
 * <p>A cell is one statement about bulla and a peer, such as "cosign 3 verifies what bulla signed";
 * each test invocation is one cell, and those on a registry run once on each. Start with {@link
 * dev.bulla.interop.SignAndVerifyTest}; {@link dev.bulla.interop.Workplace} is where programs are
 * called, {@link dev.bulla.interop.SigningWay} and {@link dev.bulla.interop.Verifying} hold the
 * command lines.
 *
 * <p>Everything here is a process like a user's: no class of bulla is on the class path, nothing is
 * read from the user's home, and nothing leaves the loopback interface.
 */
@NullMarked
package dev.bulla.interop;

import org.jspecify.annotations.NullMarked;
