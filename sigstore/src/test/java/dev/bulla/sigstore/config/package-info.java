/** Signing configurations: which are read, and which services they choose. */
@NullMarked
package dev.bulla.sigstore.config;

import org.jspecify.annotations.NullMarked;
