package dev.bulla.cli.transcript;

import java.util.List;
import java.util.Optional;

/**
 * One command line of a transcript, and what came of it.
 *
 * @param command the line, starting with the other program's name
 * @param stdin what the command reads; nothing means an empty stream
 * @param remarks the lines that start with {@code #}, without it
 * @param stdout the whole stream, with placeholders
 * @param stderr the lines, with placeholders, without empty ones at the end
 */
record TranscriptBlock(
    String command,
    Optional<String> stdin,
    List<String> remarks,
    int exit,
    String stdout,
    List<String> stderr) {}
