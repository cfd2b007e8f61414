/** The client of Fulcio against the virtual one. */
@NullMarked
package dev.bulla.sigstore.fulcio;

import org.jspecify.annotations.NullMarked;
