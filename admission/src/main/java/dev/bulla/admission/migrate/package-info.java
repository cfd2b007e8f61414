/**
 * Configurations of older releases of Connaisseur, rewritten as today's. Start at {@link
 * dev.bulla.admission.migrate.Migration}. Comments stay where they are; what is today's already
 * comes back byte for byte.
 */
@NullMarked
package dev.bulla.admission.migrate;

import org.jspecify.annotations.NullMarked;
