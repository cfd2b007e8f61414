/** The clients of Rekor against the virtual ones. */
@NullMarked
package dev.bulla.sigstore.rekor;

import org.jspecify.annotations.NullMarked;
