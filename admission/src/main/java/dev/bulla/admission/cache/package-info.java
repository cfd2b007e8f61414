/**
 * Remembers for a short time what was found out about images. Start at {@link
 * dev.bulla.admission.cache.CachingVerifier}. What is remembered elsewhere, in Redis, is believed
 * only when it carries our seal; whatever goes wrong there means that nothing is remembered.
 */
@NullMarked
package dev.bulla.admission.cache;

import org.jspecify.annotations.NullMarked;
