/**
 * The configuration of the webhook, in all dialects of Connaisseur's. Start at {@link
 * dev.bulla.admission.config.ConfigLoader}. Never asks anybody: keys behind references are read
 * later.
 */
@NullMarked
package dev.bulla.admission.config;

import org.jspecify.annotations.NullMarked;
