/** The client of timestamp authorities against the virtual one. */
@NullMarked
package dev.bulla.sigstore.tsa;

import org.jspecify.annotations.NullMarked;
