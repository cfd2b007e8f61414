package dev.bulla.registry.cache;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;

/**
 * What a tag named when it was last read. Only the registry can say whether it still does.
 *
 * @param etag the version, in the registry's words
 * @param mediaType of the content, in the registry's words
 * @param digest of the content, which has it
 * @param content the exact bytes
 */
public record KeptTag(String etag, String mediaType, Digest digest, Bytes content) {}
