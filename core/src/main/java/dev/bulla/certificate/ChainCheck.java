package dev.bulla.certificate;

/**
 * Whether a chain held at a time. A refusal is an answer, not an exception: the next candidate may
 * fare better.
 */
public sealed interface ChainCheck permits CertificatePath, ChainRefusal {}
