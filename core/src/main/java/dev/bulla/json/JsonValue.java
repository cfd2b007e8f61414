package dev.bulla.json;

/**
 * A JSON value (RFC 8259 §3). Immutable. {@code toString} shows the shape and never the content,
 * because credential files are JSON too; to print a value, use a writer.
 */
public sealed interface JsonValue
    permits JsonObject, JsonArray, JsonString, JsonNumber, JsonBoolean, JsonNull {}
