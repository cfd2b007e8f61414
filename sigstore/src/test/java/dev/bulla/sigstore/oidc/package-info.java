@NullMarked
package dev.bulla.sigstore.oidc;

import org.jspecify.annotations.NullMarked;
