@NullMarked
package dev.bulla.testkit.sigstore;

import org.jspecify.annotations.NullMarked;
