/**
 * What is kept on disk between runs, so that the next one asks registries less: content by its
 * digest, and which registries keep no lists of referrers.
 *
 * <p>Start at {@link dev.bulla.registry.cache.DiskCache}. Nothing in here is believed: content is
 * hashed again when it is read, and an absence only changes the order in which places are asked.
 * Nothing in here is needed: files may vanish at any moment, the disk may be full or read-only, and
 * no command fails for it. No credentials, no tags, no verdicts are kept.
 */
@NullMarked
package dev.bulla.registry.cache;

import org.jspecify.annotations.NullMarked;
