/**
 * Looks whether images are signed. Start at {@link dev.bulla.admission.verify.SignatureVerifier},
 * which asks the public library; here is only whom a rule trusts, how the registry is reached, and
 * what is said when it is not enough.
 */
@NullMarked
package dev.bulla.admission.verify;

import org.jspecify.annotations.NullMarked;
