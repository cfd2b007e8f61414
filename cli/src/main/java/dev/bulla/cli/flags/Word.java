package dev.bulla.cli.flags;

/**
 * One word of a command line.
 *
 * @param text the word, spelled as the parser wants it
 * @param singleDashLong whether it was typed as a long name behind one dash ({@code -key}), as the
 *     first cosign did
 */
public record Word(String text, boolean singleDashLong) {}
