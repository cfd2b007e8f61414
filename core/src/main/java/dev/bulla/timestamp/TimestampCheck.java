package dev.bulla.timestamp;

/** What came of holding a timestamp against the authorities. A refusal is an answer. */
public sealed interface TimestampCheck permits ProvenTime, TimestampRefusal {}
