/** What the tests of all clients need. */
@NullMarked
package dev.bulla.sigstore;

import org.jspecify.annotations.NullMarked;
